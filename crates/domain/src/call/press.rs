//! The green key, the ring ladder, and the red key before an answer (LOOP C3, C4).

use super::command::{Press, Ring};
use super::event::{MissReason, Missed, Pressed, PressedAgain, Rang};
use super::lifecycle::Verb;
use super::{Call, CallError, CallEvent, Stage, Turn};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;

/// A first press starts the call; one while it rings or waits is kept and changes nothing else.
pub fn press(call: &Call, given: &Given, press: Press) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::Press)?;
    if call.stage != Stage::Unpressed {
        return Ok(vec![PressedAgain { pressed_at: given.now }.into()]);
    }
    let policy = given.policies.in_force.clone().ok_or(CallError::PolicyMissing)?;
    let mut turn = Turn::try_new(call, given, &policy)?;
    let ring_order: Vec<_> = given.ladder.ring_order().cloned().collect();
    let rung = *given.ladder.rungs.keys().next().ok_or(CallError::NobodyToRing)?;
    turn.emit(Pressed {
        call: press.call,
        device: press.device,
        household: press.household,
        unit: press.unit,
        rung,
        pressed_at: given.now,
        policy,
        ring_order,
        caller: press.caller,
    });
    ring_place(&mut turn, 0)?;
    Ok(turn.done())
}

/// Rings a post out of turn; the ladder goes on after it.
pub fn ring(call: &Call, given: &Given, ring: &Ring) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::Ring)?;
    let mut turn = Turn::try_new(call, given, &call.policy)?;
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
pub(super) fn ring_next(turn: &mut Turn<'_>) -> Result<(), CallError> {
    let next = turn.call.ringing + 1;
    if next < turn.call.ring_order.len() {
        ring_place(turn, next)
    } else {
        owe_return_call(turn, MissReason::Unanswered);
        Ok(())
    }
}

fn ring_place(turn: &mut Turn<'_>, place: usize) -> Result<(), CallError> {
    let holder = turn.call.ring_order.get(place).cloned().ok_or(CallError::NobodyToRing)?;
    turn.stop(ClockKind::Answer, StopReason::Superseded);
    turn.emit(Rang { place, holder });
    turn.start(ClockKind::Answer);
    Ok(())
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
