//! Facts that rest, end or re-class a file, and what takes two people.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::shared::clock::ClockKind;
use crate::shared::ids::{IssueId, PersonId, UnitId};
use crate::shared::ladder::Rung;
use crate::shared::matter::{Nature, Procedure, Reporter, Size, Urgency};
use crate::shared::moment::Moment;
use crate::shared::period::{Derivation, Period};
use crate::shared::sealed::Sealed;
use crate::shared::terms::PolicyRef;

use super::super::Handlers;
use super::{Outcome, TotalUnder};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldKind {
    /// The holder's clocks rest; the total clock does not (LOOP K2).
    Pause,
    /// The resident's own dated wish: the total clock rests too.
    ResidentWish,
    /// A question to the resident, with a time-out.
    Question,
    /// 挂账: deferred by the county until its review; open, unsolved.
    Deferral,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub kind: HoldKind,
    pub reason: Sealed,
    pub until: Moment,
    /// Of the staff who spoke for the resident: they handle nothing of it afterwards (LOOP V4).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub heard_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard_by_person: Option<PersonId>,
    pub at: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResumeReason {
    /// Its time was over.
    Ended,
    Asked,
    /// The resident answered.
    Answered,
    /// The work was finished, reopened or moved.
    Overtaken,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    pub why: ResumeReason,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Sealed>,
    /// How long the holder's clocks rested, µs.
    pub held_us: i64,
    pub at: Moment,
}

/// What needs a second person before it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Proposal {
    /// 不予受理, 转交, 撤回 or 终结: a closed list of endings without a solution (LOOP E2).
    End {
        outcome: Outcome,
        reason: Sealed,
        /// What the resident can still do: told with the notice.
        remedy: Sealed,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        competent_body: Option<String>,
    },
    Merge {
        into: IssueId,
        reason: Sealed,
    },
    /// More time for the holder; the total clock does not move.
    Extend {
        by: Period,
        reason: Sealed,
    },
    Defer {
        review_on: Date,
        reason: Sealed,
    },
    /// Into terms whose clocks are longer, or onto a statutory clock.
    Reclassify {
        class: Class,
        terms: String,
        /// As in [`Reclassified`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        home: Option<UnitId>,
        reason: Sealed,
    },
    /// 剔除: out of the adjusted rates; the raw rates keep it (LOOP M5).
    Exclude {
        reason: Sealed,
    },
    /// 战时, or a new law.
    ReplacePolicy {
        policy: PolicyRef,
        terms: String,
        reason: Sealed,
    },
}

impl Proposal {
    #[must_use]
    pub const fn is_withdrawal(&self) -> bool {
        matches!(self, Self::End { outcome: Outcome::Withdrawn, .. })
    }

    /// The sealed fields, in a fixed order.
    #[must_use]
    pub fn sealed(&self) -> Vec<&Sealed> {
        match self {
            Self::End { reason, remedy, .. } => vec![reason, remedy],
            Self::Merge { reason, .. }
            | Self::Extend { reason, .. }
            | Self::Defer { reason, .. }
            | Self::Reclassify { reason, .. }
            | Self::Exclude { reason }
            | Self::ReplacePolicy { reason, .. } => vec![reason],
        }
    }
}

/// What a re-classification sets; absent: as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nature: Option<Nature>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure: Option<Procedure>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    pub number: u16,
    pub proposal: Proposal,
    pub actor_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    pub at: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    Approved,
    Rejected,
    /// Nobody decided in time: silence is no.
    Lapsed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalDecided {
    pub number: u16,
    pub ruling: Ruling,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// How the resident's side confirmed a withdrawal that staff had entered (LOOP E2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Sealed>,
    pub actor_id: String,
    pub at: Moment,
}

/// An ending without a solution took effect; every reporter is owed a notice naming the remedy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<IssueId>,
    /// Those who go over to the lead file, each with a notice and a verdict of their own (LOOP I5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reporters: Vec<Reporter>,
    /// When the merged matter started; of two total clocks the earlier governs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Moment>,
    /// What the lead file is held to from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brings: Option<Brings>,
    pub at: Moment,
}

/// What was promised to the reporters of a merged file, so that nothing of it is lost (LOOP I5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brings {
    pub total: TotalUnder,
    pub urgency: Urgency,
    /// The level that answered for it.
    pub rung: Rung,
    pub visit_owed: bool,
    /// Nobody has spoken to its reporters yet, who may be called.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub contact_owed: bool,
    /// The holder's promises that ran.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promise>,
    #[serde(default, skip_serializing_if = "Past::is_none")]
    pub past: Past,
}

/// What happened to a file before it was merged: nobody is free again by a merge, and nothing that is
/// given once is given twice (LOOP I4, K2, V4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    pub handlers: Handlers,
    /// It was objected to.
    pub objected: bool,
    /// The units that rulings let go.
    pub let_go: BTreeSet<UnitId>,
    /// Pauses and questions used.
    pub pauses: u8,
    /// Somebody came, and a thumb may still be pressed for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub came: bool,
}

impl Past {
    pub(super) fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    pub clock: ClockKind,
    pub due_at: Moment,
    pub derivation: Derivation,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmerged {
    pub from: IssueId,
    /// Absent: the lead file could not take it on any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// What its own reporters' complaints did there is theirs: how often the work began anew, and how high it
    /// stands for it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reopens: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raised_to: Option<Rung>,
    /// A call-back heard this reporter, who is asked about the next result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<usize>,
    /// Its own household was called there, and confirmed a visit: neither is owed any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub called: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub visited: bool,
    pub at: Moment,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reclassified {
    pub class: Class,
    pub terms: String,
    /// A longer class, approved one level up.
    pub slower: bool,
    /// The terms' total clock is laid down by law and takes the place of the running one.
    pub statutory: bool,
    pub must_visit: bool,
    /// Another unit is competent for it from now on: the one whose ladder holds the work, to which it is
    /// still to be dispatched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<UnitId>,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyReplaced {
    pub policy: PolicyRef,
    pub terms: String,
    pub approver: String,
    /// The new terms ask for a visit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub must_visit: bool,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    pub reason: Sealed,
    pub at: Moment,
}
