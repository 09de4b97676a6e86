//! The resident's verdict, follow-ups by non-handlers, and reopening (LOOP V1, E1).

use super::command::{FollowUp, Rate, RawAnswer, Reopen};
use super::event::{EscalationCause, FollowUpReason, FollowedUp, Rated, ReopenReason, Reopened};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Stage, Turn, closing, escalation};
use crate::shared::actor::ActorKind;
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::sealed::Sealed;
use crate::shared::verdict::{MAPPING_VERSION, Verdict};

/// The last press in the window counts; every one is kept. “Not solved” reopens.
pub fn rate(issue: &Issue, given: &Given, verb: Rate) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Rate)?;
    issue.require_reporter(verb.reporter)?;
    if issue.handled_by(given) {
        return Err(IssueError::HandlerRates);
    }
    require_open_window(&turn)?;
    let (thumb, verdict) = match verb.answer {
        RawAnswer::Thumb(thumb) => (Some(thumb), Verdict::of_thumb(thumb)),
        RawAnswer::Axes(verdict) => (None, verdict),
    };
    turn.emit(Rated {
        reporter: verb.reporter,
        thumb,
        verdict,
        in_presence: verb.in_presence,
        mapping_version: MAPPING_VERSION,
        at: given.now,
    });
    act_on(&mut turn, verdict);
    Ok(turn.done())
}

/// A call-back by somebody outside the handling units (LOOP E1, V4).
pub fn follow_up(
    issue: &Issue,
    given: &Given,
    verb: FollowUp,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::FollowUp)?;
    issue.require_reporter(verb.reporter)?;
    if issue.follow_up.ordered.is_none() {
        return Err(IssueError::NoFollowUpOwed);
    }
    if !matches!(given.actor.kind, ActorKind::Staff | ActorKind::Agent) {
        return Err(IssueError::NotAnAgent);
    }
    let same_unit = given.actor.unit.is_some_and(|unit| issue.handlers.units.contains(&unit));
    if same_unit || issue.handled_by(given) {
        return Err(IssueError::HandlerFollowsUp);
    }
    turn.emit(FollowedUp {
        reporter: verb.reporter,
        verdict: verb.verdict,
        note: verb.note,
        at: given.now,
    });
    turn.stop(ClockKind::FollowUp, StopReason::Kept);
    match verb.verdict {
        Some(verdict) => act_on(&mut turn, Verdict { timeliness: None, attitude: None, ..verdict }),
        None => {
            closing::close_if_tried_enough(&mut turn);
            let finished = turn.issue.stage == Stage::Closed && closing::tried_enough(&turn);
            if !finished {
                turn.start(ClockKind::FollowUp);
            }
        }
    }
    await_verdict_again(&mut turn);
    Ok(turn.done())
}

/// The resident asks for it again within the policy's window.
pub fn reopen(issue: &Issue, given: &Given, verb: Reopen) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Reopen)?;
    issue.require_reporter(verb.reporter)?;
    if issue.handled_by(given) {
        return Err(IssueError::HandlerRates);
    }
    require_open_window(&turn)?;
    reopen_up(&mut turn, ReopenReason::AskedByResident, verb.reason);
    Ok(turn.done())
}

fn act_on(turn: &mut Turn<'_>, verdict: Verdict) {
    let stage = turn.issue.stage;
    if !verdict.is_solved() {
        if stage >= Stage::Completed {
            reopen_up(turn, ReopenReason::NotSolved, None);
        } else {
            // A visit that helped nobody: the work is still open, so it climbs instead of reopening.
            turn.escalate(turn.issue.rung.up(), EscalationCause::NotSolved, Vec::new());
            closing::order_follow_up(turn, FollowUpReason::NotSolved);
        }
    } else {
        if verdict.wants_follow_up() {
            closing::order_follow_up(turn, FollowUpReason::SlowOrRude);
        }
        closing::close_if_settled(turn);
    }
}

/// Reopens one rung up and orders a follow-up by a non-handler. The total clock goes on as if it had
/// never stopped (LOOP K2).
fn reopen_up(turn: &mut Turn<'_>, why: ReopenReason, reason: Option<Sealed>) {
    turn.stop_all(StopReason::Superseded);
    let count = turn.issue.reopens + 1;
    turn.emit(Reopened { why, reason, count, at: turn.given.now });
    turn.escalate(turn.issue.rung.up(), EscalationCause::NotSolved, Vec::new());
    turn.start(ClockKind::Dispatch);
    escalation::resume_total(turn);
    closing::order_follow_up(turn, FollowUpReason::NotSolved);
    if turn.issue.clocks.running(ClockKind::FollowUp).is_none() {
        turn.start(ClockKind::FollowUp);
    }
}

/// A follow-up that settled nothing leaves a notified issue waiting for its verdict.
fn await_verdict_again(turn: &mut Turn<'_>) {
    if turn.issue.stage == Stage::Notified && turn.issue.clocks.is_idle() {
        turn.start(ClockKind::Verdict);
    }
}

fn require_open_window(turn: &Turn<'_>) -> Result<(), IssueError> {
    let (Some(closed_at), Some(window)) = (turn.issue.closed_at, turn.terms.reopen_window) else {
        return match turn.issue.closed_at {
            Some(ended_at) => Err(IssueError::ReopenWindowPassed { ended_at }),
            None => Ok(()),
        };
    };
    let ended_at = turn.counting().due(closed_at, window, 100).at;
    if turn.given.now < ended_at {
        Ok(())
    } else {
        Err(IssueError::ReopenWindowPassed { ended_at })
    }
}

impl Issue {
    /// Whether whoever acts has worked on this issue, in this post or another (DESIGN invariant 5).
    pub(super) fn handled_by(&self, given: &Given) -> bool {
        let actor = &given.actor;
        self.handlers.actors.contains(&actor.id)
            || actor.post.is_some_and(|post| self.handlers.posts.contains(&post))
            || actor.person.is_some_and(|person| self.handlers.persons.contains(&person))
    }
}
