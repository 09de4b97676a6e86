//! The rule by which a file closes (LOOP E1). There is no command for it.

use std::collections::BTreeSet;

use super::event::{Closed, FollowUpOrdered, FollowUpReason, Outcome};
use super::{Stage, Turn};
use crate::shared::clock::{ClockKind, StopReason};

/// Closes a notified issue that every reporter called solved, unless a follow-up is still owed.
pub(super) fn close_if_settled(turn: &mut Turn<'_>) {
    let solved = |verdict: Option<crate::shared::verdict::Verdict>| verdict.is_some_and(|v| v.is_solved());
    let settled = turn.issue.stage == Stage::Notified
        && !turn.issue.follow_up.ordered
        && turn.issue.reporters.iter().all(|reporter| solved(reporter.verdict));
    if settled {
        close(turn, Outcome::ConfirmedSolved);
    }
}

/// Closes without a verdict after the policy's attempts on the policy's number of days, at
/// different hours; never counted as satisfied.
pub(super) fn close_if_tried_enough(turn: &mut Turn<'_>) {
    let Some(terms) = &turn.terms.follow_up else { return };
    let attempts = &turn.issue.follow_up.attempts;
    let days: BTreeSet<_> = attempts.iter().map(|at| at.local_date()).collect();
    let hours: BTreeSet<_> = attempts.iter().map(|at| at.local().hour()).collect();
    let enough = attempts.len() >= usize::from(terms.attempts)
        && days.len() >= usize::from(terms.days)
        && (hours.len() > 1 || terms.attempts < 2);
    if turn.issue.stage == Stage::Notified && enough {
        close_unconfirmed(turn);
    }
}

pub(super) fn close_unconfirmed(turn: &mut Turn<'_>) {
    close(turn, Outcome::Unconfirmed);
}

fn close(turn: &mut Turn<'_>, outcome: Outcome) {
    turn.stop_all(StopReason::Closed);
    turn.emit(Closed { outcome, at: turn.given.now });
}

/// Orders a follow-up by somebody who did not handle it, and starts its clock.
pub(super) fn order_follow_up(turn: &mut Turn<'_>, why: FollowUpReason) {
    if turn.issue.follow_up.ordered {
        return;
    }
    turn.emit(FollowUpOrdered { why });
    turn.start(ClockKind::FollowUp);
}
