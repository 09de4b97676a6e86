//! Dispatch to a post, and its acceptance.

use super::authority::acting_holder;
use super::command::{Dispatch, Seat};
use super::event::{Accepted, Dispatched, HoldKind};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Stage, Turn};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ladder::{Holder, Rung};
use crate::shared::matter::Urgency;

/// To the post named, or to the first candidate on the asked rung (default: where the issue stands).
pub fn dispatch(
    issue: &Issue,
    given: &Given,
    verb: Dispatch,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Dispatch)?;
    if issue.objection.pending.is_some() {
        return Err(IssueError::RulingOwed);
    }
    let (rung, holder) = match verb.to {
        Some(seat) => seated(issue, given, seat)?,
        None => {
            let lowest = verb.lowest.unwrap_or(issue.rung);
            turn.candidate(lowest).ok_or(IssueError::NoCandidate)?
        }
    };
    // The same post again would only buy it new time (LOOP K2).
    if issue.lead().is_some_and(|lead| lead.post == holder.post) {
        return Err(IssueError::HoldsAlready);
    }
    // Back to where it was referred from, under whatever name, is sent down, and that is done once (LOOP S1).
    if issue.referral.pending && issue.referral.sent_down && rung <= issue.holding_rung() {
        return Err(IssueError::SentDownBefore);
    }
    require_no_return(issue, given, rung, &holder)?;
    hand_to(&mut turn, rung, holder, false);
    Ok(turn.done())
}

/// The holder, and any colleague of its unit, hands work down, never aside or up: that is an objection or a
/// referral, and somebody else decides on it (LOOP I4).
fn require_no_return(
    issue: &Issue,
    given: &Given,
    rung: Rung,
    to: &Holder,
) -> Result<(), IssueError> {
    let returned = issue.lead_assignment().is_some_and(|lead| {
        // A unit fixed by ruling does not give it back to the one that was let go.
        let let_go = given.ladder.has_become(&issue.objection.let_go, Some(to.unit));
        let aside = rung >= lead.rung && to.post != lead.holder.post;
        let own = is_holder(given, &lead.holder);
        let leaves = to.unit != lead.holder.unit;
        (own && (let_go || aside))
            || (is_colleague(given, &lead.holder) && leaves && (let_go || aside))
    });
    if returned { Err(IssueError::HolderReturns) } else { Ok(()) }
}

/// Whoever sits in the holding post, in whichever post they act (LOOP P1).
pub(super) fn is_holder(given: &Given, holder: &Holder) -> bool {
    given.actor.post == Some(holder.post)
        || (holder.person.is_some() && given.actor.person == holder.person)
}

/// Somebody in another post of the holder's unit.
pub(super) fn is_colleague(given: &Given, holder: &Holder) -> bool {
    given.actor.post.is_some_and(|post| post != holder.post)
        && given.ladder.has_become([&holder.unit], given.actor.unit)
}

/// The holder's post takes the work on.
pub fn accept(issue: &Issue, given: &Given) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Accept)?;
    let by = acting_holder(issue, given)?;
    take_on(&mut turn, by, false);
    Ok(turn.done())
}

/// A post that may hold this issue, with its rung: on the ladder of the competent unit, or a department
/// beside it; never recused, never of a confidential reporter's own village.
pub(super) fn seated(
    issue: &Issue,
    given: &Given,
    seat: Seat,
) -> Result<(Rung, Holder), IssueError> {
    let Seat { holder, rung } = seat;
    if given.stands_aside(&issue.recused, &holder) {
        return Err(IssueError::HolderRecused);
    }
    if issue.handlers.has_judge_in(&holder) {
        return Err(IssueError::JudgeHandles);
    }
    if !issue.is_of_its_body(given, &holder) {
        return Err(IssueError::HolderOffLadder);
    }
    let rung = match given.ladder.rung_of(holder.unit) {
        Some(on_ladder) => on_ladder,
        // A department stands beside the ladder; a village of somewhere else does not.
        None if issue.competent.is_none() && rung >= Rung::Township => rung,
        None => return Err(IssueError::HolderOffLadder),
    };
    if issue.is_confidential() && rung < Rung::Township {
        return Err(IssueError::ConfidentialOwnVillage);
    }
    Ok((rung, holder))
}

pub(super) fn hand_to(turn: &mut Turn<'_>, rung: Rung, to: Holder, by_policy: bool) {
    turn.stop(ClockKind::Dispatch, StopReason::Kept);
    turn.stop(ClockKind::Referral, StopReason::Superseded);
    // Back and forth between those who had it already wins no time to take it on (LOOP K2).
    let again = turn.given.ladder.has_become(&turn.issue.handlers.units, Some(to.unit));
    let runs = turn.issue.clocks.running(ClockKind::Accept).is_some();
    if !(again && runs) {
        turn.stop(ClockKind::Accept, StopReason::Superseded);
    }
    turn.emit(Dispatched { to, rung, by_policy, at: turn.given.now });
    match turn.issue.accept_owed.clone().filter(|_| again) {
        _ if again && runs => {}
        Some(promise) => turn.start_until(ClockKind::Accept, promise.due()),
        None => turn.start(ClockKind::Accept),
    }
}

pub(super) fn take_on(turn: &mut Turn<'_>, by: Holder, implied: bool) {
    if turn.issue.stage != Stage::Dispatched {
        return;
    }
    turn.stop(ClockKind::Accept, StopReason::Kept);
    turn.emit(Accepted { by, implied, actor_id: turn.given.actor.id.clone(), at: turn.given.now });
    start_work(turn);
}

/// The holder's promises: the first contact, the visit, the solution. What runs already runs on.
pub(super) fn start_work(turn: &mut Turn<'_>) {
    let idle = |turn: &Turn<'_>, clock| turn.issue.clocks.running(clock).is_none();
    if turn.issue.hold.is_some() {
        return;
    }
    let silent = !turn.issue.contacted && !turn.issue.is_anonymous();
    if silent && idle(turn, ClockKind::FirstContact) {
        turn.start(ClockKind::FirstContact);
    }
    if turn.issue.must_visit && !turn.issue.visited && idle(turn, ClockKind::Arrive) {
        turn.start_arrive();
    }
    if idle(turn, ClockKind::Resolve) {
        turn.start(ClockKind::Resolve);
    }
}

/// What is urgent must be visited whoever accepts, objects or is still being looked for (LOOP C5).
pub(super) fn start_urgent_visit(turn: &mut Turn<'_>) {
    let issue = &turn.issue;
    // What rests for the holder's sake delays no urgent visit; the resident's own wish does.
    let wished = issue.hold.as_ref().is_some_and(|hold| hold.kind == HoldKind::ResidentWish);
    let owed = issue.must_visit && !issue.visited && !wished;
    let idle = issue.clocks.running(ClockKind::Arrive).is_none();
    if owed && idle && issue.matter.urgency == Urgency::Urgent {
        turn.start_arrive();
    }
}

/// After a hold: promises that were never made because work was taken on meanwhile.
pub(super) fn start_work_if_held(turn: &mut Turn<'_>) {
    if matches!(turn.issue.stage, Stage::Accepted | Stage::OnSite) {
        start_work(turn);
    }
}
