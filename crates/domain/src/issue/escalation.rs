//! Expired clocks climb, people may lift an issue ahead of them, and the total clock has a ladder.

use super::command::Escalate;
use super::event::EscalationCause;
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Turn};
use crate::shared::clock::ClockKind;
use crate::shared::given::Given;
use crate::shared::ladder::Rung;
use crate::shared::period::Due;

/// Lifts the issue ahead of its clocks, one rung or to the rung named.
pub fn escalate(
    issue: &Issue,
    given: &Given,
    verb: Escalate,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Escalate)?;
    let to = verb.to.unwrap_or(issue.rung.up());
    if to <= issue.rung {
        return Err(IssueError::NotUpwards);
    }
    turn.escalate(to, EscalationCause::Person { reason: verb.reason }, Vec::new());
    Ok(turn.done())
}

/// Starts the total clock where the matter started: at the press, or at the filing. Under other terms,
/// at the first of their steps that is still to come.
pub(super) fn start_total(turn: &mut Turn<'_>) {
    start_total_step(turn, 0);
}

/// After a completion that was overturned, or the resident's wish: the same step from the same start.
/// What came due meanwhile is due now.
pub(super) fn resume_total(turn: &mut Turn<'_>) {
    let step = turn.issue.total_step;
    start_total_step(turn, step);
}

fn start_total_step(turn: &mut Turn<'_>, step: u8) {
    let due = due_at_step(turn, usize::from(step))
        .unwrap_or_else(|| turn.counting().due(turn.given.now, turn.total().repeat, 100));
    let fact = turn.issue.clocks.start(ClockKind::Total, due, step);
    turn.emit(fact);
}

fn due_at_step(turn: &Turn<'_>, step: usize) -> Option<Due> {
    let total = turn.total();
    let rung = total.ladder.get(step)?;
    let due = turn.counting().due(turn.issue.started_at, total.period, rung.at_percent);
    Some(due.held_for(turn.issue.total_held_us))
}

/// Climbs once, to the rung that is due now; steps that passed while nothing ran are named in the
/// fact (DESIGN §5). Then the next step's clock starts, or the top rung's reminder.
pub(super) fn climb_total(turn: &mut Turn<'_>, step: u8, cause: EscalationCause) {
    let ladder = &turn.total().ladder;
    let mut reached = usize::from(step);
    let mut skipped = Vec::new();
    while due_at_step(turn, reached + 1).is_some_and(|due| due.at <= turn.given.now) {
        skipped.extend(ladder.get(reached).map(|rung| rung.at_percent));
        reached += 1;
    }
    if let Some(rung) = ladder.get(reached) {
        turn.escalate(rung.to, cause, skipped);
    } else {
        turn.escalate(Rung::County, cause, skipped);
    }
    let next = (reached + 1).min(ladder.len());
    start_total_step(turn, u8::try_from(next).unwrap_or(u8::MAX));
}
