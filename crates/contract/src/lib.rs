//! The public contract, generated from proto/: messages, clients, servers, descriptors.

mod generated {
    include!(concat!(env!("OUT_DIR"), "/bidao.rs"));
}

pub use generated::bidao;

/// Every file of the contract with its comments, as reflection serves it.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/bidao.bin"));
