//! Group commit: whatever is queued goes into one transaction; a lone command is not delayed.

use std::sync::Arc;

use runtime::progress::Progress;
use tokio::sync::{mpsc, oneshot};

use crate::log::{Append, EventLog, LogError, Outcome};

/// At most this many commands share a commit (DESIGN §4): beyond it latency grows, throughput not.
const BATCH_MAX: usize = 64;
/// Commands waiting beyond this are held back at the caller.
const QUEUE_MAX: usize = 1_024;

type Answer = oneshot::Sender<Result<Outcome, LogError>>;

/// The one way to append. Cloning it shares the queue.
#[derive(Clone)]
pub struct Appender {
    queue: mpsc::Sender<(Append, Answer)>,
    head: Progress,
}

impl Appender {
    /// Starts the task that appends. It ends when every clone is dropped.
    #[must_use]
    pub fn start(log: Arc<dyn EventLog>, head: Progress) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(run(log, waiting, head.clone()));
        Self { queue, head }
    }

    /// Appends one command; returns when it is durable, or refused.
    ///
    /// # Errors
    /// When the log is unavailable, or the outcome of a commit is unknown.
    pub async fn append(&self, append: Append) -> Result<Outcome, LogError> {
        let (answer, answered) = oneshot::channel();
        let gone = || LogError::Unavailable("the appending task has stopped".into());
        self.queue.send((append, answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| LogError::Unknown("the appending task has stopped".into()))?
    }

    /// How far the log reaches; wakes those who follow its tail.
    #[must_use]
    pub fn head(&self) -> &Progress {
        &self.head
    }
}

async fn run(
    log: Arc<dyn EventLog>,
    mut waiting: mpsc::Receiver<(Append, Answer)>,
    head: Progress,
) {
    let mut taken = Vec::with_capacity(BATCH_MAX);
    while waiting.recv_many(&mut taken, BATCH_MAX).await > 0 {
        let (batch, answers): (Vec<_>, Vec<_>) = taken.drain(..).unzip();
        match log.append(&batch).await {
            Ok(outcomes) => {
                // The head first: whoever is answered may ask for the position at once.
                if let Some(position) = outcomes.iter().filter_map(position).max() {
                    head.reached(position);
                }
                for (answer, outcome) in answers.into_iter().zip(outcomes) {
                    deliver(answer, Ok(outcome));
                }
            }
            Err(error) => answers.into_iter().for_each(|answer| deliver(answer, Err(same(&error)))),
        }
    }
}

fn position(outcome: &Outcome) -> Option<u64> {
    match outcome {
        Outcome::Appended(receipt) => Some(receipt.position),
        Outcome::Replayed(_)
        | Outcome::RequestReused
        | Outcome::Conflict { .. }
        | Outcome::ClaimTaken(_)
        | Outcome::ClaimGone
        | Outcome::Moved => None,
    }
}

fn deliver(answer: Answer, outcome: Result<Outcome, LogError>) {
    if answer.send(outcome).is_err() {
        tracing::debug!("a caller left before its command was answered; the outcome stands");
    }
}

fn same(error: &LogError) -> LogError {
    match error {
        LogError::Unavailable(text) => LogError::Unavailable(text.clone()),
        LogError::Unknown(text) => LogError::Unknown(text.clone()),
        LogError::Damaged(text) => LogError::Damaged(text.clone()),
    }
}
