//! Facts of a call.

use serde::{Deserialize, Serialize};

use super::CallEvent;
use crate::shared::clock::ClockKind;
use crate::shared::ids::{CallId, DeviceId, HouseholdId, IssueId, PersonId, UnitId};
use crate::shared::ladder::{Holder, Rung};
use crate::shared::matter::{Matter, Reporter};
use crate::shared::moment::Moment;
use crate::shared::retention::Retention;
use crate::shared::sealed::Sealed;
use crate::shared::terms::PolicyRef;
use crate::shared::verdict::{Thumb, Verdict};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pressed {
    pub call: CallId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<HouseholdId>,
    pub unit: UnitId,
    pub rung: Rung,
    pub pressed_at: Moment,
    pub policy: PolicyRef,
    pub ring_order: Vec<Holder>,
    /// Units on the way up where nobody could be rung: an alarm (LOOP C3).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<UnitId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Sealed>,
}

/// A thumb key that no service waited for (LOOP C6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThumbUnbound {
    pub call: CallId,
    pub device: DeviceId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<HouseholdId>,
    pub unit: UnitId,
    pub rung: Rung,
    pub thumb: Thumb,
    pub mapping_version: u16,
    pub policy: PolicyRef,
    pub at: Moment,
}

/// 110, 119 or 120 was called; the village's duty to come runs beside it (LOOP C5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyAlerted {
    pub alert: EmergencyAlert,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
    pub at: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpReason {
    /// Drawn by the policy's percentage (LOOP C2).
    Sample,
    ThumbDown,
    /// Satisfied, said with whoever answered standing beside (LOOP C6).
    InPresence,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpOrdered {
    pub why: FollowUpReason,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowedUp {
    /// Absent: nobody was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub registrations: Vec<Registration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
    pub at: Moment,
}

/// The attempts are used up: what was owed is done, or a visit takes over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpEnded {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Registration>,
    pub at: Moment,
}

/// The same household pressed again while ringing or waiting for its return call (LOOP C4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PressedAgain {
    pub pressed_at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rang {
    /// Place in the ring order.
    pub place: usize,
    pub holder: Holder,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    pub why: MissReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissReason {
    /// Nobody on the ring order answered.
    Unanswered,
    /// The rosters name nobody: a gap that needs filling; the return call is owed at once.
    NobodyOnRoster,
    /// The red key before an answer: cancels nothing (LOOP C4).
    HungUp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    pub by: Holder,
    /// The rung of that post on the caller's own ladder; absent for a desk beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rung: Option<Rung>,
    pub answered_at: Moment,
    /// The conversation came about by a return call.
    pub by_return_call: bool,
    /// Whose thumb now rates this call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnCallTried {
    pub by: Holder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DispositionKind {
    AnsweredAtOnce,
    Registered,
    Attached,
    Emergency,
    MisPress,
    Silent,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    pub issue: IssueId,
    pub matter: Matter,
    /// The press; the resident's total clock starts here (LOOP C1).
    pub started_at: Moment,
    /// The policy frozen at the press holds for what follows from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyRef>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyAlert {
    /// 110, 119 or 120.
    pub service: String,
    pub reference: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DispositionRecorded {
    pub kind: DispositionKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub registrations: Vec<Registration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attached_to: Option<IssueId>,
    /// Registered on their own; nothing else of the call says so (LOOP A1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accusations: Vec<IssueId>,
    /// Who called, as far as the device tells.
    pub reporter: Reporter,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<EmergencyAlert>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
    /// How long the call is kept, by the policy it was made under; and as long as what it led to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// Who says so: somebody else asks the caller about it (LOOP C2).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub actor_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

/// Nobody reached the caller: an issue that must be visited takes over (LOOP C3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitOrdered {
    pub registration: Registration,
    /// As of a call that was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThumbPressed {
    pub thumb: Thumb,
    pub in_presence: bool,
    pub mapping_version: u16,
}

/// The upper level now answers for the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalated {
    pub from: Rung,
    pub to: Rung,
    pub clock: ClockKind,
    pub generation: u32,
}

impl CallEvent {
    /// The issues that this event ties the call to: those it registers, and the one it is attached to. Not what was
    /// told of an official: the call is like any other, also for the accused (LOOP A1). He may have seen it ring.
    pub fn issues(&self) -> impl Iterator<Item = IssueId> {
        let recorded = if let Self::DispositionRecorded(e) = self { Some(e) } else { None };
        let beside = recorded.and_then(|e| e.attached_to);
        self.registrations().iter().map(|registration| registration.issue).chain(beside)
    }

    /// The issues that this event registers, in the order they were told.
    #[must_use]
    pub fn registrations(&self) -> &[Registration] {
        match self {
            Self::DispositionRecorded(e) => &e.registrations,
            Self::FollowedUp(e) => &e.registrations,
            Self::EmergencyAlerted(e) => e.registration.as_slice(),
            Self::FollowUpEnded(e) => e.visit.as_slice(),
            Self::VisitOrdered(e) => std::slice::from_ref(&e.registration),
            Self::Pressed(_)
            | Self::PressedAgain(_)
            | Self::ThumbUnbound(_)
            | Self::FollowUpOrdered(_)
            | Self::ClockRecounted(_)
            | Self::ThumbPressed(_)
            | Self::Rang(_)
            | Self::Answered(_)
            | Self::Missed(_)
            | Self::ReturnCallTried(_)
            | Self::Escalated(_)
            | Self::ClockStarted(_)
            | Self::ClockStopped(_)
            | Self::ClockExpired(_) => &[],
        }
    }
}
