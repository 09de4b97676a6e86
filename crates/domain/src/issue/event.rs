//! Facts of an issue.

mod decision;
mod note;
mod work;

use serde::{Deserialize, Serialize};

use crate::shared::clock::ClockKind;
use crate::shared::ids::{IssueId, PersonId, UnitId};
use crate::shared::ladder::{Holder, Rung};
use crate::shared::matter::{Matter, Reporter};
use crate::shared::moment::Moment;
use crate::shared::retention::Retention;
use crate::shared::sealed::Sealed;
use crate::shared::terms::PolicyRef;
use crate::shared::verdict::{Thumb, Verdict};

pub use decision::*;
pub use note::*;
pub use work::*;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    pub issue: IssueId,
    pub case_no: String,
    pub matter: Matter,
    pub rung: Rung,
    pub policy: PolicyRef,
    /// Name of the terms in the policy that apply.
    pub terms: String,
    pub started_at: Moment,
    pub registered_at: Moment,
    /// The unit the catalogue, or for an accusation the policy's list, names as competent: its ladder
    /// holds the work, not the place's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub competent: Option<UnitId>,
    /// The deadline of the total clock as it was told to the resident. No pause, wish or
    /// re-classification ever moves it; overdue figures are counted by it (LOOP M3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_due_at: Option<Moment>,
    /// Told in confidence: the lowest unit above the own village, from where it is seen (LOOP V3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_from: Option<UnitId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReporterAttached {
    pub reporter: Reporter,
    /// When this reporter's own matter started; the earliest total clock governs (LOOP I5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Moment>,
    /// What the file is held to from now on, as a merged file brought more than it owed itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes_on: Option<TakesOn>,
    /// When what a caller was promised ends, where that is before the file's own end (LOOP C1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_due_at: Option<Moment>,
    pub at: Moment,
}

/// Nobody loses a visit, an urgency or a deadline by being merged (LOOP I5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakesOn {
    /// The total clock that ends earliest, when it is not the lead's own; it starts at `started_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<TotalUnder>,
    /// A visit the merged file still owed is owed here, whoever was met before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub visit: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub contact: bool,
    /// Urgent from now on, under these terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent_terms: Option<String>,
    /// What lies behind the merged file lies behind this one, too.
    #[serde(default, skip_serializing_if = "Past::is_none")]
    pub past: Past,
}

/// The policy and terms a total clock runs under, and how long it rested on the resident's wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalUnder {
    pub policy: PolicyRef,
    pub terms: String,
    pub held_us: i64,
}

/// A merge was undone: this reporter's matter is a file of its own again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReporterDetached {
    pub reporter: usize,
    /// Others who left with the same file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<usize>,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatched {
    pub to: Holder,
    pub rung: Rung,
    /// By the policy at registration, not by a person.
    pub by_policy: bool,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    pub by: Holder,
    /// Accepted by arriving or completing, not by a command of its own.
    pub implied: bool,
    /// Principal that acted; a pseudonymous id, remembered so that nobody judges own work.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub actor_id: String,
    pub at: Moment,
}

/// Only `Met`, or the resident's side, fulfils the duty to come (LOOP I3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArrivalOutcome {
    Met,
    Absent,
    Refused,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    pub by: Holder,
    pub outcome: ArrivalOutcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
    /// A claim of an earlier time, shown beside; it counts only once confirmed (LOOP I7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_at: Option<Moment>,
    /// Principal that acted; a pseudonymous id, remembered so that nobody judges own work.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub actor_id: String,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progressed {
    pub note: Sealed,
    pub at: Moment,
}

/// The handler says it is done. Nothing more follows from it than a duty to tell the resident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completed {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Sealed>,
    /// Why it is done although a summoned unit has not done its part (LOOP I4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_support: Option<Sealed>,
    /// Principal that acted; a pseudonymous id, remembered so that nobody judges own work.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub actor_id: String,
    pub at: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeChannel {
    Phone,
    Visit,
    Message,
    Letter,
    /// The result stands under the receipt code (LOOP V3).
    Receipt,
    /// Found before anybody complained: there is nobody to tell, a second person checks (LOOP V3).
    Nobody,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notified {
    pub reporter: usize,
    /// Others told in the same way at the same moment: all whose receipt is their notice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<usize>,
    pub channel: NoticeChannel,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rated {
    pub reporter: usize,
    /// The key as pressed, when it was a thumb.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumb: Option<Thumb>,
    pub verdict: Verdict,
    pub in_presence: bool,
    pub mapping_version: u16,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpOrdered {
    pub why: FollowUpReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpReason {
    NotSolved,
    SlowOrRude,
    NoVerdict,
    /// Rated with the handler standing beside; drawn by the policy's percentage (LOOP C6).
    InPresence,
    /// Drawn by the level above.
    Sample,
    /// The handler's unit disputes the verdict; somebody independent asks again.
    Disputed,
    /// A proactive matter is checked by a second person (LOOP V3).
    Check,
}

impl FollowUpReason {
    /// Whether the file stays open until somebody independent has spoken to the resident.
    #[must_use]
    pub const fn keeps_open(self) -> bool {
        matches!(self, Self::NotSolved | Self::SlowOrRude | Self::Disputed | Self::Check)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowedUp {
    pub reporter: usize,
    /// Absent: nobody was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
    /// The resident says the key was pressed by mistake: the rung is given back (LOOP V1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_mistake: bool,
    /// Principal that asked; a pseudonymous id, remembered so that no judge becomes a handler.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub actor_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    pub at: Moment,
}

/// A sample could not be reached by the policy's attempts; nothing more is owed for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpEnded {
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopened {
    pub why: ReopenReason,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// How often this issue has been reopened, this time included.
    pub count: u32,
    /// Whose word it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter: Option<usize>,
    pub at: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReopenReason {
    NotSolved,
    AskedByResident,
}

/// How a file ended. “No answer” is never satisfied (DESIGN invariant 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    ConfirmedSolved,
    Unconfirmed,
    /// A proactive matter that a second person checked; counted apart (LOOP V3).
    Checked,
    /// Not admitted; the competent body is named (LOOP E2).
    Declined,
    /// Passed on to another procedure or body.
    Transferred,
    Withdrawn,
    Merged,
    /// Ended by the county after the policy's number of reopens; stays dissatisfied (LOOP V2).
    Concluded,
}

impl Outcome {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConfirmedSolved => "confirmed_solved",
            Self::Unconfirmed => "unconfirmed",
            Self::Checked => "checked",
            Self::Declined => "declined",
            Self::Transferred => "transferred",
            Self::Withdrawn => "withdrawn",
            Self::Merged => "merged",
            Self::Concluded => "concluded",
        }
    }

    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::ConfirmedSolved => "群众确认解决",
            Self::Unconfirmed => "未获评价",
            Self::Checked => "核查属实",
            Self::Declined => "不予受理",
            Self::Transferred => "转交",
            Self::Withdrawn => "撤回",
            Self::Merged => "合并",
            Self::Concluded => "终结",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    pub outcome: Outcome,
    pub at: Moment,
    /// How long it is kept, by the policy it ended under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
}

/// The upper level now answers for it; the work stays where it is (LOOP S1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalated {
    pub from: Rung,
    pub to: Rung,
    pub cause: EscalationCause,
    /// Who answers there; absent where the rung has no post to name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Holder>,
    /// Percentages of the total period that passed while nothing ran, named instead of climbed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped_percents: Vec<u16>,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EscalationCause {
    Clock {
        clock: ClockKind,
        generation: u32,
    },
    NotSolved,
    Person {
        reason: Sealed,
    },
    /// A file that stood higher was merged into this one (LOOP I5).
    Merged,
}

impl EscalationCause {
    /// A promise that was broken after a key was pressed by mistake was broken; that the total clock went on
    /// at all was the mistake (LOOP V1).
    #[must_use]
    pub const fn outlives_a_mistake(&self) -> bool {
        match self {
            Self::NotSolved | Self::Clock { clock: ClockKind::Total, .. } => false,
            Self::Clock { .. } | Self::Person { .. } | Self::Merged => true,
        }
    }
}
