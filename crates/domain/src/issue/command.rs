//! Orders to an issue.

use super::event::{ArrivalOutcome, NoticeChannel};
use crate::shared::clock::ClockKind;
use crate::shared::given::Given;
use crate::shared::ids::IssueId;
use crate::shared::ladder::{Holder, Rung};
use crate::shared::matter::{Matter, Reporter};
use crate::shared::moment::Moment;
use crate::shared::sealed::Sealed;
use crate::shared::terms::PolicyRef;
use crate::shared::verdict::{Thumb, Verdict};

#[derive(Clone, Debug)]
pub struct IssueCommand {
    pub given: Given,
    pub verb: IssueVerb,
}

#[derive(Clone, Debug)]
pub enum IssueVerb {
    Register(Box<Register>),
    AttachReporter(AttachReporter),
    Dispatch(Dispatch),
    Accept,
    Arrive(Arrive),
    Progress(Progress),
    Complete(Complete),
    Notify(Notify),
    Rate(Rate),
    FollowUp(FollowUp),
    Reopen(Reopen),
    Escalate(Escalate),
    Expire(Expire),
}

#[derive(Clone, Debug)]
pub struct Register {
    pub issue: IssueId,
    /// county6-yymmdd-random6-check; not sequential, so that nobody can count by it.
    pub case_no: String,
    pub matter: Matter,
    /// The press, or the filing time a source system's record confirms (LOOP C1, I7).
    pub started_at: Moment,
    /// The policy frozen at the press; absent: the one in force (LOOP C1).
    pub policy: Option<PolicyRef>,
}

#[derive(Clone, Debug)]
pub struct AttachReporter {
    pub reporter: Reporter,
}

/// To a post named by the dispatcher, or to the first candidate of the ladder.
#[derive(Clone, Debug)]
pub struct Dispatch {
    pub to: Option<Holder>,
    pub lowest: Option<Rung>,
}

#[derive(Clone, Debug)]
pub struct Arrive {
    pub outcome: ArrivalOutcome,
    pub note: Option<Sealed>,
}

#[derive(Clone, Debug)]
pub struct Progress {
    pub note: Sealed,
}

#[derive(Clone, Debug)]
pub struct Complete {
    pub summary: Option<Sealed>,
}

#[derive(Clone, Debug)]
pub struct Notify {
    pub reporter: usize,
    pub channel: NoticeChannel,
}

/// The resident's side judges: by thumb, or on three axes.
#[derive(Clone, Debug)]
pub struct Rate {
    pub reporter: usize,
    pub answer: RawAnswer,
    pub in_presence: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawAnswer {
    Thumb(Thumb),
    Axes(Verdict),
}

/// A call-back by somebody who did not handle it; no verdict when nobody was reached.
#[derive(Clone, Debug)]
pub struct FollowUp {
    pub reporter: usize,
    pub verdict: Option<Verdict>,
    pub note: Option<Sealed>,
}

#[derive(Clone, Debug)]
pub struct Reopen {
    pub reporter: usize,
    pub reason: Option<Sealed>,
}

/// A person lifts the issue ahead of its clocks.
#[derive(Clone, Debug)]
pub struct Escalate {
    pub to: Option<Rung>,
    pub reason: Sealed,
}

/// A timer's question: is this generation still running and due?
#[derive(Clone, Debug)]
pub struct Expire {
    pub clock: ClockKind,
    pub generation: u32,
}
