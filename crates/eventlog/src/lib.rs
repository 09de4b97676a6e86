//! The write side: append, load, read by position; receipts, claims, group commit. Knows no
//! business word and is generic over cqrs-es aggregates.

pub mod appender;
mod assemble;
mod digest;
pub mod executor;
pub mod lock;
pub mod log;
pub mod memory;
pub mod postgres;
mod request;
pub mod sqlite;
pub mod stored;
mod stored_row;
pub mod tail;

pub use appender::Appender;
pub use digest::{MemoryDigests, RequestDigest, RequestDigests, RequestMark};
pub use executor::{Executor, Shared};
pub use lock::DirectoryLock;
pub use log::{
    Append, Claim, ClaimOp, EventLog, Head, LogError, NewEvent, Origin, Outcome, Receipt,
    RequestKey,
};
pub use memory::MemoryLog;
pub use postgres::PgLog;
pub use request::{Done, ExecuteError, Request};
pub use sqlite::SqliteLog;
pub use tail::LogTail;
