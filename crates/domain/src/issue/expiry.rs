//! What a broken promise does, clock by clock, and provisional deadlines counted again.

use super::command::Expire;
use super::event::{EscalationCause, FollowUpReason, ResumeReason};
use super::lifecycle::Verb;
use super::{
    Issue, IssueError, IssueEvent, Stage, Turn, closing, escalation, hold, proposal, summon, total,
};
use crate::shared::clock::{self, ClockKind};
use crate::shared::given::Given;
use crate::shared::ladder::Rung;

/// A repeated, obsolete or early timer adds nothing (DESIGN invariant 4).
pub fn expire(issue: &Issue, given: &Given, verb: &Expire) -> Result<Vec<IssueEvent>, IssueError> {
    let Expire { clock, generation } = *verb;
    let Some(mut expired) = issue.clocks.expiry(clock, generation, given.now) else {
        return Ok(Vec::new());
    };
    let running = issue.clocks.generation(clock, generation);
    let (line, step) = running.map_or((0, 0), |known| (known.line, known.step));
    // The level above took over at this moment or after it: what came due below it is missed once, and no
    // level answers for less than a moment (ADR 4).
    let answered =
        running.is_some_and(|known| issue.escalated_at.is_some_and(|at| known.due_at <= at));
    let mut turn = Turn::try_new(issue, given, Verb::Expire)?;
    expired.warns = clock == ClockKind::Total && given.now < total::ends(&turn);
    turn.emit(expired);
    let cause = EscalationCause::Clock { clock, generation };
    match clock {
        ClockKind::Total => escalation::climb_total(&mut turn, step, cause),
        // Silence is no verdict: somebody outside asks (LOOP E1).
        ClockKind::Verdict => await_follow_up(&mut turn),
        ClockKind::Join | ClockKind::Support => summon::climb(&mut turn, clock, generation, line),
        ClockKind::Approval => proposal::lapse(&mut turn, line),
        ClockKind::Pause | ClockKind::Question => {
            hold::end(&mut turn, ResumeReason::Ended, None);
        }
        // A deferral nobody reviewed is a deferral no longer.
        ClockKind::Review => {
            turn.escalate(Rung::County, cause, Vec::new());
            hold::end(&mut turn, ResumeReason::Ended, None);
            hold::report_to_resident(&mut turn);
        }
        ClockKind::Supervision if issue.stage == Stage::Closed => turn.start_again(clock, line),
        ClockKind::Dispatch
        | ClockKind::Ruling
        | ClockKind::Accept
        | ClockKind::FirstContact
        | ClockKind::Arrive
        | ClockKind::Resolve
        | ClockKind::Referral
        | ClockKind::Notice
        | ClockKind::Inform
        | ClockKind::Supervision
        | ClockKind::FollowUp => {
            if !answered {
                turn.escalate(turn.issue.rung.up(), cause, Vec::new());
            }
            turn.start_again(clock, line);
        }
        ClockKind::Answer | ClockKind::ReturnCall | ClockKind::Disposition => {}
    }
    Ok(turn.done())
}

/// Provisional deadlines (暂定) whose year is covered by now are counted again (DESIGN §3).
pub fn recount(issue: &Issue, given: &Given) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Recount)?;
    let rested = issue.hold.as_ref().map(|hold| clock::recount(&hold.rested, &turn.counting()));
    let running = turn.issue.clocks.recount(&turn.counting());
    for fact in running.into_iter().chain(rested.into_iter().flatten()) {
        turn.emit(fact);
    }
    Ok(turn.done())
}

fn await_follow_up(turn: &mut Turn<'_>) {
    closing::close_if_tried_enough(turn);
    if turn.issue.stage != Stage::Closed {
        closing::order_follow_up(turn, FollowUpReason::NoVerdict);
    }
}
