//! Black-box stories: the real binary in its own process, driven over gRPC like any client would.

pub mod server;
pub mod village;

pub use server::{Server, asked, bidao, refusal};
pub use village::Village;
