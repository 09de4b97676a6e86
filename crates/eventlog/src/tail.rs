//! The embedded feed: follows the log's tail, woken by appends in this process.

use std::sync::Arc;

use async_trait::async_trait;
use event::feed::require_contiguous;
use event::{Feed, FeedError, Recorded};
use runtime::progress::Progress;

use crate::log::EventLog;

pub struct LogTail {
    log: Arc<dyn EventLog>,
    head: Progress,
    position: u64,
}

impl LogTail {
    /// Follows `log` from directly after `position`.
    #[must_use]
    pub fn new(log: Arc<dyn EventLog>, head: Progress, position: u64) -> Self {
        Self { log, head, position }
    }
}

#[async_trait]
impl Feed for LogTail {
    async fn next(&mut self, max: usize) -> Result<Vec<Recorded>, FeedError> {
        loop {
            let batch = self.ready(max).await?;
            if !batch.is_empty() {
                return Ok(batch);
            }
            self.head.moved_past(self.position).await;
        }
    }

    async fn ready(&mut self, max: usize) -> Result<Vec<Recorded>, FeedError> {
        let batch = self.log.read_log(self.position, max).await;
        let batch = batch.map_err(|error| FeedError::Unavailable(error.to_string()))?;
        require_contiguous(self.position, &batch)?;
        self.position = batch.last().map_or(self.position, |last| last.position);
        Ok(batch)
    }

    fn position(&self) -> u64 {
        self.position
    }
}
