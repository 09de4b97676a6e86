//! Reactions: an event in one context becomes a command to another. Each file is one sentence; this
//! one runs them, once per event for ever: a command's id is derived from the event's.

pub mod when_call_attached_then_attach_reporter;
pub mod when_call_registers_then_register_issue;

use std::sync::Arc;
use std::time::Duration;

use commands::Commands;
use commands::register::Press;
use commands::streams;
use domain::issue::command::AttachReporter;
use domain::issue::{IssueCommand, IssueError, IssueVerb};
use domain::shared::actor::Actor;
use domain::shared::ids::IssueId;
use domain::shared::matter::{Matter, Reporter};
use event::{Feed, FeedError, Recorded};
use eventlog::{Done, ExecuteError, LogError, Origin, Request};
use runtime::progress::Progress;
use runtime::shutdown::Shutdown;
use views::fact::Fact;

const CHECKPOINT: &str = "reactions";
const BATCH: usize = 256;
const PAUSE: Duration = Duration::from_secs(1);

/// What a reaction asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    RegisterIssue { issue: IssueId, matter: Box<Matter>, press: Press },
    AttachReporter { issue: IssueId, reporter: Box<Reporter> },
}

/// Event in, commands out; pure.
type Reaction = fn(&Recorded, &Fact) -> Vec<Effect>;

/// Every reaction with the name its command ids are derived from.
const REACTIONS: &[(&str, Reaction)] = &[
    ("call_registers", when_call_registers_then_register_issue::react),
    ("call_attached", when_call_attached_then_attach_reporter::react),
];

pub struct Reactions {
    pub feed: Box<dyn Feed>,
    pub commands: Arc<Commands>,
    pub reacted: Progress,
}

impl Reactions {
    /// Where the feed must start: directly after the last event that was reacted to.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn start_position(commands: &Commands) -> Result<u64, LogError> {
        commands.log.checkpoint(CHECKPOINT).await
    }

    /// Follows the log until asked to stop.
    ///
    /// # Errors
    /// When the feed has a hole.
    pub async fn run(mut self, shutdown: Shutdown) -> Result<(), String> {
        self.reacted.reached(self.feed.position());
        loop {
            let batch = tokio::select! {
                () = shutdown.requested() => return Ok(()),
                batch = self.feed.next(BATCH) => batch,
            };
            match batch {
                Ok(batch) => self.react(&batch, &shutdown).await,
                Err(FeedError::Ended) => return Ok(()),
                Err(error @ FeedError::Hole { .. }) => return Err(error.to_string()),
                Err(error @ FeedError::Unavailable(_)) => {
                    tracing::error!(%error, "reactions cannot read; they try again");
                    self.pause(&shutdown).await;
                }
            }
        }
    }

    async fn react(&self, batch: &[Recorded], shutdown: &Shutdown) {
        for recorded in batch {
            // An event that does not decode parks its stream in the views, which also alarm.
            let Ok(fact) = Fact::of(recorded) else {
                continue;
            };
            for (name, reaction) in REACTIONS {
                for (number, effect) in reaction(recorded, &fact).into_iter().enumerate() {
                    self.carry_out(name, number, recorded, effect, shutdown).await;
                }
            }
        }
        if shutdown.is_requested() {
            return;
        }
        let position = batch.last().map_or(0, |last| last.position);
        // Losing this write only repeats reactions, and repeated commands add nothing.
        if let Err(error) = self.commands.log.set_checkpoint(CHECKPOINT, position).await {
            tracing::warn!(%error, "the reactions' checkpoint was not written");
        }
        self.reacted.reached(position);
    }

    /// Sends the command until the log has taken or refused it.
    async fn carry_out(
        &self,
        name: &str,
        number: usize,
        cause: &Recorded,
        effect: Effect,
        shutdown: &Shutdown,
    ) {
        loop {
            match self.send(name, number, cause, &effect).await {
                Ok(_) => return,
                Err(ExecuteError::Log(error)) => {
                    tracing::error!(%error, reaction = name, "a reaction waits for the log");
                    self.pause(shutdown).await;
                    if shutdown.is_requested() {
                        return;
                    }
                }
                Err(error) => {
                    tracing::error!(%error, reaction = name, position = cause.position, "a reaction was refused");
                    return;
                }
            }
        }
    }

    async fn send(
        &self,
        name: &str,
        number: usize,
        cause: &Recorded,
        effect: &Effect,
    ) -> Result<Done, ExecuteError<IssueError>> {
        let request = self.request(name, number, cause);
        match effect {
            Effect::RegisterIssue { issue, matter, press } => {
                let facts = self.commands.facts(Actor::system(), Some(matter.place)).await?;
                self.commands.register(*issue, matter, Some(press), &facts, &request).await
            }
            Effect::AttachReporter { issue, reporter } => {
                let facts = self.commands.facts(Actor::system(), None).await?;
                let verb = AttachReporter { reporter: Reporter::clone(reporter) };
                let command = |now| IssueCommand {
                    given: facts.at(now),
                    verb: IssueVerb::AttachReporter(verb.clone()),
                };
                self.commands.issues.execute(issue.0, &request, command).await
            }
        }
    }

    fn request(&self, name: &str, number: usize, cause: &Recorded) -> Request {
        let envelope = &cause.envelope;
        let id = streams::derived(&[
            "reaction",
            name,
            &envelope.event_id.to_string(),
            &number.to_string(),
        ]);
        Request {
            origin: Origin {
                county6: envelope.county6.clone(),
                actor: event::Actor {
                    kind: "system".into(),
                    id: name.into(),
                    post: None,
                    unit: None,
                },
                channel: "reaction".into(),
                correlation_id: envelope.correlation_id,
                causation_id: Some(envelope.event_id),
                ..Origin::default()
            },
            request_id: id.to_string(),
            principal: "reactions".into(),
            ..Request::default()
        }
    }

    async fn pause(&self, shutdown: &Shutdown) {
        let clock = &self.commands.clock;
        tokio::select! {
            () = shutdown.requested() => {}
            () = clock.wait_until(clock.now_us() + 1_000_000, PAUSE) => {}
        }
    }
}
