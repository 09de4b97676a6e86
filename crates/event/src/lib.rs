//! The envelope as stored and as it travels, and the feed that readers follow.

pub mod envelope;
pub mod feed;
pub mod hash;
pub mod wire;

pub use envelope::{Actor, Disclosure, Envelope, KeyUse, Payload, Recorded, StreamId};
pub use feed::{Feed, FeedError};
