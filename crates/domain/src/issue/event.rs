//! Facts of an issue.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::shared::clock::ClockKind;
use crate::shared::ids::{IssueId, PersonId, PostId, UnitId};
use crate::shared::ladder::{Holder, Rung};
use crate::shared::matter::{Matter, Nature, Procedure, Reporter, Size, Urgency};
use crate::shared::moment::Moment;
use crate::shared::period::Period;
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
    /// The unit the catalogue, or for an accusation the policy's list, names as competent: its ladder
    /// holds the work, not the place's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub competent: Option<UnitId>,
    /// The deadline of the total clock as it was told to the resident. No pause, wish or
    /// re-classification ever moves it; overdue figures are counted by it (LOOP M3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_due_at: Option<Moment>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReporterAttached {
    pub reporter: Reporter,
    /// When this reporter's own matter started; the earliest total clock governs (LOOP I5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Moment>,
    pub at: Moment,
}

/// A merge was undone: this reporter's matter is a file of its own again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReporterDetached {
    pub reporter: usize,
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

/// 受理: the matter is one this county answers for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admitted {
    pub at: Moment,
}

/// 首次联系.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactMade {
    pub reached: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
    pub at: Moment,
}

/// Optional, never scored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departed {
    pub at: Moment,
}

/// The resident's side says that somebody came; it fulfils the duty (LOOP I3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrivalConfirmed {
    pub reporter: usize,
    /// When, as the resident's side tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came_at: Option<Moment>,
    pub at: Moment,
}

/// 派单异议: made once, ruled on by a clock; meanwhile the first receiver answers (LOOP I4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objected {
    pub by: Holder,
    pub reason: Sealed,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectionRuled {
    pub upheld: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    pub actor_id: String,
    pub at: Moment,
}

/// 吹哨: another unit is called in, beside the lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summoned {
    pub support: u16,
    pub to: Holder,
    pub rung: Rung,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Sealed>,
    pub at: Moment,
}

/// 报到.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    pub support: u16,
    pub actor_id: String,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportFinished {
    pub support: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
    pub actor_id: String,
    pub at: Moment,
}

/// A summoned unit's broken promise climbs on its own line, not on the lead's (LOOP I4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportEscalated {
    pub support: u16,
    pub from: Rung,
    pub to: Rung,
    pub clock: ClockKind,
    pub generation: u32,
    pub at: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandOverReason {
    AppointmentEnded,
    UnitMerged,
    Reassigned,
}

/// 交接: open work moves to another post; its clocks run on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    pub from: PostId,
    pub to: Holder,
    pub rung: Rung,
    pub why: HandOverReason,
    pub at: Moment,
}

/// The holder asks the upper level to take it (LOOP S1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferredUp {
    pub why: ReferralReason,
    pub note: Sealed,
    pub to: Rung,
    pub at: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralReason {
    BeyondPowers,
    NeedsFunds,
    CrossesAreas,
    NeedsDepartment,
}

/// The upper level gives it back, once, with reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentDown {
    pub reason: Sealed,
    pub at: Moment,
}

/// The upper level handles it itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenOver {
    pub by: Holder,
    pub rung: Rung,
    pub actor_id: String,
    pub at: Moment,
}

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
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmerged {
    pub from: IssueId,
    pub reason: Sealed,
    pub at: Moment,
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
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyReplaced {
    pub policy: PolicyRef,
    pub terms: String,
    pub approver: String,
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

/// What the resident was told of, other than a result: a deferral, a slower class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Informed {
    pub channel: NoticeChannel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
    pub at: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyRole {
    /// 被反映人.
    Accused,
    Kin,
    Interested,
    /// Stands aside by own declaration.
    SelfDeclared,
}

/// Somebody who may not hold, see, count or be told of this issue from now on (回避).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyNamed {
    pub role: PartyRole,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<PostId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    pub at: Moment,
}

/// 催办. It moves no clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urged {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
    pub at: Moment,
}

/// 督办: the holder owes the supervisor a report; only the supervisor's acceptance ends it (LOOP S1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supervised {
    pub supervision: u16,
    /// The supervising unit.
    pub by: UnitId,
    pub rung: Rung,
    pub demand: Sealed,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionReported {
    pub supervision: u16,
    pub report: Sealed,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionDecided {
    pub supervision: u16,
    pub accepted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    pub at: Moment,
}

/// The handler's unit disputes a verdict. It changes neither verdict nor figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disputed {
    pub reason: Sealed,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commented {
    pub note: Sealed,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceAttached {
    /// SHA-256 of the file, hex.
    pub sha256: String,
    pub media_type: String,
    pub file_name: Sealed,
    pub at: Moment,
}

/// An anonymous reporter has a receipt: its hash finds this file (LOOP V3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptIssued {
    pub digest: String,
}
