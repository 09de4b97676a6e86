//! Call-backs by somebody outside the village: samples, and thumbs that were turned down (LOOP C2, C6).

use super::command::FollowUp;
use super::event::{FollowUpEnded, FollowUpOrdered, FollowUpReason, FollowedUp, Registration};
use super::lifecycle::Verb;
use super::{Call, CallError, CallEvent, Turn, disposition, expiry};
use crate::shared::actor::ActorKind;
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ids::IssueId;
use crate::shared::ladder::Rung;
use crate::shared::matter::Matter;

/// Orders a call-back and starts its clock; a complaint takes the place of a sample.
pub(super) fn order(turn: &mut Turn<'_>, why: FollowUpReason) {
    let complains = why == FollowUpReason::ThumbDown;
    if turn.call.follow_up.is_some_and(|known| known == why || !complains) {
        return;
    }
    turn.emit(FollowUpOrdered { why });
    if turn.call.clocks.running(ClockKind::FollowUp).is_none() {
        turn.start(ClockKind::FollowUp);
    }
}

/// An open question by somebody who neither answered nor sits in the village. Whatever is not solved is
/// registered; a dissatisfied resident nobody reaches is visited.
pub fn follow_up(call: &Call, given: &Given, verb: FollowUp) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::FollowUp)?;
    let mut turn = Turn::try_new(call, given, &call.policy)?;
    let why = call.follow_up.unwrap_or(FollowUpReason::Sample);
    require_outsider(call, given)?;
    let unsolved = verb.verdict.is_some_and(|verdict| !verdict.is_solved());
    if unsolved && verb.matters.is_empty() {
        return Err(CallError::NothingRegistered);
    }
    disposition::require_no_accusation(turn.document, &verb.matters)?;
    let registration = |(issue, matter): (IssueId, Matter)| Registration {
        issue,
        matter,
        started_at: call.pressed_at,
        policy: Some(call.policy.clone()),
    };
    let registrations = verb.matters.into_iter().map(registration).collect();
    turn.stop(ClockKind::FollowUp, StopReason::Kept);
    turn.emit(FollowedUp { verdict: verb.verdict, registrations, note: verb.note, at: given.now });
    if verb.verdict.is_none() {
        if turn.call.attempts >= turn.terms.follow_up_attempts {
            let complaint = why == FollowUpReason::ThumbDown;
            let visit = complaint.then(|| expiry::visit(&turn, verb.visit, "评价不满意,未联系上"));
            turn.emit(FollowUpEnded { visit, at: given.now });
        } else {
            turn.start(ClockKind::FollowUp);
        }
    }
    Ok(turn.done())
}

fn require_outsider(call: &Call, given: &Given) -> Result<(), CallError> {
    let actor = &given.actor;
    if !matches!(actor.kind, ActorKind::Staff | ActorKind::Agent) {
        return Err(CallError::NotAnAgent);
    }
    // Whoever said what became of the call asks nobody whether it was so (LOOP C2).
    let (principal, person) = &call.disposed_by;
    let disposed = (!principal.is_empty() && *principal == actor.id)
        || (person.is_some() && *person == actor.person);
    let insider = disposed || is_insider(call, given);
    if insider { Err(CallError::InsiderFollowsUp) } else { Ok(()) }
}

/// Whoever answered, and everybody of the village the call came from (LOOP C2).
pub(super) fn is_insider(call: &Call, given: &Given) -> bool {
    let actor = &given.actor;
    let near = given.ladder.units.iter().filter(|(rung, _)| *rung <= Rung::Village);
    let near: Vec<_> = near.map(|(_, unit)| *unit).collect();
    // Whoever works in another grid of the village is of the village, too.
    let mut own = given.ladder.upwards(actor.unit).iter().map(|(_, unit)| *unit);
    let of_the_village = actor.unit == Some(call.unit) || own.any(|unit| near.contains(&unit));
    let answered = call.answered_by.as_ref().is_some_and(|by| {
        actor.post == Some(by.post)
            || actor.unit == Some(by.unit)
            || (by.person.is_some() && by.person == actor.person)
    });
    of_the_village || answered
}
