//! Expired clocks climb, people may lift an issue ahead of them, and the total clock has a ladder.

use super::command::{Escalate, Expire};
use super::event::{EscalationCause, FollowUpReason};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Stage, Turn, closing};
use crate::shared::clock::ClockKind;
use crate::shared::given::Given;
use crate::shared::ladder::Rung;
use crate::shared::period::Due;

/// A repeated, obsolete or early timer adds nothing (DESIGN invariant 4).
pub fn expire(issue: &Issue, given: &Given, verb: &Expire) -> Result<Vec<IssueEvent>, IssueError> {
    let Some(expired) = issue.clocks.expiry(verb.clock, verb.generation, given.now) else {
        return Ok(Vec::new());
    };
    let step = issue.clocks.running(verb.clock).map_or(0, |running| running.step);
    let mut turn = Turn::try_new(issue, given, Verb::Expire)?;
    turn.emit(expired);
    let cause = EscalationCause::Clock { clock: verb.clock, generation: verb.generation };
    match verb.clock {
        ClockKind::Total => climb_total(&mut turn, step, cause),
        // Silence is no verdict: somebody outside asks (LOOP E1).
        ClockKind::Verdict => await_follow_up(&mut turn),
        ClockKind::Dispatch
        | ClockKind::Accept
        | ClockKind::Arrive
        | ClockKind::Resolve
        | ClockKind::Notice
        | ClockKind::FollowUp => {
            turn.escalate(turn.issue.rung.up(), cause, Vec::new());
            turn.start_again(verb.clock);
        }
        ClockKind::Answer | ClockKind::ReturnCall | ClockKind::Disposition => {}
    }
    Ok(turn.done())
}

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

/// Starts the total clock where the matter started: at the press, or at the filing.
pub(super) fn start_total(turn: &mut Turn<'_>) {
    start_total_step(turn, 0);
}

/// After a completion that was overturned: the same step from the same start. What came due
/// meanwhile is due now.
pub(super) fn resume_total(turn: &mut Turn<'_>) {
    let step = turn.issue.total_step;
    start_total_step(turn, step);
}

fn start_total_step(turn: &mut Turn<'_>, step: u8) {
    let due = due_at_step(turn, usize::from(step))
        .unwrap_or_else(|| turn.counting().due(turn.given.now, turn.terms.total.repeat, 100));
    let fact = turn.issue.clocks.start(ClockKind::Total, due, step);
    turn.emit(fact);
}

fn due_at_step(turn: &Turn<'_>, step: usize) -> Option<Due> {
    let total = &turn.terms.total;
    let rung = total.ladder.get(step)?;
    Some(turn.counting().due(turn.issue.started_at, total.period, rung.at_percent))
}

/// Climbs once, to the rung that is due now; steps that passed while nothing ran are named in the
/// fact (DESIGN §5). Then the next step's clock starts, or the top rung's reminder.
fn climb_total(turn: &mut Turn<'_>, step: u8, cause: EscalationCause) {
    let ladder = &turn.terms.total.ladder;
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

fn await_follow_up(turn: &mut Turn<'_>) {
    closing::close_if_tried_enough(turn);
    if turn.issue.stage != Stage::Closed {
        closing::order_follow_up(turn, FollowUpReason::NoVerdict);
    }
}
