//! The life of an issue on one screen. The README's diagram is checked against this table.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    #[default]
    Unfiled,
    /// Owes a dispatch.
    Registered,
    /// Owes an acceptance.
    Dispatched,
    /// Owes an arrival where one is due, and a solution.
    Accepted,
    /// Somebody met the resident; owes a solution.
    OnSite,
    /// The handler says it is done; every reporter is owed a notice.
    Completed,
    /// Every reporter was told; a verdict, or follow-ups in its stead, are owed.
    Notified,
    /// Final, until the resident reopens within the policy's window.
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Register,
    AttachReporter,
    DetachReporter,
    Admit,
    Dispatch,
    Accept,
    Object,
    RuleOnObjection,
    Summon,
    Join,
    FinishSupport,
    HandOver,
    NameParty,
    ContactMade,
    Depart,
    Arrive,
    ConfirmArrival,
    Progress,
    Hold,
    Resume,
    ReviewDeferral,
    Complete,
    Notify,
    Inform,
    Propose,
    Approve,
    Reject,
    Unmerge,
    Reclassify,
    Restore,
    Rate,
    FollowUp,
    OrderFollowUp,
    Dispute,
    Reopen,
    Escalate,
    ReferUp,
    SendDown,
    TakeOver,
    Urge,
    Supervise,
    ReportSupervision,
    DecideSupervision,
    Comment,
    AttachEvidence,
    IssueReceipt,
    Recount,
    Expire,
}

use Stage::{Accepted, Closed, Completed, Dispatched, Notified, OnSite, Registered, Unfiled};
use Verb::{
    Accept, Admit, Approve, Arrive, AttachEvidence, AttachReporter, Comment, Complete,
    ConfirmArrival, ContactMade, DecideSupervision, Depart, DetachReporter, Dispatch, Dispute,
    Escalate, Expire, FinishSupport, FollowUp, HandOver, Hold, Inform, IssueReceipt, Join,
    NameParty, Notify, Object, OrderFollowUp, Progress, Propose, Rate, Reclassify, Recount,
    ReferUp, Register, Reject, Reopen, ReportSupervision, Restore, Resume, ReviewDeferral,
    RuleOnObjection, SendDown, Summon, Supervise, TakeOver, Unmerge, Urge,
};

/// Every legal (stage, verb, next stage) of the verbs that move an issue on, or that only some stages
/// take; whatever is neither listed here nor below is refused.
pub const TRANSITIONS: &[(Stage, Verb, Stage)] = &[
    (Unfiled, Register, Registered),
    (Unfiled, Register, Dispatched),
    (Registered, Dispatch, Dispatched),
    (Registered, Rate, Registered),
    (Registered, FollowUp, Registered),
    (Registered, FollowUp, Completed),
    (Registered, FollowUp, Notified),
    (Registered, FollowUp, Closed),
    (Registered, TakeOver, Accepted),
    (Registered, Propose, Completed),
    (Registered, Propose, Closed),
    (Registered, Approve, Completed),
    (Registered, Approve, Closed),
    (Dispatched, Dispatch, Dispatched),
    (Dispatched, Accept, Accepted),
    (Dispatched, Object, Dispatched),
    (Dispatched, RuleOnObjection, Dispatched),
    (Dispatched, ContactMade, Dispatched),
    (Dispatched, Depart, Dispatched),
    (Dispatched, Arrive, Accepted),
    (Dispatched, Arrive, OnSite),
    (Dispatched, Complete, Completed),
    (Dispatched, Complete, Notified),
    (Dispatched, Complete, Closed),
    (Dispatched, Reclassify, Registered),
    (Dispatched, Approve, Registered),
    (Dispatched, Rate, Dispatched),
    (Dispatched, FollowUp, Dispatched),
    (Dispatched, ReferUp, Dispatched),
    (Dispatched, TakeOver, Accepted),
    (Dispatched, NameParty, Registered),
    (Dispatched, Propose, Completed),
    (Dispatched, Propose, Closed),
    (Dispatched, Approve, Completed),
    (Dispatched, Approve, Closed),
    (Accepted, Object, Accepted),
    (Accepted, RuleOnObjection, Accepted),
    (Accepted, RuleOnObjection, Dispatched),
    (Accepted, ContactMade, Accepted),
    (Accepted, Depart, Accepted),
    (Accepted, Arrive, Accepted),
    (Accepted, Arrive, OnSite),
    (Accepted, Progress, Accepted),
    (Accepted, Complete, Completed),
    (Accepted, Complete, Notified),
    (Accepted, Complete, Closed),
    (Accepted, Reclassify, Registered),
    (Accepted, Approve, Registered),
    (Accepted, Rate, Accepted),
    (Accepted, FollowUp, Accepted),
    (Accepted, ReferUp, Accepted),
    (Accepted, TakeOver, Accepted),
    (Accepted, NameParty, Registered),
    (Accepted, NameParty, Dispatched),
    (Accepted, Propose, Completed),
    (Accepted, Propose, Closed),
    (Accepted, Approve, Completed),
    (Accepted, Approve, Closed),
    (OnSite, RuleOnObjection, OnSite),
    (OnSite, RuleOnObjection, Dispatched),
    (OnSite, ContactMade, OnSite),
    (OnSite, Arrive, OnSite),
    (OnSite, Progress, OnSite),
    (OnSite, Reclassify, Registered),
    (OnSite, Approve, Registered),
    (OnSite, Rate, OnSite),
    (OnSite, Complete, Completed),
    (OnSite, Complete, Notified),
    (OnSite, FollowUp, OnSite),
    (OnSite, ReferUp, OnSite),
    (OnSite, TakeOver, Accepted),
    (OnSite, NameParty, Registered),
    (OnSite, NameParty, Dispatched),
    (OnSite, Propose, Completed),
    (OnSite, Propose, Closed),
    (OnSite, Approve, Completed),
    (OnSite, Approve, Closed),
    (Completed, Notify, Completed),
    (Completed, Notify, Notified),
    (Completed, Notify, Closed),
    (Completed, DetachReporter, Notified),
    (Completed, DetachReporter, Closed),
    (Completed, Rate, Completed),
    (Completed, Rate, Registered),
    (Completed, FollowUp, Completed),
    (Completed, FollowUp, Registered),
    (Notified, AttachReporter, Completed),
    (Notified, DetachReporter, Closed),
    (Completed, AttachReporter, Registered),
    (Notified, Rate, Notified),
    (Notified, Rate, Registered),
    (Notified, Rate, Closed),
    (Notified, FollowUp, Notified),
    (Notified, FollowUp, Registered),
    (Notified, FollowUp, Closed),
    (Notified, Expire, Closed),
    (Closed, AttachReporter, Completed),
    (Closed, AttachReporter, Registered),
    (Closed, Rate, Closed),
    (Closed, Rate, Registered),
    (Closed, Reopen, Registered),
    (Closed, FollowUp, Closed),
    (Closed, FollowUp, Registered),
    (Closed, OrderFollowUp, Closed),
    (Closed, Unmerge, Registered),
];

impl Verb {
    /// Taken while the work is open; the stage stays.
    pub const WORKING: &'static [Self] = &[
        Admit,
        Summon,
        Join,
        FinishSupport,
        ConfirmArrival,
        Hold,
        Resume,
        ReviewDeferral,
        Reclassify,
        SendDown,
    ];
    /// Taken until the file closes; the stage stays.
    pub const OPEN: &'static [Self] = &[AttachReporter, HandOver, Inform, Escalate, Supervise];
    /// Taken of any file, closed ones included; the stage stays.
    pub const ANYWHERE: &'static [Self] = &[
        DetachReporter,
        NameParty,
        Propose,
        Approve,
        Reject,
        Restore,
        Dispute,
        Urge,
        ReportSupervision,
        DecideSupervision,
        Comment,
        AttachEvidence,
        IssueReceipt,
        Recount,
        Expire,
    ];
}

/// Whether the tables list that `verb` leads from one stage to the other.
#[must_use]
pub fn lists(from: Stage, verb: Verb, to: Stage) -> bool {
    TRANSITIONS.contains(&(from, verb, to)) || (from == to && from.takes(verb))
}

impl Stage {
    pub const ALL: [Self; 8] =
        [Unfiled, Registered, Dispatched, Accepted, OnSite, Completed, Notified, Closed];

    /// The holder's work is under way, or still to be given out.
    pub const WORKING: [Self; 4] = [Registered, Dispatched, Accepted, OnSite];

    #[must_use]
    pub fn allows(self, verb: Verb) -> bool {
        self.takes(verb) || TRANSITIONS.iter().any(|(from, by, _)| *from == self && *by == verb)
    }

    /// Takes a verb that moves nothing on.
    fn takes(self, verb: Verb) -> bool {
        let working = Self::WORKING.contains(&self) && Verb::WORKING.contains(&verb);
        let open = !matches!(self, Unfiled | Closed) && Verb::OPEN.contains(&verb);
        let filed = self != Unfiled && Verb::ANYWHERE.contains(&verb);
        working || open || filed
    }

    /// Every stage that is not final owns a pending clock (DESIGN invariant 3).
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Closed)
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Unfiled => "unfiled",
            Registered => "registered",
            Dispatched => "dispatched",
            Accepted => "accepted",
            OnSite => "on_site",
            Completed => "completed",
            Notified => "notified",
            Closed => "closed",
        }
    }

    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Unfiled => "未登记",
            Registered => "待派单",
            Dispatched => "待接单",
            Accepted => "已接单",
            OnSite => "已到场",
            Completed => "已办结,待告知",
            Notified => "已告知,待评价",
            Closed => "已结案",
        }
    }
}

impl Verb {
    #[rustfmt::skip]
    pub const ALL: [Self; 48] = [
        Register, AttachReporter, DetachReporter, Admit, Dispatch, Accept, Object,
        RuleOnObjection, Summon, Join, FinishSupport, HandOver, NameParty, ContactMade, Depart,
        Arrive, ConfirmArrival, Progress, Hold, Resume, ReviewDeferral, Complete, Notify, Inform,
        Propose, Approve, Reject, Unmerge, Reclassify, Restore, Rate, FollowUp, OrderFollowUp,
        Dispute, Reopen, Escalate, ReferUp, SendDown, TakeOver, Urge, Supervise,
        ReportSupervision, DecideSupervision, Comment, AttachEvidence, IssueReceipt, Recount,
        Expire,
    ];

    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Register => "登记",
            AttachReporter => "并入来电人",
            DetachReporter => "拆出来电人",
            Admit => "受理",
            Dispatch => "派单",
            Accept => "接单",
            Object => "提出派单异议",
            RuleOnObjection => "裁定异议",
            Summon => "吹哨",
            Join => "报到",
            FinishSupport => "完成协办",
            HandOver => "交接",
            NameParty => "指明回避",
            ContactMade => "首次联系",
            Depart => "出发",
            Arrive => "到场",
            ConfirmArrival => "确认到场",
            Progress => "记录进展",
            Hold => "暂停",
            Resume => "恢复办理",
            ReviewDeferral => "复核挂账",
            Complete => "办结",
            Notify => "告知",
            Inform => "专项告知",
            Propose => "提请审批",
            Approve => "批准",
            Reject => "不批准",
            Unmerge => "拆分",
            Reclassify => "改类",
            Restore => "恢复计入",
            Rate => "评价",
            FollowUp => "回访",
            OrderFollowUp => "抽查回访",
            Dispute => "对评价提出异议",
            Reopen => "重办",
            Escalate => "提级",
            ReferUp => "上报",
            SendDown => "退回下级",
            TakeOver => "提级办理",
            Urge => "催办",
            Supervise => "督办",
            ReportSupervision => "报送督办结果",
            DecideSupervision => "审定督办",
            Comment => "留言",
            AttachEvidence => "附证据",
            IssueReceipt => "出具查询码",
            Recount => "重算暂定时限",
            Expire => "时限届满",
        }
    }
}

/// The moves as a Mermaid diagram, as the README shows it; what stays in its stage is not drawn.
#[must_use]
pub fn diagram() -> String {
    let mut text = String::from("stateDiagram-v2\n");
    for (from, verb, to) in TRANSITIONS.iter().filter(|(from, _, to)| from != to) {
        let from = if *from == Unfiled { "[*]" } else { from.name() };
        text.push_str(&format!("    {from} --> {} : {verb:?}\n", to.name()));
    }
    for stage in Stage::ALL.into_iter().filter(|stage| stage.is_final()) {
        text.push_str(&format!("    {} --> [*]\n", stage.name()));
    }
    text
}
