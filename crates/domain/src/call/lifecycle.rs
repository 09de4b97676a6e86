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
    PressThumb,
    Expire,
}

use Stage::{Answered, Disposed, ReturnCallOwed, Ringing, Unpressed, VisitOrdered};
use Verb::{Answer, Expire, HangUp, Miss, Press, PressThumb, RecordDisposition, ReturnCall, Ring};

/// Every legal (stage, verb, next stage); whatever is not listed is refused.
pub const TRANSITIONS: &[(Stage, Verb, Stage)] = &[
    (Unpressed, Press, Ringing),
    (Unpressed, Press, ReturnCallOwed),
    (Ringing, Press, Ringing),
    (Ringing, Ring, Ringing),
    (Ringing, HangUp, ReturnCallOwed),
    (Ringing, Answer, Answered),
    (Ringing, Miss, Ringing),
    (Ringing, Miss, ReturnCallOwed),
    (Ringing, Expire, Ringing),
    (Ringing, Expire, ReturnCallOwed),
    (ReturnCallOwed, Press, ReturnCallOwed),
    (ReturnCallOwed, ReturnCall, ReturnCallOwed),
    (ReturnCallOwed, ReturnCall, Answered),
    (ReturnCallOwed, Expire, VisitOrdered),
    (Answered, RecordDisposition, Disposed),
    (Answered, PressThumb, Answered),
    (Answered, Expire, Answered),
    (Disposed, PressThumb, Disposed),
];

impl Stage {
    pub const ALL: [Self; 6] =
        [Unpressed, Ringing, ReturnCallOwed, Answered, Disposed, VisitOrdered];

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
            Disposed => "已处置",
            VisitOrdered => "转上门",
        }
    }
}

impl Verb {
    pub const ALL: [Self; 9] =
        [Press, Ring, HangUp, Answer, Miss, ReturnCall, RecordDisposition, PressThumb, Expire];

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
            PressThumb => "按评价键",
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
