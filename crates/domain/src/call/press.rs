//! The green key, the ring ladder, and the red key before an answer (LOOP C3, C4).

use super::command::{Press, Ring};
use super::event::{MissReason, Missed, Pressed, PressedAgain, Rang};
use super::lifecycle::Verb;
use super::{Call, CallError, CallEvent, Stage, Turn};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;

/// A key that is stuck fills no log; whoever presses it gets the receipt of the call all the same.
const PRESSES_MAX: u32 = 100;

/// A first press starts the call; one while it rings or waits is kept and changes nothing else.
pub fn press(call: &Call, given: &Given, press: Press) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::Press)?;
    if call.presses >= PRESSES_MAX {
        return Ok(Vec::new());
    }
    if call.stage != Stage::Unpressed {
        return Ok(vec![PressedAgain { pressed_at: given.now }.into()]);
    }
    let policy = given.policies.in_force.clone().ok_or(CallError::PolicyMissing)?;
    let mut turn = Turn::try_new(call, given, &policy)?;
    let ring_order: Vec<_> = given.ladder.ring_order().cloned().collect();
    // No limit and no gap in a roster ever refuses a green key (LOOP C4).
    let rung = given.ladder.rungs.keys().next().copied().unwrap_or_default();
    turn.emit(Pressed {
        call: press.call,
        device: press.device,
        household: press.household,
        unit: press.unit,
        rung,
        pressed_at: given.now,
        policy,
        ring_order,
        gaps: given.ladder.gaps.clone(),
        caller: press.caller,
    });
    ring_place(&mut turn, 0, MissReason::NobodyOnRoster);
    Ok(turn.done())
}

/// Rings a post out of turn; the ladder goes on after it.
pub fn ring(call: &Call, given: &Given, ring: &Ring) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::Ring)?;
    let mut turn = Turn::try_new(call, given, &call.policy)?;
    // Else one post could be rung for ever, and the ladder would wait (LOOP C3).
    if call.rang.contains(&ring.holder.post) {
        return Err(CallError::RungBefore);
    }
    turn.stop(ClockKind::Answer, StopReason::Superseded);
    turn.emit(Rang { place: call.ringing, holder: ring.holder.clone() });
    turn.start(ClockKind::Answer);
    Ok(turn.done())
}

/// The red key before an answer cancels nothing: a return call is owed.
pub fn hang_up(call: &Call, given: &Given) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::HangUp)?;
    let mut turn = Turn::try_new(call, given, &call.policy)?;
    owe_return_call(&mut turn, MissReason::HungUp);
    Ok(turn.done())
}

/// The post being rung did not answer: the next one rings, and after the last a return call is owed.
pub(super) fn ring_next(turn: &mut Turn<'_>) {
    ring_place(turn, turn.call.ringing + 1, MissReason::Unanswered);
}

/// Rings the post in this place of the order; where there is none, a return call is owed.
fn ring_place(turn: &mut Turn<'_>, place: usize, else_why: MissReason) {
    let Some(holder) = turn.call.ring_order.get(place).cloned() else {
        return owe_return_call(turn, else_why);
    };
    turn.stop(ClockKind::Answer, StopReason::Superseded);
    turn.emit(Rang { place, holder });
    turn.start(ClockKind::Answer);
}

fn owe_return_call(turn: &mut Turn<'_>, why: MissReason) {
    turn.stop(ClockKind::Answer, StopReason::Superseded);
    turn.emit(Missed { why });
    turn.start(ClockKind::ReturnCall);
}

impl Call {
    pub(super) fn require(&self, verb: Verb) -> Result<(), CallError> {
        if self.stage.allows(verb) {
            return Ok(());
        }
        let stage = self.stage;
        Err(if stage == Stage::Unpressed {
            CallError::Unknown
        } else {
            CallError::IllegalInStage { stage, verb }
        })
    }
}
