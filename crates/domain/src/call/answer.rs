//! Answering, missing, and calling back.

use super::command::{Answer, ReturnCall};
use super::event::{Answered, ReturnCallTried};
use super::lifecycle::Verb;
use super::{Call, CallError, CallEvent, Turn, press};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ladder::{Holder, Rung};

pub fn answer(call: &Call, given: &Given, answer: Answer) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::Answer)?;
    let mut turn = Turn::try_new(call, given, &call.policy)?;
    turn.stop(ClockKind::Answer, StopReason::Kept);
    talk(&mut turn, answer.by, false);
    Ok(turn.done())
}

pub fn miss(call: &Call, given: &Given) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::Miss)?;
    // Nobody says for others that they did not answer, but the exchange and the county's desk (LOOP C3).
    let other = given.actor.post.is_some_and(|post| call.rang.last() != Some(&post));
    if other && given.actor_rung != Some(Rung::County) {
        return Err(CallError::NotTheRungPost);
    }
    let mut turn = Turn::try_new(call, given, &call.policy)?;
    press::ring_next(&mut turn);
    Ok(turn.done())
}

/// A return call that reaches somebody is an answer; one that does not is kept, and the clock runs on.
pub fn return_call(
    call: &Call,
    given: &Given,
    verb: ReturnCall,
) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::ReturnCall)?;
    let mut turn = Turn::try_new(call, given, &call.policy)?;
    if verb.reached {
        turn.stop(ClockKind::ReturnCall, StopReason::Kept);
        talk(&mut turn, verb.by, true);
    } else {
        turn.emit(ReturnCallTried { by: verb.by });
    }
    Ok(turn.done())
}

fn talk(turn: &mut Turn<'_>, by: Holder, by_return_call: bool) {
    let device = turn.call.device;
    let rung = turn.given.ladder.rung_of(by.unit);
    turn.emit(Answered { by, rung, answered_at: turn.given.now, by_return_call, device });
    turn.start(ClockKind::Disposition);
}
