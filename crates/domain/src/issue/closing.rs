//! The rule by which a file closes (LOOP E1). There is no command for it.

use std::collections::BTreeSet;

use super::event::{Closed, FollowUpEnded, FollowUpOrdered, FollowUpReason, Outcome, ResumeReason};
use super::{Issue, Stage, Turn, hold, proposal};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::matter::Confidence;

/// Closes a notified issue that every reporter called solved. A follow-up ordered for want of a
/// verdict falls away with the verdict; one ordered for a complaint is still owed.
pub(super) fn close_if_settled(turn: &mut Turn<'_>) {
    let complaint = turn.issue.follow_up.ordered.is_some_and(FollowUpReason::keeps_open);
    if turn.issue.stage == Stage::Notified && !complaint && turn.issue.is_called_solved() {
        close(turn, Outcome::ConfirmedSolved);
    }
}

/// Closes after the policy's attempts at everybody who has not spoken, once the verdict window has
/// passed. Silence is never counted as satisfied; a verdict that was given is.
pub(super) fn close_if_tried_enough(turn: &mut Turn<'_>) {
    let issue = &turn.issue;
    let window_passed = issue.clocks.running(ClockKind::Verdict).is_none();
    if issue.stage == Stage::Notified && window_passed && tried_enough(turn) {
        let solved = issue.is_called_solved();
        if issue.follow_up.ordered.is_some_and(FollowUpReason::keeps_open) {
            turn.emit(FollowUpEnded { at: turn.given.now });
        }
        close(turn, if solved { Outcome::ConfirmedSolved } else { Outcome::Unconfirmed });
    }
}

/// Whether each reporter whose word is owed was called as often, on as many days and at different
/// hours, as the policy asks.
pub(super) fn tried_enough(turn: &Turn<'_>) -> bool {
    let Some(terms) = &turn.terms.follow_up else {
        return false;
    };
    let all_spoke = turn.issue.active_reporters().all(|(_, r)| r.verdict.is_some());
    turn.issue.active_reporters().all(|(number, reporter)| {
        // Nobody can call somebody nobody knows: the window under the receipt was it (LOOP V3).
        if reporter.confidence == Confidence::Anonymous {
            return true;
        }
        let attempts =
            || turn.issue.follow_up.attempts.iter().filter(|(of, _)| *of == number || all_spoke);
        let days: BTreeSet<_> = attempts().map(|(_, at)| at.local_date()).collect();
        let hours: BTreeSet<_> = attempts().map(|(_, at)| at.local().hour()).collect();
        let enough = attempts().count() >= usize::from(terms.attempts)
            && days.len() >= usize::from(terms.days)
            && (hours.len() > 1 || terms.attempts < 2);
        enough || (reporter.verdict.is_some() && !all_spoke)
    })
}

pub(super) fn close_unconfirmed(turn: &mut Turn<'_>) {
    close(turn, Outcome::Unconfirmed);
}

/// An ending without a solution, once everybody was told; or a proactive matter once it was checked.
pub(super) fn close_as(turn: &mut Turn<'_>, outcome: Outcome) {
    close(turn, outcome);
}

fn close(turn: &mut Turn<'_>, outcome: Outcome) {
    hold::end(turn, ResumeReason::Overtaken, None);
    proposal::lapse_all(turn);
    turn.stop_all(StopReason::Closed);
    let at = turn.given.now;
    let retention = turn.document.retained(&turn.issue.matter, at);
    turn.emit(Closed { outcome, at, retention });
}

/// Orders a follow-up by somebody who did not handle it, and starts its clock.
pub(super) fn order_follow_up(turn: &mut Turn<'_>, why: FollowUpReason) {
    let known = turn.issue.follow_up.ordered;
    // Nobody can be called who is known to nobody (LOOP V3).
    if turn.issue.is_anonymous() && !matches!(why, FollowUpReason::Check) {
        return;
    }
    // A complaint weighs more than silence or a sample; nothing weighs more than a complaint.
    if known.is_some_and(|known| known.keeps_open() || !why.keeps_open()) {
        return;
    }
    turn.emit(FollowUpOrdered { why });
    if turn.issue.clocks.running(ClockKind::FollowUp).is_none() {
        turn.start(ClockKind::FollowUp);
    }
}

/// A call-back that silence or a draw had ordered falls away with what it was about: the work
/// begins anew, or ends without a solution.
pub(super) fn end_idle_follow_up(turn: &mut Turn<'_>) {
    let idle = turn.issue.clocks.running(ClockKind::FollowUp).is_none();
    if idle && turn.issue.follow_up.ordered.is_some() {
        turn.emit(FollowUpEnded { at: turn.given.now });
    }
}

impl Issue {
    fn is_called_solved(&self) -> bool {
        let mut reporters = self.active_reporters().peekable();
        reporters.peek().is_some()
            && reporters
                .all(|(_, reporter)| reporter.verdict.is_some_and(|verdict| verdict.is_solved()))
    }
}
