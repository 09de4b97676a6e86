//! The thumb keys on an answered call (LOOP C6).

use super::command::{PressThumb, PressUnboundThumb};
use super::event::{FollowUpReason, ThumbPressed, ThumbUnbound};
use super::lifecycle::Verb;
use super::{Call, CallError, CallEvent, Stage, Turn, follow_up};
use crate::shared::actor::ActorKind;
use crate::shared::given::Given;
use crate::shared::verdict::{MAPPING_VERSION, Thumb};

/// The last press in the window counts; every one is kept.
pub fn press(call: &Call, given: &Given, verb: PressThumb) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::PressThumb)?;
    // The key is the resident's, not a colleague's of whoever served (LOOP V1, V4).
    let staff = matches!(given.actor.kind, ActorKind::Staff | ActorKind::Agent);
    if staff && follow_up::is_insider(call, given) {
        return Err(CallError::InsiderRates);
    }
    let mut turn = Turn::try_new(call, given, &call.policy)?;
    let window = given.counting(turn.document).due(call.answered_at, turn.terms.thumb_window, 100);
    if window.at <= given.now {
        return Err(CallError::ThumbWindowPassed);
    }
    turn.emit(ThumbPressed {
        thumb: verb.thumb,
        in_presence: verb.in_presence,
        mapping_version: MAPPING_VERSION,
    });
    if verb.thumb == Thumb::Down {
        follow_up::order(&mut turn, FollowUpReason::ThumbDown);
    } else if verb.in_presence && given.is_drawn(turn.terms.in_presence_percent) {
        follow_up::order(&mut turn, FollowUpReason::InPresence);
    }
    Ok(turn.done())
}

/// No service waits for a thumb: thumb-down makes somebody outside the village call back with an open
/// question. It is the four-key caller's road past the secretary (LOOP C6).
pub fn press_unbound(
    call: &Call,
    given: &Given,
    verb: PressUnboundThumb,
) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::PressUnboundThumb)?;
    let policy = if call.stage == Stage::Unpressed {
        given.policies.in_force.clone().ok_or(CallError::PolicyMissing)?
    } else {
        call.policy.clone()
    };
    let mut turn = Turn::try_new(call, given, &policy)?;
    let PressUnboundThumb { call: id, device, household, unit, thumb } = verb;
    turn.emit(ThumbUnbound {
        call: id,
        device,
        household,
        unit,
        rung: given.ladder.rungs.keys().next().copied().unwrap_or_default(),
        thumb,
        mapping_version: MAPPING_VERSION,
        policy,
        at: given.now,
    });
    if thumb == Thumb::Down {
        follow_up::order(&mut turn, FollowUpReason::ThumbDown);
    }
    Ok(turn.done())
}
