//! What can happen to a call, as plots: steps and the minutes after the press at which they happen.

/// Something somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Press,
    Answer,
    ReturnCall,
    AnsweredAtOnce,
    MisPress,
    Emergency,
    Register,
    Dispatch,
    Accept,
    Arrive,
    Complete,
    Notify,
    ThumbUp,
    ThumbDown,
    FollowUp,
}

pub type Plot = &'static [(u32, Step)];

use Step::{
    Accept, Answer, AnsweredAtOnce, Arrive, Complete, Dispatch, Emergency, FollowUp, MisPress,
    Notify, Press, Register, ReturnCall, ThumbDown, ThumbUp,
};

/// Pressed, answered, visited, solved, satisfied.
const SOLVED: Plot = &[
    (0, Press),
    (0, Answer),
    (4, Register),
    (20, Accept),
    (80, Arrive),
    (170, Complete),
    (180, Notify),
    (185, ThumbUp),
];
/// Dissatisfied: one rung up, done again, followed up by somebody else, satisfied in the end.
const REOPENED: Plot = &[
    (0, Press),
    (0, Answer),
    (5, Register),
    (15, Accept),
    (60, Arrive),
    (90, Complete),
    (95, Notify),
    (100, ThumbDown),
    (110, Dispatch),
    (120, Accept),
    (180, Arrive),
    (260, Complete),
    (270, Notify),
    (300, FollowUp),
    (305, ThumbUp),
];
/// Registered, and then nobody moves: the clocks climb.
const IGNORED: Plot = &[(0, Press), (0, Answer), (6, Register)];
/// Nobody at the phone; called back in time.
const CALLED_BACK: Plot = &[(0, Press), (8, ReturnCall), (12, AnsweredAtOnce), (15, ThumbUp)];
/// Nobody at the phone, nobody calls back: somebody must go.
const UNANSWERED: Plot = &[(0, Press)];
const CONSULTATION: Plot = &[(0, Press), (0, Answer), (3, AnsweredAtOnce), (4, ThumbUp)];
const ACCIDENT: Plot = &[(0, Press), (0, Answer), (1, MisPress)];
const RESCUE: Plot = &[(0, Press), (0, Answer), (1, Emergency)];

/// Dealt out in turn to the calls of the day.
pub const PLOTS: [Plot; 10] = [
    SOLVED,
    CONSULTATION,
    REOPENED,
    SOLVED,
    IGNORED,
    CALLED_BACK,
    SOLVED,
    UNANSWERED,
    ACCIDENT,
    RESCUE,
];
