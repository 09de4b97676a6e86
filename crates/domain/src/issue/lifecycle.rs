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
    Dispatch,
    Accept,
    Arrive,
    Progress,
    Complete,
    Notify,
    Rate,
    FollowUp,
    Reopen,
    Escalate,
    Expire,
}

use Stage::{Accepted, Closed, Completed, Dispatched, Notified, OnSite, Registered, Unfiled};
use Verb::{
    Accept, Arrive, AttachReporter, Complete, Dispatch, Escalate, Expire, FollowUp, Notify,
    Progress, Rate, Register, Reopen,
};

/// Every legal (stage, verb, next stage); whatever is not listed is refused.
pub const TRANSITIONS: &[(Stage, Verb, Stage)] = &[
    (Unfiled, Register, Registered),
    (Unfiled, Register, Dispatched),
    (Registered, AttachReporter, Registered),
    (Registered, Dispatch, Dispatched),
    (Registered, Escalate, Registered),
    (Registered, FollowUp, Registered),
    (Registered, Expire, Registered),
    (Dispatched, AttachReporter, Dispatched),
    (Dispatched, Dispatch, Dispatched),
    (Dispatched, Accept, Accepted),
    (Dispatched, Arrive, Accepted),
    (Dispatched, Arrive, OnSite),
    (Dispatched, Complete, Completed),
    (Dispatched, Complete, Closed),
    (Dispatched, Escalate, Dispatched),
    (Dispatched, FollowUp, Dispatched),
    (Dispatched, Expire, Dispatched),
    (Accepted, AttachReporter, Accepted),
    (Accepted, Arrive, Accepted),
    (Accepted, Arrive, OnSite),
    (Accepted, Progress, Accepted),
    (Accepted, Complete, Completed),
    (Accepted, Complete, Closed),
    (Accepted, Escalate, Accepted),
    (Accepted, FollowUp, Accepted),
    (Accepted, Expire, Accepted),
    (OnSite, AttachReporter, OnSite),
    (OnSite, Arrive, OnSite),
    (OnSite, Progress, OnSite),
    (OnSite, Rate, OnSite),
    (OnSite, Complete, Completed),
    (OnSite, Escalate, OnSite),
    (OnSite, FollowUp, OnSite),
    (OnSite, Expire, OnSite),
    (Completed, Notify, Completed),
    (Completed, AttachReporter, Completed),
    (Completed, Notify, Notified),
    (Completed, Notify, Closed),
    (Completed, Rate, Completed),
    (Completed, Rate, Registered),
    (Completed, FollowUp, Completed),
    (Completed, FollowUp, Registered),
    (Completed, Escalate, Completed),
    (Completed, Expire, Completed),
    (Notified, AttachReporter, Completed),
    (Notified, Rate, Notified),
    (Notified, Rate, Registered),
    (Notified, Rate, Closed),
    (Notified, FollowUp, Notified),
    (Notified, FollowUp, Registered),
    (Notified, FollowUp, Closed),
    (Notified, Escalate, Notified),
    (Notified, Expire, Notified),
    (Notified, Expire, Closed),
    (Closed, Rate, Closed),
    (Closed, Rate, Registered),
    (Closed, Reopen, Registered),
    (Closed, FollowUp, Closed),
    (Closed, FollowUp, Registered),
    (Closed, Expire, Closed),
];

impl Stage {
    pub const ALL: [Self; 8] =
        [Unfiled, Registered, Dispatched, Accepted, OnSite, Completed, Notified, Closed];

    #[must_use]
    pub fn allows(self, verb: Verb) -> bool {
        TRANSITIONS.iter().any(|(from, by, _)| *from == self && *by == verb)
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
    pub const ALL: [Self; 13] = [
        Register,
        AttachReporter,
        Dispatch,
        Accept,
        Arrive,
        Progress,
        Complete,
        Notify,
        Rate,
        FollowUp,
        Reopen,
        Escalate,
        Expire,
    ];

    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Register => "登记",
            AttachReporter => "并入来电人",
            Dispatch => "派单",
            Accept => "接单",
            Arrive => "到场",
            Progress => "记录进展",
            Complete => "办结",
            Notify => "告知",
            Rate => "评价",
            FollowUp => "回访",
            Reopen => "重办",
            Escalate => "提级",
            Expire => "时限届满",
        }
    }
}

/// The table as a Mermaid diagram, as the README shows it.
#[must_use]
pub fn diagram() -> String {
    let mut text = String::from("stateDiagram-v2\n");
    for (from, verb, to) in TRANSITIONS {
        let from = if *from == Unfiled { "[*]" } else { from.name() };
        text.push_str(&format!("    {from} --> {} : {verb:?}\n", to.name()));
    }
    for stage in Stage::ALL.into_iter().filter(|stage| stage.is_final()) {
        text.push_str(&format!("    {} --> [*]\n", stage.name()));
    }
    text
}
