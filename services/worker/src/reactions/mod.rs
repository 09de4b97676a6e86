//! Reactions: an event in one context becomes a command to another. Each file is one sentence; this
//! one runs them, once per event for ever: a command's id is derived from the event's.

mod aside;
mod carry_out;
pub mod when_appointment_ends_then_hand_over;
pub mod when_calendar_published_then_recount;
pub mod when_call_attached_then_attach_reporter;
pub mod when_call_registers_then_register_issue;
pub mod when_merged_then_attach_reporters;
pub mod when_party_named_then_recuse_from_merged;
pub mod when_somebody_leaves_then_stand_aside;
pub mod when_somebody_sits_then_stand_aside;
pub mod when_unit_moves_then_it_stands_aside;
pub mod when_unit_named_then_its_people_stand_aside;
pub mod when_units_merge_then_hand_over;
pub mod when_unmerged_then_detach_reporters;

use std::sync::Arc;
use std::time::Duration;

use commands::Commands;
use commands::register::Filing;
use domain::issue::command::NameParty;
use domain::issue::event::{Brings, HandOverReason, PartyRole};
use domain::shared::ids::{IssueId, PersonId, PostId, UnitId};
use domain::shared::matter::Reporter;
use domain::shared::moment::Moment;
use event::{Feed, FeedError, Recorded};
use eventlog::LogError;
use runtime::progress::Progress;
use runtime::shutdown::Shutdown;
use views::Views;
use views::fact::Fact;

const CHECKPOINT: &str = "reactions";
const BATCH: usize = 256;
const PAUSE: Duration = Duration::from_secs(1);

/// What a reaction asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    RegisterIssue(Box<Filing>),
    AttachReporter {
        issue: IssueId,
        reporter: Box<Reporter>,
        started_at: Option<Moment>,
        /// What a merged file brings, and that file: it is its own again when the lead cannot take it.
        merged: Option<Box<(IssueId, Option<Brings>)>>,
    },
    DetachReporters {
        issue: IssueId,
        from: IssueId,
    },
    /// Whoever stands aside from a lead does so from what was merged into it.
    Recuse {
        issue: IssueId,
        party: Box<NameParty>,
    },
    /// Whoever sits in a unit that stands aside, and elsewhere.
    RecusePeopleOf {
        issue: IssueId,
        unit: UnitId,
        role: PartyRole,
    },
    /// All open work of a post whose holder left.
    HandOverAll {
        post: PostId,
        why: HandOverReason,
    },
    /// The work of a post from which somebody stands aside who comes to sit there.
    StandAside {
        post: PostId,
        person: PersonId,
    },
    /// Whoever left a post of a unit goes on standing aside from what that unit does.
    StayAside {
        post: PostId,
        person: PersonId,
    },
    /// What a unit stood aside from with those it was below.
    UnitStaysAside {
        unit: UnitId,
    },
    /// All open work that posts of a unit got there, when the unit is merged.
    HandOverUnit {
        unit: UnitId,
        into: UnitId,
    },
    /// Every provisional deadline.
    RecountAll,
}

/// Event in, commands out; pure.
type Reaction = fn(&Recorded, &Fact) -> Vec<Effect>;

/// Every reaction with the name its command ids are derived from.
const REACTIONS: &[(&str, Reaction)] = &[
    ("call_registers", when_call_registers_then_register_issue::react),
    ("call_attached", when_call_attached_then_attach_reporter::react),
    ("merged", when_merged_then_attach_reporters::react),
    ("party_named", when_party_named_then_recuse_from_merged::react),
    ("unit_named", when_unit_named_then_its_people_stand_aside::react),
    ("unmerged", when_unmerged_then_detach_reporters::react),
    ("unit_moves", when_unit_moves_then_it_stands_aside::react),
    ("units_merge", when_units_merge_then_hand_over::react),
    ("appointment_ends", when_appointment_ends_then_hand_over::react),
    ("somebody_leaves", when_somebody_leaves_then_stand_aside::react),
    ("somebody_sits", when_somebody_sits_then_stand_aside::react),
    ("calendar_published", when_calendar_published_then_recount::react),
];

pub struct Reactions {
    pub feed: Box<dyn Feed>,
    pub commands: Arc<Commands>,
    /// Enumerates what an effect on many streams is about; each stream decides for itself again.
    pub views: Arc<Views>,
    pub projected: Progress,
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
                    shutdown.pause(PAUSE).await;
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
}
