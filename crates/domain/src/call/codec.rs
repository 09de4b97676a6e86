//! Stored names and versions of the facts of a call. Names are for ever; code may be renamed.

use crate::shared::clock::{ClockExpired, ClockRecounted, ClockStarted, ClockStopped};
use crate::shared::sealed::Sealed;
use crate::shared::stored::stored_events;

use super::event::{
    Answered, DispositionRecorded, EmergencyAlerted, Escalated, FollowUpEnded, FollowUpOrdered,
    FollowedUp, Missed, Pressed, PressedAgain, Rang, ReturnCallTried, ThumbPressed, ThumbUnbound,
    VisitOrdered,
};

stored_events! {
    /// A fact of a call.
    CallEvent, sealed = sealed, {
        "call.pressed" = 1 => Pressed,
        "call.pressed_again" = 1 => PressedAgain,
        "call.rang" = 1 => Rang,
        "call.missed" = 1 => Missed,
        "call.answered" = 1 => Answered,
        "call.return_call_tried" = 1 => ReturnCallTried,
        "call.disposition_recorded" = 1 => DispositionRecorded,
        "call.visit_ordered" = 1 => VisitOrdered,
        "call.thumb_pressed" = 1 => ThumbPressed,
        "call.escalated" = 1 => Escalated,
        "call.clock_started" = 1 => ClockStarted,
        "call.clock_stopped" = 1 => ClockStopped,
        "call.clock_expired" = 1 => ClockExpired,
        "call.clock_recounted" = 1 => ClockRecounted,
        "call.thumb_unbound" = 1 => ThumbUnbound,
        "call.emergency_alerted" = 1 => EmergencyAlerted,
        "call.follow_up_ordered" = 1 => FollowUpOrdered,
        "call.followed_up" = 1 => FollowedUp,
        "call.follow_up_ended" = 1 => FollowUpEnded,
    }
}

fn sealed(event: &CallEvent) -> Vec<&Sealed> {
    match event {
        CallEvent::Pressed(e) => e.caller.iter().collect(),
        CallEvent::DispositionRecorded(e) => {
            let matters = e.registrations.iter().flat_map(|r| r.matter.sealed());
            matters.chain(e.reporter.sealed()).chain(e.note.iter()).collect()
        }
        CallEvent::VisitOrdered(e) => e.registration.matter.sealed(),
        CallEvent::EmergencyAlerted(e) => {
            e.registration.iter().flat_map(|r| r.matter.sealed()).collect()
        }
        CallEvent::FollowedUp(e) => {
            let matters = e.registrations.iter().flat_map(|r| r.matter.sealed());
            matters.chain(e.note.iter()).collect()
        }
        CallEvent::FollowUpEnded(e) => e.visit.iter().flat_map(|r| r.matter.sealed()).collect(),
        CallEvent::PressedAgain(_)
        | CallEvent::ThumbUnbound(_)
        | CallEvent::FollowUpOrdered(_)
        | CallEvent::ClockRecounted(_)
        | CallEvent::Rang(_)
        | CallEvent::Missed(_)
        | CallEvent::Answered(_)
        | CallEvent::ReturnCallTried(_)
        | CallEvent::ThumbPressed(_)
        | CallEvent::Escalated(_)
        | CallEvent::ClockStarted(_)
        | CallEvent::ClockStopped(_)
        | CallEvent::ClockExpired(_) => Vec::new(),
    }
}
