//! Orders to a call.

use crate::shared::clock::ClockKind;
use crate::shared::given::Given;
use crate::shared::ids::{CallId, DeviceId, HouseholdId, IssueId, UnitId};
use crate::shared::ladder::Holder;
use crate::shared::matter::Matter;
use crate::shared::sealed::Sealed;
use crate::shared::verdict::{Thumb, Verdict};

#[derive(Clone, Debug)]
pub struct CallCommand {
    pub given: Given,
    pub verb: CallVerb,
}

#[derive(Clone, Debug)]
pub enum CallVerb {
    Press(Press),
    Ring(Ring),
    /// The red key before an answer.
    HangUp,
    Answer(Answer),
    /// The phone system reports that the post being rung did not answer.
    Miss,
    ReturnCall(ReturnCall),
    RecordDisposition(RecordDisposition),
    AlertEmergency(AlertEmergency),
    PressThumb(PressThumb),
    /// A thumb key that no service waits for: a call of its own begins (LOOP C6).
    PressUnboundThumb(Box<PressUnboundThumb>),
    FollowUp(FollowUp),
    /// A calendar was published: provisional deadlines are counted again.
    Recount,
    Expire(Expire),
}

/// The green key, or a hotline's inbound call.
#[derive(Clone, Debug)]
pub struct Press {
    pub call: CallId,
    pub device: Option<DeviceId>,
    pub household: Option<HouseholdId>,
    /// The unit of the household: its ladder is rung.
    pub unit: UnitId,
    /// The caller's number, when a phone system knows it.
    pub caller: Option<Sealed>,
}

/// Ring a post off the roster's order, as the county's 24-hour desk does.
#[derive(Clone, Debug)]
pub struct Ring {
    pub holder: Holder,
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub by: Holder,
}

#[derive(Clone, Debug)]
pub struct ReturnCall {
    pub by: Holder,
    pub reached: bool,
}

#[derive(Clone, Debug)]
pub struct RecordDisposition {
    pub disposition: Disposition,
    /// What was told beside and registered on its own, with the body competent for it (LOOP A1).
    pub accusations: Vec<IssueId>,
    pub note: Option<Sealed>,
}

/// What became of an answered call (LOOP C2).
#[derive(Clone, Debug)]
pub enum Disposition {
    /// A consultation; no dispatch, no visit, the thumb rates the call.
    AnsweredAtOnce,
    /// One issue per matter; ids are chosen with the command.
    Registered(Vec<(IssueId, Matter)>),
    /// The call belongs to an issue that is open already.
    Attached(IssueId),
    /// Passed on to 110, 119 or 120 at once; service and reference recorded (LOOP C5).
    Emergency {
        service: String,
        reference: String,
        visit: (IssueId, Matter),
    },
    MisPress,
    /// Nobody spoke: a return call is owed, then a visit under this id (LOOP C2).
    Silent(IssueId),
}

/// 110, 119 or 120 was called, at once, whatever becomes of the conversation (LOOP C5).
#[derive(Clone, Debug)]
pub struct AlertEmergency {
    pub service: String,
    pub reference: String,
    /// What the village must go and see; used by the first alert only.
    pub visit: (IssueId, Matter),
}

#[derive(Clone, Debug)]
pub struct PressUnboundThumb {
    pub call: CallId,
    pub device: DeviceId,
    pub household: Option<HouseholdId>,
    pub unit: UnitId,
    pub thumb: Thumb,
}

/// Somebody outside the village called back with an open question; no verdict when nobody was reached.
#[derive(Clone, Debug)]
pub struct FollowUp {
    pub verdict: Option<Verdict>,
    /// What the resident brought up; required when something is not solved.
    pub matters: Vec<(IssueId, Matter)>,
    pub note: Option<Sealed>,
    /// The id for the issue that follows when nobody can be reached at all.
    pub visit: IssueId,
}

#[derive(Clone, Debug)]
pub struct PressThumb {
    pub thumb: Thumb,
    /// The handler stood beside: counted apart (LOOP C6).
    pub in_presence: bool,
}

/// A timer's question: is this generation still running and due?
#[derive(Clone, Debug)]
pub struct Expire {
    pub clock: ClockKind,
    pub generation: u32,
    /// The id for the issue that follows when nobody reached the caller.
    pub visit: IssueId,
}
