//! Log → NATS: fills the two streams of the cell from the log. Any number may run: the streams'
//! compare-and-set lets each message in once, in order, whoever sends it; whatever else comes back, the
//! relay looks where the stream ends and goes on from there.

pub mod judge;
pub mod lane;

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, BusError};
use event::{Feed, FeedError, Recorded};
use eventlog::{EventLog, LogTail};
use runtime::ids::jittered;
use runtime::progress::Progress;
use runtime::shutdown::Shutdown;

use judge::{End, Standing, Truth, judge};
use lane::Lane;

const BATCH: usize = 500;
/// An idle stream is looked at so often: it may have lost its tail, or be gone.
const RECHECK: Duration = Duration::from_secs(30);
/// Between two attempts, with chance in it: two relays must not meet for ever.
const PAUSE_MS: (u64, u64) = (20, 2_000);
/// Between two looks at a stream that only a person can mend.
const REFUSED: Duration = Duration::from_secs(30);
/// A LOG stream that is made anew begins so many events before the head; older ones are in the database.
const LOG_KEEPS: u64 = 1_000_000;
/// How far back a message that can be read is looked for.
const LOOK_BACK: u64 = 200;

/// Why the relay does not go on.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("{0}")]
    Bus(#[from] BusError),
    #[error("the event log cannot be read: {0}")]
    Log(String),
    /// Only a person can decide.
    #[error("{0}")]
    Refused(String),
}

/// Fills one stream.
#[derive(Clone)]
pub struct Relay {
    pub lane: Lane,
    pub log: Arc<dyn EventLog>,
    pub head: Progress,
    pub bus: Bus,
    /// Events up to here are in the stream.
    pub relayed: Progress,
}

impl Relay {
    /// Follows the log until asked to stop. No state of NATS ends it: commands do not wait for it.
    pub async fn run(self, shutdown: Shutdown) {
        let mut attempts = 0;
        while !shutdown.is_requested() {
            let before = self.relayed.position();
            let trouble = match self.stand().await {
                Ok(standing) => self.follow(standing, &shutdown).await,
                Err(trouble) => Err(trouble),
            };
            let Err(trouble) = trouble else {
                continue;
            };
            attempts = if self.relayed.position() > before { 1 } else { attempts + 1 };
            let stream = self.lane.stream().name;
            let pause = match &trouble {
                Trouble::Refused(_)
                | Trouble::Bus(BusError::Unfit { .. } | BusError::TooOld { .. }) => {
                    tracing::error!(stream, %trouble, "the relay writes nothing");
                    REFUSED
                }
                Trouble::Bus(BusError::OutOfStep { .. }) => {
                    tracing::debug!(stream, %trouble, "the relay looks again");
                    between_attempts(attempts)
                }
                Trouble::Bus(BusError::Unavailable(_) | BusError::Refused(_)) | Trouble::Log(_) => {
                    tracing::warn!(stream, %trouble, "the relay waits");
                    between_attempts(attempts)
                }
            };
            shutdown.pause(pause).await;
        }
    }

    /// Where the stream ends, made or checked, and where in the log that is.
    ///
    /// # Errors
    /// When nothing may or can be written.
    pub async fn stand(&self) -> Result<Standing, Trouble> {
        let head = self.log.head().await.map_err(|error| Trouble::Log(error.to_string()))?;
        let first = match self.lane {
            Lane::Log => head.position.saturating_sub(LOG_KEEPS) + 1,
            Lane::Public => 1,
        };
        let tail = self.bus.ensure(self.lane.stream(), self.log.log_id(), first).await?;
        look(self.lane, self.log.as_ref(), &self.bus, tail).await
    }

    /// Writes what the log has and will have; ends after a while of silence, to look again.
    async fn follow(&self, standing: Standing, shutdown: &Shutdown) -> Result<(), Trouble> {
        let Standing { mut last, position, mut skip } = standing;
        let mut feed = LogTail::new(Arc::clone(&self.log), self.head.clone(), position);
        self.relayed.reached(position);
        loop {
            let batch = tokio::select! {
                () = shutdown.requested() => return Ok(()),
                batch = tokio::time::timeout(RECHECK, feed.next(BATCH)) => batch,
            };
            let batch = match batch {
                Err(_) | Ok(Err(FeedError::Ended)) => return Ok(()),
                Ok(Err(error)) => return Err(Trouble::Log(error.to_string())),
                Ok(Ok(batch)) => batch,
            };
            let mut messages = self.messages(&batch)?;
            let there = usize::try_from(skip).unwrap_or(usize::MAX).min(messages.len());
            messages.drain(..there);
            skip -= there as u64;
            last = self.bus.append(self.lane.stream(), last, &messages).await?;
            self.relayed.reached(feed.position());
        }
    }

    fn messages(&self, batch: &[Recorded]) -> Result<Vec<bus::Message>, Trouble> {
        let written = batch.iter().filter_map(|recorded| self.lane.message(recorded).transpose());
        written.collect::<Result<_, _>>().map_err(Trouble::Log)
    }
}

/// As [`Relay::stand`], for a stream that is there, writing nothing.
///
/// # Errors
/// When a relay could not go on behind it.
pub async fn look(
    lane: Lane,
    log: &dyn EventLog,
    bus: &Bus,
    tail: bus::Tail,
) -> Result<Standing, Trouble> {
    let mut read = None;
    let oldest = tail.first.max(tail.last.saturating_sub(LOOK_BACK)).max(1);
    for sequence in (oldest..=tail.last).rev() {
        let stored = bus.read(lane.stream(), sequence).await?;
        let name = lane.stream().name;
        match stored.as_ref().map(|stored| lane.origin(stored)) {
            Some(Some(origin)) => {
                read = Some((sequence, origin));
                break;
            }
            // Somebody else has written here: to go on behind it would leave as many of ours out.
            Some(None) if lane == Lane::Public => {
                return Err(Trouble::Refused(format!(
                    "message {sequence} of stream {name} is none that a relay wrote; see who may publish there, \
                     then delete the stream, and it is filled anew"
                )));
            }
            // Position by position: what cannot be read is read from the database.
            Some(None) | None => {
                tracing::warn!(stream = name, sequence, "a message cannot be read");
            }
        }
    }
    let unread = |error: eventlog::LogError| Trouble::Log(error.to_string());
    let event_id = match &read {
        Some((_, origin)) => {
            let events =
                log.read_log(origin.position.saturating_sub(1), 1).await.map_err(unread)?;
            events.first().map(|recorded| recorded.envelope.event_id)
        }
        None => None,
    };
    // Read last: what the stream holds was committed before.
    let head = log.head().await.map_err(unread)?.position;
    judge(lane, &End { last: tail.last, read }, &Truth { head, event_id }).map_err(Trouble::Refused)
}

/// The first event that the stream has still to tell of, if there is one among the next `most`.
///
/// # Errors
/// When the log cannot be read.
pub async fn first_waiting(
    lane: Lane,
    log: &dyn EventLog,
    standing: Standing,
    most: u64,
) -> Result<Option<Recorded>, Trouble> {
    let Standing { position, mut skip, .. } = standing;
    let mut after = position;
    while after < position.saturating_add(most) {
        let unread = |error: eventlog::LogError| Trouble::Log(error.to_string());
        let events = log.read_log(after, BATCH).await.map_err(unread)?;
        let Some(last) = events.last() else {
            return Ok(None);
        };
        after = last.position;
        for recorded in events {
            if lane.message(&recorded).map_err(Trouble::Log)?.is_none() {
                continue;
            }
            if skip == 0 {
                return Ok(Some(recorded));
            }
            skip -= 1;
        }
    }
    Ok(None)
}

fn between_attempts(attempts: u32) -> Duration {
    let (least, most) = PAUSE_MS;
    let base = least.saturating_mul(1 << attempts.min(10)).min(most);
    jittered(Duration::from_millis(base))
}
