//! Referred up, sent down, taken over: three facts that are not an escalation (LOOP S1).

use super::authority::{acting_holder, require_rung};
use super::command::Seat;
use super::event::{ReferralReason, ReferredUp, SentDown, TakenOver};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Turn, dispatch, hold};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ladder::{Holder, Rung};
use crate::shared::sealed::Sealed;

/// The holder asks the level above to take it, for a typed reason. Its own clocks run on.
pub fn refer_up(
    issue: &Issue,
    given: &Given,
    why: ReferralReason,
    note: Sealed,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::ReferUp)?;
    acting_holder(issue, given)?;
    if issue.referral.pending {
        return Err(IssueError::ReferredBefore);
    }
    let to = issue.holding_rung().up();
    if to == issue.holding_rung() {
        return Err(IssueError::NothingAbove);
    }
    turn.emit(ReferredUp { why, note, to, at: given.now });
    turn.start(ClockKind::Referral);
    Ok(turn.done())
}

/// The level above gives it back, with reasons, once.
pub fn send_down(
    issue: &Issue,
    given: &Given,
    reason: Sealed,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::SendDown)?;
    if !issue.referral.pending {
        return Err(IssueError::NotReferred);
    }
    require_rung(given, issue.holding_rung().up())?;
    if issue.referral.sent_down {
        return Err(IssueError::SentDownBefore);
    }
    turn.stop(ClockKind::Referral, StopReason::Kept);
    turn.emit(SentDown { reason, at: given.now });
    Ok(turn.done())
}

/// The post that acts, of a level above the holder, handles it from now on. What is promised to the
/// resident runs on.
pub fn take_over(issue: &Issue, given: &Given) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::TakeOver)?;
    let needed = if issue.lead().is_some() { issue.holding_rung().up() } else { issue.rung };
    require_rung(given, needed)?;
    let (Some(post), Some(unit)) = (given.actor.post, given.actor.unit) else {
        return Err(IssueError::NotTheHolder);
    };
    if issue.lead().is_some_and(|lead| lead.post == post) {
        return Err(IssueError::HoldsAlready);
    }
    if issue.handlers.is_judge(&given.actor) {
        return Err(IssueError::JudgeHandles);
    }
    let by = Holder { unit, post, person: given.actor.person, stand_in: false };
    let rung = given.actor_rung.unwrap_or(Rung::County);
    let (rung, by) = dispatch::seated(issue, given, Seat { holder: by, rung })?;
    hold::end_holders_own(&mut turn);
    let clocks = [ClockKind::Dispatch, ClockKind::Accept, ClockKind::Referral, ClockKind::Ruling];
    for clock in clocks {
        turn.stop(clock, StopReason::Superseded);
    }
    turn.emit(TakenOver { by, rung, actor_id: given.actor.id.clone(), at: given.now });
    dispatch::start_work(&mut turn);
    Ok(turn.done())
}
