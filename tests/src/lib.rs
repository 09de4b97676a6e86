//! Black-box stories: the real binary in its own process, driven over gRPC like any client would.

pub mod console;
pub mod server;
pub mod steps;
pub mod village;

pub use console::{Console, Who, text};
pub use server::{Server, asked, bidao, refusal};
pub use village::Village;
