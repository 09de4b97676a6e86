//! The life of a call on one screen. The README's diagram is checked against this table.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    #[default]
    Unpressed,
    Ringing,
    ReturnCallOwed,
    Answered,
    /// Somebody outside the village owes a call-back with an open question (LOOP C2, C6).
    FollowUpOwed,
    /// Final: a disposition says what became of the call.
    Disposed,
    /// Final: nobody reached the caller; an issue that must be visited took over.
    VisitOrdered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Press,
    Ring,
    HangUp,
    Answer,
    Miss,
    ReturnCall,
    RecordDisposition,
    AlertEmergency,
    PressThumb,
    PressUnboundThumb,
    FollowUp,
    Recount,
    Expire,
}

use Stage::{Answered, Disposed, FollowUpOwed, ReturnCallOwed, Ringing, Unpressed, VisitOrdered};
use Verb::{
    AlertEmergency, Answer, Expire, FollowUp, HangUp, Miss, Press, PressThumb, PressUnboundThumb,
    RecordDisposition, Recount, ReturnCall, Ring,
};

/// Every legal (stage, verb, next stage); whatever is not listed is refused.
pub const TRANSITIONS: &[(Stage, Verb, Stage)] = &[
    (Unpressed, Press, Ringing),
    (Unpressed, Press, ReturnCallOwed),
    (Unpressed, PressUnboundThumb, Disposed),
    (Unpressed, PressUnboundThumb, FollowUpOwed),
    (Ringing, Press, Ringing),
    (Ringing, Ring, Ringing),
    (Ringing, HangUp, ReturnCallOwed),
    (Ringing, Answer, Answered),
    (Ringing, Miss, Ringing),
    (Ringing, Miss, ReturnCallOwed),
    (Ringing, AlertEmergency, Ringing),
    (Ringing, Expire, Ringing),
    (Ringing, Expire, ReturnCallOwed),
    (Ringing, Recount, Ringing),
    (ReturnCallOwed, Press, ReturnCallOwed),
    (ReturnCallOwed, ReturnCall, ReturnCallOwed),
    (ReturnCallOwed, ReturnCall, Answered),
    (ReturnCallOwed, AlertEmergency, ReturnCallOwed),
    (ReturnCallOwed, Expire, ReturnCallOwed),
    (ReturnCallOwed, Expire, FollowUpOwed),
    (ReturnCallOwed, Expire, VisitOrdered),
    (ReturnCallOwed, Recount, ReturnCallOwed),
    (Answered, RecordDisposition, Disposed),
    (Answered, RecordDisposition, FollowUpOwed),
    (Answered, RecordDisposition, ReturnCallOwed),
    (Answered, RecordDisposition, VisitOrdered),
    (Answered, AlertEmergency, Answered),
    (Answered, PressThumb, Answered),
    (Answered, Expire, Answered),
    (Answered, Recount, Answered),
    (FollowUpOwed, AlertEmergency, FollowUpOwed),
    (FollowUpOwed, PressThumb, FollowUpOwed),
    (FollowUpOwed, PressUnboundThumb, FollowUpOwed),
    (FollowUpOwed, FollowUp, FollowUpOwed),
    (FollowUpOwed, FollowUp, Disposed),
    (FollowUpOwed, Expire, FollowUpOwed),
    (FollowUpOwed, Recount, FollowUpOwed),
    (Disposed, AlertEmergency, Disposed),
    (Disposed, PressThumb, Disposed),
    (Disposed, PressThumb, FollowUpOwed),
    (VisitOrdered, AlertEmergency, VisitOrdered),
];

impl Stage {
    pub const ALL: [Self; 7] =
        [Unpressed, Ringing, ReturnCallOwed, Answered, FollowUpOwed, Disposed, VisitOrdered];

    #[must_use]
    pub fn allows(self, verb: Verb) -> bool {
        TRANSITIONS.iter().any(|(from, by, _)| *from == self && *by == verb)
    }

    /// A final stage owes nothing more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Disposed | VisitOrdered)
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Unpressed => "unpressed",
            Ringing => "ringing",
            ReturnCallOwed => "return_call_owed",
            Answered => "answered",
            FollowUpOwed => "follow_up_owed",
            Disposed => "disposed",
            VisitOrdered => "visit_ordered",
        }
    }

    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Unpressed => "未呼叫",
            Ringing => "振铃",
            ReturnCallOwed => "待回拨",
            Answered => "已接听",
            FollowUpOwed => "待回访",
            Disposed => "已处置",
            VisitOrdered => "转上门",
        }
    }
}

impl Verb {
    pub const ALL: [Self; 13] = [
        Press,
        Ring,
        HangUp,
        Answer,
        Miss,
        ReturnCall,
        RecordDisposition,
        AlertEmergency,
        PressThumb,
        PressUnboundThumb,
        FollowUp,
        Recount,
        Expire,
    ];

    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Press => "呼叫",
            Ring => "振铃",
            HangUp => "挂断",
            Answer => "接听",
            Miss => "未接",
            ReturnCall => "回拨",
            RecordDisposition => "登记处置",
            AlertEmergency => "转紧急",
            PressThumb => "按评价键",
            PressUnboundThumb => "按评价键",
            FollowUp => "回访",
            Recount => "重算暂定时限",
            Expire => "时限届满",
        }
    }
}

/// The table as a Mermaid diagram, as the README shows it.
#[must_use]
pub fn diagram() -> String {
    let mut text = String::from("stateDiagram-v2\n");
    for (from, verb, to) in TRANSITIONS {
        let from = if *from == Unpressed { "[*]" } else { from.name() };
        text.push_str(&format!("    {from} --> {} : {verb:?}\n", to.name()));
    }
    for stage in Stage::ALL.into_iter().filter(|stage| stage.is_final()) {
        text.push_str(&format!("    {} --> [*]\n", stage.name()));
    }
    text
}
