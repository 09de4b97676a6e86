//! The only crate that knows NATS. SQL is the truth and NATS carries: whatever the streams lose or lie
//! about costs time, never an event (DESIGN §5).

pub mod connection;
pub mod error;
pub mod follow;
pub mod message;
pub mod stream;
mod writer;

pub use connection::{Bus, Place};
pub use error::BusError;
pub use follow::Followed;
pub use message::{Message, Stored};
pub use stream::{LOG, PUB, StreamKind, Tail};
