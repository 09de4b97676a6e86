//! Stored names and versions of the facts of a call. Names are for ever; code may be renamed.

use crate::shared::clock::{ClockExpired, ClockStarted, ClockStopped};
use crate::shared::sealed::Sealed;
use crate::shared::stored::stored_events;

use super::event::{
    Answered, DispositionRecorded, Escalated, Missed, Pressed, PressedAgain, Rang, ReturnCallTried,
    ThumbPressed, VisitOrdered,
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
        CallEvent::PressedAgain(_)
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
