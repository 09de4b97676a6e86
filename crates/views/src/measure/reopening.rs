//! Work that begins anew, and what of it a key pressed by mistake gives back (LOOP V1).

use domain::issue::IssueEvent;
use domain::issue::event::{Escalated, EscalationCause};
use domain::shared::verdict::Effect;

use super::IssueFacts;

impl IssueFacts {
    /// “Solved” was said of work that stands no longer; “not solved” stands until it is said anew.
    pub(super) fn unsaid(&mut self) {
        self.effect = self.effect.filter(|effect| *effect == Effect::NotSolved);
    }

    pub(super) fn reopening_was_a_mistake(&mut self) {
        self.reopens = self.reopens.saturating_sub(1);
        let Some(before) = self.before.take() else {
            return;
        };
        self.effect = before.effect;
        self.done_at = before.done_at;
        self.completed = before.completed;
        self.met = before.met;
        self.arrival_confirmed = before.arrival_confirmed;
        self.outcome = before.outcome;
        self.lead_ending = before.lead_ending;
        // What the clocks of that round broke, they broke for nothing.
        self.total_expired_at = before.total_expired_at;
        self.holder_late = before.holder_late;
        self.late_arrival = before.late_arrival;
        self.late_contact = before.late_contact;
        self.late_besides = before.late_besides;
        self.reached_rung = before.reached_rung;
    }

    pub(super) fn reopened(&mut self, count: u32) {
        self.reopens = count;
        self.unsaid();
        self.done_at = None;
        self.completed = false;
        self.outcome = None;
        self.closed = false;
        self.met = false;
        self.arrival_confirmed = false;
    }

    /// Presses while the work goes on, of whoever of its reporters.
    pub(super) fn learn_of_raising(&mut self, fact: &IssueEvent) {
        match fact {
            IssueEvent::Rated(e) => {
                self.unhelped |= self.done_at.is_none() && !e.verdict.is_solved();
            }
            IssueEvent::Escalated(e) if e.cause == EscalationCause::NotSolved => {
                self.raised |= std::mem::take(&mut self.unhelped);
            }
            IssueEvent::Reopened(_) => {
                self.unhelped = false;
                self.raised = false;
            }
            _ => {}
        }
    }

    /// What a promise cost that was broken meanwhile is no mistake's to give back.
    pub(super) fn climbed(&mut self, e: &Escalated) {
        let to = e.to as u8;
        if e.cause.outlives_a_mistake() {
            self.before.iter_mut().for_each(|b| b.reached_rung = b.reached_rung.max(to));
        }
        self.reached_rung = self.reached_rung.max(to);
    }
}
