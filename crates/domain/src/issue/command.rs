//! Orders to an issue.

use jiff::civil::Date;

use super::event::{
    ArrivalOutcome, Brings, Class, HandOverReason, HoldKind, Kept, NoticeChannel, PartyRole,
    Proposal, ReferralReason,
};
use crate::shared::clock::ClockKind;
use crate::shared::given::Given;
use crate::shared::ids::{IssueId, PersonId, PostId, UnitId};
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
    DetachReporter {
        from: IssueId,
    },
    Admit,
    Dispatch(Dispatch),
    Accept,
    Object {
        reason: Sealed,
    },
    RuleOnObjection(RuleOnObjection),
    Summon(Summon),
    Join {
        support: u16,
    },
    FinishSupport {
        support: u16,
        note: Option<Sealed>,
    },
    HandOver(HandOver),
    NameParty(NameParty),
    ContactMade {
        reporter: usize,
        reached: bool,
        note: Option<Sealed>,
    },
    Depart,
    Arrive(Arrive),
    ConfirmArrival {
        reporter: usize,
        came_at: Option<Moment>,
    },
    Progress(Progress),
    Hold(Hold),
    Resume {
        answer: Option<Sealed>,
    },
    ReviewDeferral(ReviewDeferral),
    Complete(Complete),
    Notify(Notify),
    Inform {
        channel: NoticeChannel,
        note: Option<Sealed>,
    },
    Propose(Proposal),
    Approve {
        number: u16,
        /// How the resident's side confirmed it, for a withdrawal that staff entered (LOOP E2).
        confirmed: Option<Sealed>,
    },
    Reject {
        number: u16,
        reason: Option<Sealed>,
    },
    Unmerge {
        reason: Option<Sealed>,
    },
    Reclassify {
        class: Class,
        /// Whose ladder such a matter is held on: the unit the catalogue names, else the place.
        home: Option<UnitId>,
        reason: Sealed,
    },
    Restore {
        reason: Sealed,
    },
    Rate(Rate),
    FollowUp(FollowUp),
    OrderFollowUp,
    Dispute {
        reason: Sealed,
    },
    Reopen(Reopen),
    Escalate(Escalate),
    ReferUp {
        why: ReferralReason,
        note: Sealed,
    },
    SendDown {
        reason: Sealed,
    },
    TakeOver,
    Urge {
        note: Option<Sealed>,
    },
    Supervise {
        demand: Sealed,
    },
    ReportSupervision {
        supervision: u16,
        report: Sealed,
    },
    DecideSupervision {
        supervision: u16,
        accepted: bool,
        reason: Option<Sealed>,
    },
    Comment {
        note: Sealed,
    },
    AttachEvidence {
        sha256: String,
        media_type: String,
        file_name: Sealed,
        kept: Option<Kept>,
    },
    /// The hash of an anonymous reporter's receipt code.
    IssueReceipt {
        digest: String,
    },
    /// A calendar was published: provisional deadlines are counted again.
    Recount,
    Expire(Expire),
}

impl IssueVerb {
    /// What only a holder does, or whoever acts for it.
    /// Units that this names beside those of the file's own ladder.
    #[must_use]
    pub fn named_units(&self) -> Vec<UnitId> {
        let mut seats = Vec::new();
        if let Self::Dispatch(verb) = self {
            seats.extend(&verb.to);
        }
        if let Self::Summon(verb) = self {
            seats.push(&verb.to);
        }
        if let Self::HandOver(verb) = self {
            seats.extend(&verb.to);
        }
        if let Self::RuleOnObjection(verb) = self {
            seats.extend(&verb.to);
        }
        seats.into_iter().map(|seat| seat.holder.unit).collect()
    }

    pub(super) const fn is_work(&self) -> bool {
        matches!(
            self,
            Self::Object { .. }
                | Self::Join { .. }
                | Self::FinishSupport { .. }
                | Self::ContactMade { .. }
                | Self::Depart
                | Self::Progress(_)
                | Self::Hold(_)
                | Self::Complete(_)
                | Self::Propose(_)
                | Self::ReportSupervision { .. }
        )
    }
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
    /// The unit the catalogue names, or the body that receives this accusation; its ladder came along.
    pub competent: Option<UnitId>,
    /// Officials an accusation names: they stand aside from the first event on (LOOP A1).
    pub parties: Vec<NameParty>,
}

#[derive(Clone, Debug)]
pub struct AttachReporter {
    pub reporter: Reporter,
    /// When the reporter's own file started, when it was merged into this one; or the press.
    pub started_at: Option<Moment>,
    /// Frozen at the caller's press: what a file of their own would have promised (LOOP C1).
    pub policy: Option<PolicyRef>,
    /// What that file brings along.
    pub brings: Option<Box<Brings>>,
}

/// A post with the rung its unit stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    pub holder: Holder,
    pub rung: Rung,
}

/// To a post named by the dispatcher, or to the first candidate of the ladder.
#[derive(Clone, Debug)]
pub struct Dispatch {
    pub to: Option<Seat>,
    pub lowest: Option<Rung>,
}

/// Upheld: to the post named, or one rung up. Either way the unit is fixed from now on (LOOP I4).
#[derive(Clone, Debug)]
pub struct RuleOnObjection {
    pub upheld: bool,
    pub to: Option<Seat>,
    pub reason: Option<Sealed>,
}

#[derive(Clone, Debug)]
pub struct Summon {
    pub to: Seat,
    pub task: Option<Sealed>,
}

/// To the post named, or to whoever is next: the chief of the unit, else one rung up.
#[derive(Clone, Debug)]
pub struct HandOver {
    pub from: PostId,
    pub to: Option<Seat>,
    pub why: HandOverReason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameParty {
    pub role: PartyRole,
    pub post: Option<PostId>,
    pub person: Option<PersonId>,
    pub unit: Option<UnitId>,
}

/// Until the time named, or for as long as the policy allows.
#[derive(Clone, Debug)]
pub struct Hold {
    pub kind: HoldKind,
    pub reason: Sealed,
    pub until: Option<Moment>,
}

/// The county looked at a deferred issue: a next review, or back to work.
#[derive(Clone, Debug)]
pub struct ReviewDeferral {
    pub next_review: Option<Date>,
    pub reason: Sealed,
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
    /// Why, when a summoned unit has not done its part.
    pub over_support: Option<Sealed>,
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
    /// The resident says the key was pressed by mistake (LOOP V1).
    pub by_mistake: bool,
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
