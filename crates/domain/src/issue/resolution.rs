//! Arrival, progress, completion, notice.

use super::command::{Arrive, Complete, Notify, Progress};
use super::event::{ArrivalOutcome, Arrived, Completed, Notified, Progressed};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Stage, Turn, closing, dispatch};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::terms::Closing;

/// `arrive` implies accept; only `met` keeps the promise, anything else leaves the clock running
/// (LOOP I3).
pub fn arrive(issue: &Issue, given: &Given, verb: Arrive) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Arrive)?;
    let by = dispatch::acting_holder(issue, given)?;
    dispatch::take_on(&mut turn, by.clone(), true);
    turn.emit(Arrived {
        by,
        outcome: verb.outcome,
        note: verb.note,
        actor_id: given.actor.id.clone(),
        at: given.now,
    });
    if verb.outcome == ArrivalOutcome::Met {
        turn.stop(ClockKind::Arrive, StopReason::Kept);
    }
    Ok(turn.done())
}

/// A note for the file. It moves no clock (LOOP K2).
pub fn progress(
    issue: &Issue,
    given: &Given,
    verb: Progress,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Progress)?;
    dispatch::acting_holder(issue, given)?;
    turn.emit(Progressed { note: verb.note, at: given.now });
    Ok(turn.done())
}

/// The handler says it is done: the work's clocks stop, the total clock rests unless the completion
/// is overturned, and every reporter is owed a notice.
pub fn complete(
    issue: &Issue,
    given: &Given,
    verb: Complete,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Complete)?;
    let by = dispatch::acting_holder(issue, given)?;
    if issue.must_visit && !issue.visited {
        return Err(IssueError::VisitOwed);
    }
    dispatch::take_on(&mut turn, by, true);
    turn.stop(ClockKind::Arrive, StopReason::Superseded);
    turn.stop(ClockKind::Resolve, StopReason::Kept);
    turn.stop(ClockKind::Total, StopReason::Kept);
    turn.emit(Completed { summary: verb.summary, actor_id: given.actor.id.clone(), at: given.now });
    match turn.terms.closing {
        Closing::Verdict => turn.start(ClockKind::Notice),
        Closing::OnCompletion => closing::close_unconfirmed(&mut turn),
    }
    Ok(turn.done())
}

/// One reporter was told. When all were, their verdict is awaited.
pub fn notify(issue: &Issue, given: &Given, verb: Notify) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Notify)?;
    issue.require_reporter(verb.reporter)?;
    if issue.reporters.get(verb.reporter).is_some_and(|reporter| reporter.notified) {
        return Err(IssueError::AlreadyNotified);
    }
    turn.emit(Notified { reporter: verb.reporter, channel: verb.channel, at: given.now });
    if turn.issue.stage == Stage::Notified {
        turn.stop(ClockKind::Notice, StopReason::Kept);
        turn.start(ClockKind::Verdict);
        closing::close_if_settled(&mut turn);
    }
    Ok(turn.done())
}
