//! Dispatch to a post, and its acceptance.

use super::command::Dispatch;
use super::event::{Accepted, Dispatched};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Stage, Turn};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ladder::{Holder, Rung};

/// To the post named, or to the first candidate on the asked rung (default: where the issue stands).
pub fn dispatch(
    issue: &Issue,
    given: &Given,
    verb: Dispatch,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Dispatch)?;
    let (rung, holder) = match verb.to {
        Some(holder) if issue.recused.covers(&holder) => return Err(IssueError::HolderRecused),
        Some(holder) => (rung_of(given, &holder).ok_or(IssueError::HolderOffLadder)?, holder),
        None => {
            let lowest = verb.lowest.unwrap_or(issue.rung);
            turn.candidate(lowest).ok_or(IssueError::NoCandidate)?
        }
    };
    hand_to(&mut turn, rung, holder, false);
    Ok(turn.done())
}

/// The holder's post takes the work on.
pub fn accept(issue: &Issue, given: &Given) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Accept)?;
    let by = acting_holder(issue, given)?;
    take_on(&mut turn, by, false);
    Ok(turn.done())
}

pub(super) fn hand_to(turn: &mut Turn<'_>, rung: Rung, to: Holder, by_policy: bool) {
    turn.stop(ClockKind::Dispatch, StopReason::Kept);
    turn.stop(ClockKind::Accept, StopReason::Superseded);
    turn.emit(Dispatched { to, rung, by_policy, at: turn.given.now });
    turn.start(ClockKind::Accept);
}

pub(super) fn take_on(turn: &mut Turn<'_>, by: Holder, implied: bool) {
    if turn.issue.stage != Stage::Dispatched {
        return;
    }
    turn.stop(ClockKind::Accept, StopReason::Kept);
    turn.emit(Accepted { by, implied, actor_id: turn.given.actor.id.clone(), at: turn.given.now });
    if turn.issue.must_visit && !turn.issue.visited {
        turn.start(ClockKind::Arrive);
    }
    turn.start(ClockKind::Resolve);
}

/// The lead post, with the person who acts for it now. Staff of other posts are refused; systems
/// that import a source's records speak for the holder.
pub(super) fn acting_holder(issue: &Issue, given: &Given) -> Result<Holder, IssueError> {
    let lead = issue.lead().ok_or(IssueError::NotTheHolder)?;
    match given.actor.post {
        Some(post) if post == lead.post => {
            Ok(Holder { person: given.actor.person.or(lead.person), ..lead.clone() })
        }
        None if given.actor.kind == crate::shared::actor::ActorKind::Import => Ok(lead.clone()),
        Some(_) | None => Err(IssueError::NotTheHolder),
    }
}

/// The rung of the holder's unit, when it is the issue's own unit or one above it: whoever holds the
/// work must be able to see it.
fn rung_of(given: &Given, holder: &Holder) -> Option<Rung> {
    let mut rungs = given.ladder.rungs.iter();
    rungs.find(|(_, posts)| posts.iter().any(|p| p.unit == holder.unit)).map(|(rung, _)| *rung)
}
