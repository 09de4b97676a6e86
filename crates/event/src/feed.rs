//! The feed port: (position, event) in order, without a hole. Readers know nothing else of the log.

use async_trait::async_trait;
use thiserror::Error;

use crate::envelope::Recorded;

#[derive(Debug, Error)]
pub enum FeedError {
    /// The source broke its promise. Never waited out, never skipped: an alarm.
    #[error("the feed has a hole: expected position {expected}, got {got}")]
    Hole { expected: u64, got: u64 },
    #[error("the feed cannot be read: {0}")]
    Unavailable(String),
    /// The process is stopping.
    #[error("the feed ended")]
    Ended,
}

/// Yields events from a position on. The embedded form follows the log's tail; the distributed one
/// follows a stream and reads what is missing from the log.
#[async_trait]
pub trait Feed: Send + Sync {
    /// The next events, at least one and at most `max`, waiting for the first.
    async fn next(&mut self, max: usize) -> Result<Vec<Recorded>, FeedError>;

    /// What is there already, possibly nothing; never waits.
    async fn ready(&mut self, max: usize) -> Result<Vec<Recorded>, FeedError>;

    /// The position of the last event yielded.
    fn position(&self) -> u64;
}

/// Checks that `batch` continues directly after `position`.
///
/// # Errors
/// [`FeedError::Hole`] at the first event that does not.
pub fn require_contiguous(position: u64, batch: &[Recorded]) -> Result<(), FeedError> {
    for (expected, recorded) in (position + 1..).zip(batch) {
        if recorded.position != expected {
            return Err(FeedError::Hole { expected, got: recorded.position });
        }
    }
    Ok(())
}
