//! Facts of an issue.

use serde::{Deserialize, Serialize};

use crate::shared::clock::ClockKind;
use crate::shared::ids::IssueId;
use crate::shared::ladder::{Holder, Rung};
use crate::shared::matter::{Matter, Reporter};
use crate::shared::moment::Moment;
use crate::shared::sealed::Sealed;
use crate::shared::terms::PolicyRef;
use crate::shared::verdict::{Thumb, Verdict};

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
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReporterAttached {
    pub reporter: Reporter,
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
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notified {
    pub reporter: usize,
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
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowedUp {
    pub reporter: usize,
    /// Absent: nobody was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopened {
    pub why: ReopenReason,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// How often this issue has been reopened, this time included.
    pub count: u32,
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
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    pub outcome: Outcome,
    pub at: Moment,
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
    Clock { clock: ClockKind, generation: u32 },
    NotSolved,
    Person { reason: Sealed },
}
