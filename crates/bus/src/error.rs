//! What can be wrong between this process and NATS.

use thiserror::Error;

/// The oldest server that knows what is asked of it; older ones ignore it without a word.
pub const OLDEST_SERVER: (u32, u32) = (2, 12);

#[derive(Debug, Error)]
pub enum BusError {
    /// It may be there later.
    #[error("NATS is unavailable: {0}")]
    Unavailable(String),
    #[error("NATS refuses the user of nats_url: {0}; check the password or nats_credentials")]
    Refused(String),
    #[error(
        "nats-server {version} is too old; {}.{} or newer is needed",
        OLDEST_SERVER.0,
        OLDEST_SERVER.1
    )]
    TooOld { version: String },
    #[error("stream {stream}: {problem}")]
    Unfit { stream: &'static str, problem: String },
    /// The stream does not end where the writer thought: another writes, or it lost its tail. Look again.
    #[error("stream {stream} does not end at {expected}: {answer}")]
    OutOfStep { stream: &'static str, expected: u64, answer: String },
}

pub(crate) fn unavailable(error: impl std::fmt::Display) -> BusError {
    BusError::Unavailable(error.to_string())
}
