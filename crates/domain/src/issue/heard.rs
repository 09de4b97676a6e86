//! What a call-back changes: a complaint that was heard, a mistake that is taken back (LOOP E1, V1).

use super::event::{self, FollowUpReason};
use super::{FollowUpState, Issue, Stage};
use crate::shared::ladder::Rung;
use crate::shared::verdict::Verdict;

impl Issue {
    pub(super) fn followed_up(&mut self, e: &event::FollowedUp) {
        self.handlers.callers.judged(&e.actor_id, e.person);
        if e.by_mistake {
            self.undo_reopening();
        }
        match e.verdict {
            Some(verdict) => {
                let answers = self.hears_complaint();
                let complained = self.follow_up.complaints.contains(&e.reporter);
                self.judged(e.reporter, verdict);
                self.follow_up.complaints.remove(&e.reporter);
                if self.follow_up.complaints.is_empty() {
                    self.follow_up = FollowUpState::default();
                }
                if !verdict.is_solved() {
                    let first = !complained && self.stage < Stage::Completed && self.reopens > 0;
                    self.began_anew_for(first.then_some(e.reporter));
                    self.follow_up.complaints.insert(e.reporter);
                    self.follow_up.heard.extend(answers.then_some(e.reporter));
                }
            }
            None => self.follow_up.attempts.push((e.reporter, e.at)),
        }
    }

    pub(super) fn began_anew_for(&mut self, reporter: Option<usize>) {
        if let Some(known) = reporter.and_then(|number| self.reporters.get_mut(number)) {
            known.reopened += 1;
        }
    }

    /// A call-back about a complaint, while the work goes on.
    fn hears_complaint(&self) -> bool {
        self.stage < Stage::Completed && self.follow_up.ordered == Some(FollowUpReason::NotSolved)
    }

    /// Whoever a call-back heard, and who says now of the new result that it is solved, need not be asked.
    pub(super) fn settles_complaint(&mut self, reporter: usize, verdict: Verdict) {
        if self.stage >= Stage::Completed
            && verdict.is_solved()
            && self.follow_up.heard.remove(&reporter)
        {
            self.follow_up.complaints.remove(&reporter);
        }
    }

    /// The rung is given back; work that has not begun anew is what it was before the mistake.
    fn undo_reopening(&mut self) {
        if let Some((reporter, from)) = self.raised.take() {
            self.give_back(from);
            if let Some(known) = self.reporters.get_mut(reporter) {
                known.unhelped = false;
            }
            return;
        }
        let Some(before) = self.before_reopen.take() else {
            return;
        };
        self.give_back(before.rung);
        self.reopens = self.reopens.saturating_sub(1);
        if let Some(known) = before.by.and_then(|by| self.reporters.get_mut(by)) {
            known.reopened = known.reopened.saturating_sub(1);
        }
        if self.stage == Stage::Registered && !before.joined {
            self.stage = Stage::Completed;
            // Nothing began anew: what the clocks of that round did, they did for nothing.
            self.rung = before.rung;
            self.total_step = before.total_step;
            self.assignments = before.assignments;
            self.visited = before.visited;
            self.ending = before.ending;
            for number in before.told {
                if let Some(reporter) = self.reporters.get_mut(number) {
                    reporter.notified = true;
                    reporter.verdict = before.verdicts.get(&number).copied();
                }
            }
            self.all_told();
        }
    }

    /// Only the rung the mistake cost is given back, never one a clock has taken since.
    fn give_back(&mut self, before: Rung) {
        let held = self.lead_assignment().map_or(Rung::Grid, |lead| lead.rung);
        if self.rung == before.up() {
            self.rung = before.max(held);
        }
    }
}
