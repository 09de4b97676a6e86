//! Objections (派单异议): made once, ruled on by a clock; meanwhile the first receiver answers (首接负责,
//! LOOP I4).

use super::authority::{acting_holder, require_rung};
use super::command::RuleOnObjection;
use super::event::{Objected, ObjectionRuled};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Turn, dispatch};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ladder::Holder;
use crate::shared::sealed::Sealed;

/// The holder says another unit is competent. Its own clocks run on until the ruling.
pub fn object(issue: &Issue, given: &Given, reason: Sealed) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Object)?;
    let by = acting_holder(issue, given)?;
    if issue.objection.used {
        return Err(IssueError::ObjectedBefore);
    }
    turn.emit(Objected { by, reason, at: given.now });
    turn.start(ClockKind::Ruling);
    Ok(turn.done())
}

/// Whoever rules handled nothing of it and is no lower than the objecting unit; the unit fixed by the
/// ruling may not return the issue.
pub fn rule(
    issue: &Issue,
    given: &Given,
    verb: RuleOnObjection,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::RuleOnObjection)?;
    let objector = issue.objection.pending.clone().ok_or(IssueError::NoObjection)?;
    if issue.handled_by_unit_of(given) {
        return Err(IssueError::HandlerRules);
    }
    if issue.handlers.callers.includes(&given.actor) {
        return Err(IssueError::HandlerRules);
    }
    require_rung(given, issue.holding_rung())?;
    // Neither who objects nor who rules becomes the holder by the ruling (LOOP I4, V4).
    let fits = |to: &Holder| {
        let rules = given.actor.post == Some(to.post)
            || (to.person.is_some() && given.actor.person == to.person);
        to.post != objector.post && !rules
    };
    let target = match (verb.upheld, verb.to) {
        (false, _) => None,
        (true, Some(seat)) if seat.holder.post == objector.post => {
            return Err(IssueError::RuledToObjector);
        }
        (true, Some(seat)) if !fits(&seat.holder) => return Err(IssueError::JudgeHandles),
        (true, Some(seat)) => Some(dispatch::seated(issue, given, seat)?),
        (true, None) => {
            let above = issue.holding_rung().up();
            Some(turn.candidate_who(above, fits).ok_or(IssueError::NoCandidate)?)
        }
    };
    turn.stop(ClockKind::Ruling, StopReason::Kept);
    let (actor_id, person) = (given.actor.id.clone(), given.actor.person);
    let (upheld, reason) = (verb.upheld, verb.reason);
    turn.emit(ObjectionRuled { upheld, reason, actor_id, person, at: given.now });
    if let Some((rung, holder)) = target {
        super::hold::end_holders_own(&mut turn);
        for clock in super::hold::HOLDERS_CLOCKS {
            // The duty to come to an urgent matter waits for no ruling (LOOP C5).
            if clock != ClockKind::Arrive {
                turn.stop(clock, StopReason::Superseded);
            }
        }
        dispatch::hand_to(&mut turn, rung, holder, false);
    }
    Ok(turn.done())
}
