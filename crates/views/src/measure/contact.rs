//! The first call, and the visit, to somebody who is known (LOOP M2).

use domain::shared::clock::{ClockKind, ClockStarted};
use domain::shared::moment::Moment;

use super::IssueFacts;

impl IssueFacts {
    /// A call that came before anybody owed it is one that was owed and made (LOOP M2).
    pub(super) fn spoken_to(&mut self) {
        if !self.anonymous {
            self.contact_owed(self.received_at);
        }
        self.contacted = true;
    }

    pub(super) fn contact_promised(&mut self, e: &ClockStarted) {
        if e.clock == ClockKind::FirstContact && !self.anonymous {
            self.contact_owed(e.due_at.0);
        }
    }

    pub(super) fn contact_owed(&mut self, due_at: i64) {
        self.contact_due_at = Some(self.contact_due_at.map_or(due_at, |known| known.min(due_at)));
    }

    pub(super) fn reported_done(&mut self, at: Moment) {
        self.completed = true;
        self.done_at = Some(at.0);
        // Done without ever taking it on: the call was owed all the same.
        if !self.anonymous && !self.proactive {
            self.contact_owed(at.0);
        }
    }

    /// What the lead reports done is done for its household, too.
    pub(super) fn done_with_lead(&mut self, at: Moment) {
        self.done_at = Some(at.0);
        self.contact_due_at = self.contact_due_at.map(|due| due.min(at.0));
    }

    /// Somebody came who is known: visited and called as in any file; whatever was done before for what staff
    /// had found, or for nobody known, was done to nobody (LOOP V3).
    pub(super) fn known_now(&mut self, found: bool, visit: bool) {
        let nobody = std::mem::take(&mut self.anonymous) || found;
        self.must_visit |= visit;
        if nobody && visit {
            self.met = false;
            self.arrival_confirmed = false;
            self.contacted = false;
        }
    }
}
