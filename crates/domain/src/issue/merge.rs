//! Undoing a merge, and what the lead file loses by it (LOOP I5). Merging itself is a proposal.

use super::event::{FollowUpEnded, FollowUpReason, ReporterDetached, Unmerged};
use super::lifecycle::Verb;
use super::{
    Issue, IssueError, IssueEvent, Stage, Turn, closing, dispatch, escalation, rating, resolution,
};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ids::IssueId;
use crate::shared::sealed::Sealed;

/// A file of its own again: it owes a dispatch, and its total clock goes on from its own start.
pub fn unmerge(
    issue: &Issue,
    given: &Given,
    reason: Sealed,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Unmerge)?;
    let from = issue.merged_into.ok_or(IssueError::NotMerged)?;
    turn.emit(Unmerged { from, reason, at: given.now });
    turn.start(ClockKind::Dispatch);
    dispatch::start_urgent_visit(&mut turn);
    escalation::resume_total(&mut turn);
    Ok(turn.done())
}

/// The lead file lets go of the reporters of a file that was merged into it.
pub fn detach_reporter(
    issue: &Issue,
    given: &Given,
    from: IssueId,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::DetachReporter)?;
    let gone: Vec<_> = issue
        .active_reporters()
        .filter(|(_, reporter)| reporter.merged_from == Some(from))
        .map(|(number, _)| number)
        .collect();
    for reporter in gone {
        turn.emit(ReporterDetached { reporter, at: given.now });
    }
    // Whoever could be called has left with the own file.
    let owed = turn.issue.follow_up.ordered.is_some_and(|why| why != FollowUpReason::Check);
    if owed && turn.issue.is_anonymous() {
        turn.stop(ClockKind::FollowUp, StopReason::Superseded);
        turn.emit(FollowUpEnded { at: given.now });
        rating::await_verdict_again(&mut turn);
    }
    if issue.stage == Stage::Completed && turn.issue.stage == Stage::Notified {
        turn.stop(ClockKind::Notice, StopReason::Kept);
        match turn.issue.ending {
            Some(outcome) => closing::close_as(&mut turn, outcome),
            None => resolution::await_verdict(&mut turn),
        }
    }
    Ok(turn.done())
}
