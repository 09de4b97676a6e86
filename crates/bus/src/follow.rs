//! The distributed feed: follows the stream LOG and reads from the database whatever the stream lacks.
//! With NATS down it reads the database alone; nothing the stream says is believed that is not contiguous
//! and of this log.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::{Ordered, OrderedConfig};
use async_trait::async_trait;
use event::{Feed, FeedError, Recorded, wire};
use futures_util::{FutureExt, StreamExt};
use uuid::Uuid;

use crate::connection::Bus;
use crate::error::{BusError, unavailable};
use crate::stream::LOG;

/// Opens a feed of the database itself, directly after a position.
pub type OpenLog = Arc<dyn Fn(u64) -> Box<dyn Feed> + Send + Sync>;

/// A stream that is silent for so long is compared with the database.
const SILENCE: Duration = Duration::from_secs(1);
/// How long an attempt to follow the stream may take, and the database is followed before the next look.
const RETRY: Duration = Duration::from_secs(1);
/// Between two attempts to follow the stream.
const AGAIN: Duration = Duration::from_secs(3);

pub struct Followed {
    bus: Bus,
    log_id: Uuid,
    open_log: OpenLog,
    position: u64,
    /// Read ahead: from the stream, in order, directly usable or behind a hole.
    waiting: VecDeque<Recorded>,
    /// Never locked: it only makes a follower shareable, which the client's stream is not.
    messages: Option<Mutex<Ordered>>,
    /// When the stream was last tried in vain.
    tried: Option<Instant>,
}

impl Followed {
    /// Follows from directly after `position`.
    #[must_use]
    pub fn new(bus: Bus, log_id: Uuid, open_log: OpenLog, position: u64) -> Self {
        Self {
            bus,
            log_id,
            open_log,
            position,
            waiting: VecDeque::new(),
            messages: None,
            tried: None,
        }
    }

    /// The next of what was read ahead, with holes filled from the database; empty when there is nothing.
    async fn take(&mut self, max: usize) -> Result<Vec<Recorded>, FeedError> {
        while self.waiting.front().is_some_and(|next| next.position <= self.position) {
            self.waiting.pop_front();
        }
        let Some(next) = self.waiting.front().map(|next| next.position) else {
            return Ok(Vec::new());
        };
        let hole = usize::try_from(next - self.position - 1).unwrap_or(usize::MAX);
        let batch = if hole > 0 {
            let batch = self.stored(max.min(hole)).await?;
            if batch.is_empty() {
                // The truth has lost what the stream still has: a person must look.
                return Err(FeedError::Hole { expected: self.position + 1, got: next });
            }
            batch
        } else {
            let run = (next..).zip(&self.waiting).take_while(|(at, next)| next.position == *at);
            let count = run.count().min(max);
            self.waiting.drain(..count).collect()
        };
        self.position = batch.last().map_or(self.position, |last| last.position);
        Ok(batch)
    }

    async fn stored(&self, max: usize) -> Result<Vec<Recorded>, FeedError> {
        (self.open_log)(self.position).ready(max).await
    }

    /// What the database has, which a follower of the stream has not been given yet.
    async fn catch_up(&mut self, max: usize) -> Result<Vec<Recorded>, FeedError> {
        let batch = self.stored(max).await?;
        self.position = batch.last().map_or(self.position, |last| last.position);
        Ok(batch)
    }

    /// Whether the stream is followed now; tried now and then.
    async fn opened(&mut self) -> bool {
        if self.tried.is_some_and(|tried| tried.elapsed() < AGAIN) {
            return false;
        }
        let first = self.tried.is_none();
        let trouble = match tokio::time::timeout(RETRY, self.open()).await {
            Ok(Ok(())) => {
                self.tried = None;
                return true;
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "NATS does not answer".into(),
        };
        self.tried = Some(Instant::now());
        if first {
            tracing::warn!(trouble, "the database is followed instead of the stream LOG");
        }
        false
    }

    /// Begins to follow the stream, if it is one that the database agrees with.
    async fn open(&mut self) -> Result<(), BusError> {
        let stream = self.bus.found(LOG).await?;
        let stream = stream.ok_or_else(|| unavailable("there is no stream LOG yet"))?;
        let last = stream.cached_info().state.last_sequence;
        self.require_agreement(last).await?;
        let config = OrderedConfig {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: self.position + 1 },
            ..OrderedConfig::default()
        };
        let consumer = stream.create_consumer(config).await.map_err(unavailable)?;
        let messages = consumer.messages().await.map_err(unavailable)?;
        self.messages = Some(Mutex::new(messages));
        Ok(())
    }

    /// The stream's last event is the database's event of that position.
    async fn require_agreement(&self, last: u64) -> Result<(), BusError> {
        let Some(theirs) = self.bus.read(LOG, last).await? else {
            return Ok(());
        };
        let ours = (self.open_log)(last.saturating_sub(1)).ready(1).await.map_err(unavailable)?;
        match wire::decode(&theirs.body) {
            Ok(theirs) if ours.first() != Some(&theirs) => {}
            Ok(_agrees) => return Ok(()),
            // One damaged event disagrees with nothing: it is read from the database, as any hole.
            Err(error) => {
                tracing::warn!(%error, last, "the end of the stream LOG cannot be read");
                return Ok(());
            }
        }
        let problem = format!("its event {last} is not the database's; it is not followed");
        Err(BusError::Unfit { stream: LOG.name, problem })
    }

    /// Waits for the stream to say something; false when it was silent or broke off.
    async fn listen(&mut self, max: usize) -> bool {
        let Some(messages) = &mut self.messages else {
            return false;
        };
        let messages = messages.get_mut().unwrap_or_else(PoisonError::into_inner);
        let mut heard = match tokio::time::timeout(SILENCE, messages.next()).await {
            Ok(heard) => heard,
            Err(_) => return false,
        };
        loop {
            match heard {
                Some(Ok(message)) => self.waiting.extend(ours(self.log_id, &message.payload)),
                Some(Err(error)) => {
                    tracing::warn!(%error, "the stream LOG broke off; it is followed again");
                    self.messages = None;
                    return false;
                }
                None => {
                    self.messages = None;
                    return false;
                }
            }
            if self.waiting.len() >= max {
                return true;
            }
            match messages.next().now_or_never() {
                Some(more) => heard = more,
                None => return true,
            }
        }
    }
}

/// What is not of this log, or was changed on the way, is as good as missing.
fn ours(log_id: Uuid, bytes: &[u8]) -> Option<Recorded> {
    match wire::decode(bytes) {
        Ok(recorded) if recorded.envelope.log_id == log_id => Some(recorded),
        Ok(foreign) => {
            tracing::error!(
                position = foreign.position,
                "the stream LOG holds another log's event"
            );
            None
        }
        Err(error) => {
            tracing::error!(%error, "the stream LOG holds a damaged event");
            None
        }
    }
}

#[async_trait]
impl Feed for Followed {
    async fn next(&mut self, max: usize) -> Result<Vec<Recorded>, FeedError> {
        loop {
            let batch = self.take(max).await?;
            if !batch.is_empty() {
                return Ok(batch);
            }
            if self.messages.is_none() {
                // The database first: nobody waits for a NATS that does not answer.
                let batch = self.catch_up(max).await?;
                if !batch.is_empty() {
                    return Ok(batch);
                }
                if !self.opened().await {
                    let mut log = (self.open_log)(self.position);
                    if let Ok(batch) = tokio::time::timeout(RETRY, log.next(max)).await {
                        let batch = batch?;
                        self.position = log.position();
                        return Ok(batch);
                    }
                    continue;
                }
            }
            if !self.listen(max).await {
                let batch = self.catch_up(max).await?;
                if !batch.is_empty() {
                    // The stream lags or has lost its tail: what it says later is skipped.
                    self.messages = None;
                    return Ok(batch);
                }
            }
        }
    }

    async fn ready(&mut self, max: usize) -> Result<Vec<Recorded>, FeedError> {
        let batch = self.take(max).await?;
        if batch.is_empty() { self.catch_up(max).await } else { Ok(batch) }
    }

    fn position(&self) -> u64 {
        self.position
    }
}
