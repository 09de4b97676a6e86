//! The fact row of one call: what the figures of calls are sums of (LOOP M2, M6).

use domain::call::CallEvent;
use domain::call::event::DispositionKind;
use domain::shared::ladder::Rung;
use domain::shared::verdict::Thumb;
use serde::{Deserialize, Serialize};

/// One call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFacts {
    pub pressed_at: i64,
    pub talked: bool,
    /// By somebody above the caller's village, or beside it (LOOP M2).
    pub by_desk: bool,
    pub by_stand_in: bool,
    pub by_return_call: bool,
    pub disposition: Option<DispositionKind>,
    /// 110, 119 or 120 was called, whatever was recorded of the call.
    pub alerted: bool,
    pub visit_ordered: bool,
    pub roster_gap: bool,
    pub thumb_up: bool,
    pub thumb_down: bool,
    /// The last press came with whoever answered standing beside (LOOP C6).
    pub in_presence: bool,
    pub unbound: bool,
}

impl CallFacts {
    pub(crate) fn evolve(&mut self, fact: &CallEvent) {
        match fact {
            CallEvent::Pressed(e) => {
                self.pressed_at = e.pressed_at.0;
                self.roster_gap = !e.gaps.is_empty();
            }
            CallEvent::ThumbUnbound(e) => {
                self.pressed_at = e.at.0;
                self.unbound = true;
                self.thumb(e.thumb);
            }
            CallEvent::Answered(e) => {
                self.talked = true;
                self.by_desk = e.rung.is_none_or(|rung| rung > Rung::Village);
                self.by_stand_in = e.by.stand_in;
                self.by_return_call = e.by_return_call;
            }
            CallEvent::DispositionRecorded(e) => self.disposition = Some(e.kind),
            CallEvent::EmergencyAlerted(_) => self.alerted = true,
            CallEvent::VisitOrdered(_) => self.visit_ordered = true,
            CallEvent::ThumbPressed(e) => {
                self.in_presence = e.in_presence;
                self.thumb(e.thumb);
            }
            _ => {}
        }
    }

    fn thumb(&mut self, thumb: Thumb) {
        self.thumb_up = thumb == Thumb::Up;
        self.thumb_down = thumb == Thumb::Down;
    }
}
