//! What one person may not decide alone: it is proposed, and a second person from where nobody profits
//! approves, rejects, or lets it lapse (LOOP E2, K2, M5, V2).

use super::authority::{acting_holder, require_rung};
use super::event::{
    Ended, Excluded, HoldKind, Outcome, PolicyReplaced, Proposal, ProposalDecided, Proposed,
    Restored, ResumeReason, Ruling,
};
use super::lifecycle::Verb;
use super::{
    Issue, IssueError, IssueEvent, Stage, Turn, authority, classify, closing, hold, merge,
    resolution, total,
};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ladder::Rung;
use crate::shared::matter::Track;
use crate::shared::period::Due;
use crate::shared::sealed::Sealed;

/// Nothing rests while a proposal waits, so nobody gains by proposing.
pub fn propose(
    issue: &Issue,
    given: &Given,
    proposal: Proposal,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Propose)?;
    require_fit(&turn, &proposal)?;
    // The resident's own word waits for nobody's (LOOP E2).
    if !given.actor.is_residents_side() {
        require_first(issue, &proposal)?;
    }
    put(&mut turn, proposal)?;
    let own_wish = given.actor.is_residents_side();
    if own_wish {
        // The resident's own word needs nobody else's (LOOP E2).
        let number = turn.issue.last_line;
        decided(&mut turn, number, Ruling::Approved, None);
        end(&mut turn, Outcome::Withdrawn);
    }
    Ok(turn.done())
}

/// One of a kind waits at a time.
pub(super) fn require_first(issue: &Issue, proposal: &Proposal) -> Result<(), IssueError> {
    let ending = |proposal: &Proposal| match proposal {
        Proposal::End { outcome, .. } => Some(*outcome),
        Proposal::Merge { .. }
        | Proposal::Extend { .. }
        | Proposal::Defer { .. }
        | Proposal::Reclassify { .. }
        | Proposal::Exclude { .. }
        | Proposal::ReplacePolicy { .. } => None,
    };
    let kind = |proposal: &Proposal| (std::mem::discriminant(proposal), ending(proposal));
    let mut waiting = issue.proposals.values().map(|open| kind(&open.proposal));
    let before = waiting.any(|open| open == kind(proposal));
    if before { Err(IssueError::ProposedBefore) } else { Ok(()) }
}

/// Puts the proposal before a second person.
pub(super) fn put(turn: &mut Turn<'_>, proposal: Proposal) -> Result<(), IssueError> {
    let number = turn.issue.next_line()?;
    let (actor_id, person) = (turn.given.actor.id.clone(), turn.given.actor.person);
    turn.emit(Proposed { number, proposal, actor_id, person, at: turn.given.now });
    turn.start_on(ClockKind::Approval, number);
    Ok(())
}

pub fn approve(
    issue: &Issue,
    given: &Given,
    number: u16,
    confirmed: Option<Sealed>,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Approve)?;
    let proposed = second_person(issue, given, number)?;
    require_fit_still(&turn, &proposed.proposal)?;
    // Staff who entered it and staff who agree are not the resident's word (LOOP E2).
    let heard = confirmed.is_some() || given.actor.is_residents_side();
    if proposed.proposal.is_withdrawal() && !heard {
        return Err(IssueError::NotConfirmed);
    }
    let confirmed = confirmed.filter(|_| proposed.proposal.is_withdrawal());
    rule(&mut turn, number, Ruling::Approved, None, confirmed);
    carry_out(&mut turn, proposed)?;
    Ok(turn.done())
}

pub fn reject(
    issue: &Issue,
    given: &Given,
    number: u16,
    reason: Option<Sealed>,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Reject)?;
    second_person(issue, given, number)?;
    decided(&mut turn, number, Ruling::Rejected, reason);
    Ok(turn.done())
}

/// 恢复: back into every rate, by anybody of the level that may exclude; nobody profits from it.
pub fn restore(
    issue: &Issue,
    given: &Given,
    reason: Sealed,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Restore)?;
    if !issue.excluded {
        return Err(IssueError::NotExcluded);
    }
    require_rung(given, Rung::County)?;
    turn.emit(Restored { reason, at: given.now });
    Ok(turn.done())
}

/// Nobody decided in time: silence is no.
pub(super) fn lapse(turn: &mut Turn<'_>, number: u16) {
    if turn.issue.proposals.contains_key(&number) {
        decided(turn, number, Ruling::Lapsed, None);
    }
}

/// The file moves on: what nobody decided by now is not decided any more.
pub(super) fn lapse_all(turn: &mut Turn<'_>) {
    let open: Vec<u16> = turn.issue.proposals.keys().copied().collect();
    for number in open {
        decided(turn, number, Ruling::Lapsed, None);
    }
}

fn decided(turn: &mut Turn<'_>, number: u16, ruling: Ruling, reason: Option<Sealed>) {
    rule(turn, number, ruling, reason, None);
}

fn rule(
    turn: &mut Turn<'_>,
    number: u16,
    ruling: Ruling,
    reason: Option<Sealed>,
    confirmed: Option<Sealed>,
) {
    turn.stop_on(ClockKind::Approval, number, StopReason::Kept);
    let actor_id = turn.given.actor.id.clone();
    turn.emit(ProposalDecided { number, ruling, reason, confirmed, actor_id, at: turn.given.now });
}

/// Whether this may be proposed here, by this person.
fn require_fit(turn: &Turn<'_>, proposal: &Proposal) -> Result<(), IssueError> {
    let (issue, given) = (&turn.issue, turn.given);
    if given.actor.is_residents_side() {
        return match proposal {
            Proposal::End { outcome: Outcome::Withdrawn, .. } => {
                require_one_reporter(issue)?;
                require_working(issue)
            }
            Proposal::End { .. }
            | Proposal::Merge { .. }
            | Proposal::Extend { .. }
            | Proposal::Defer { .. }
            | Proposal::Reclassify { .. }
            | Proposal::Exclude { .. }
            | Proposal::ReplacePolicy { .. } => Err(IssueError::ProposalUnfit),
        };
    }
    match proposal {
        Proposal::End { outcome, competent_body, .. } => {
            require_working(issue)?;
            match outcome {
                Outcome::Declined | Outcome::Transferred if competent_body.is_none() => {
                    Err(IssueError::NoCompetentBody)
                }
                Outcome::Declined | Outcome::Transferred => Ok(()),
                Outcome::Withdrawn => require_one_reporter(issue),
                Outcome::Concluded => {
                    require_rung(given, Rung::County)?;
                    let needed = u32::from(turn.terms.conclude_after);
                    let seen = issue.reopens;
                    if seen < needed {
                        return Err(IssueError::TooFewReopens { needed, seen });
                    }
                    Ok(())
                }
                Outcome::ConfirmedSolved
                | Outcome::Unconfirmed
                | Outcome::Checked
                | Outcome::Merged => Err(IssueError::ProposalUnfit),
            }
        }
        Proposal::Merge { into, .. } if *into == issue.id => Err(IssueError::MergeIntoItself),
        Proposal::Merge { .. } => merge::require_mergeable(issue, given),
        Proposal::Extend { .. } => {
            acting_holder(issue, given)?;
            require_resolving(issue)
        }
        Proposal::Defer { review_on, .. } => {
            require_working(issue)?;
            hold::until(turn, HoldKind::Deferral, Some(hold::end_of(*review_on))).map(|_| ())
        }
        Proposal::Reclassify { .. } => Err(IssueError::ProposalUnfit),
        Proposal::Exclude { .. } if issue.excluded => Err(IssueError::ExcludedBefore),
        Proposal::Exclude { .. } => require_no_profit(issue, given),
        Proposal::ReplacePolicy { policy, terms, .. } => {
            require_rung(given, Rung::County)?;
            let document = given.policies.document(policy).ok_or(IssueError::PolicyMissing)?;
            document.terms_named(terms).map(|_| ()).ok_or(IssueError::PolicyMissing)
        }
    }
}

/// What was fit when it was proposed may have been overtaken.
fn require_fit_still(turn: &Turn<'_>, proposal: &Proposal) -> Result<(), IssueError> {
    let issue = &turn.issue;
    match proposal {
        Proposal::End { outcome: Outcome::Withdrawn, .. } => {
            require_one_reporter(issue)?;
            require_working(issue)
        }
        Proposal::End { .. } => require_working(issue),
        Proposal::Merge { .. } => merge::require_mergeable(issue, turn.given),
        Proposal::Extend { .. } => require_resolving(issue),
        Proposal::Defer { .. } if issue.hold.is_some() => Err(IssueError::HeldAlready),
        Proposal::Defer { review_on, .. } => {
            require_working(issue)?;
            hold::until(turn, HoldKind::Deferral, Some(hold::end_of(*review_on))).map(|_| ())
        }
        Proposal::Reclassify { .. } | Proposal::ReplacePolicy { .. } => require_working(issue),
        Proposal::Exclude { .. } => Ok(()),
    }
}

pub(super) fn require_working(issue: &Issue) -> Result<(), IssueError> {
    let stage = issue.stage;
    if Stage::WORKING.contains(&stage) {
        Ok(())
    } else {
        Err(IssueError::IllegalInStage { stage, verb: Verb::Propose })
    }
}

/// The matter of several people is not one person's to withdraw (LOOP I5).
pub(super) fn require_one_reporter(issue: &Issue) -> Result<(), IssueError> {
    if issue.households() > 1 { Err(IssueError::SharedMatter) } else { Ok(()) }
}

/// There is a clock to extend.
fn require_resolving(issue: &Issue) -> Result<(), IssueError> {
    require_working(issue)?;
    if issue.hold.is_some() {
        return Err(IssueError::HeldAlready);
    }
    let stage = issue.stage;
    let runs = issue.clocks.running(ClockKind::Resolve).is_some();
    if runs { Ok(()) } else { Err(IssueError::IllegalInStage { stage, verb: Verb::Propose }) }
}

/// The open proposal, when whoever acts may decide it.
fn second_person(issue: &Issue, given: &Given, number: u16) -> Result<Proposed, IssueError> {
    let proposed = issue.proposals.get(&number).ok_or(IssueError::NoSuchProposal(number))?;
    let same_person = given.actor.person.is_some() && given.actor.person == proposed.person;
    if given.actor.id == proposed.actor_id || same_person {
        return Err(IssueError::SamePerson);
    }
    match &proposed.proposal {
        // The resident's side confirms to somebody who handles nothing of it (LOOP E2).
        Proposal::End { outcome: Outcome::Withdrawn, .. } => {
            let outside = authority::hears_resident(issue, given);
            if !outside && !given.actor.is_residents_side() {
                return Err(IssueError::HandlerDecides);
            }
            let own = issue.active_reporters().next().map_or(0, |(number, _)| number);
            authority::require_word_of(issue, given, own)?;
        }
        Proposal::End { outcome: Outcome::Concluded, .. }
        | Proposal::Defer { .. }
        | Proposal::ReplacePolicy { .. } => require_above(issue, given, Rung::County)?,
        // Everything that could win time is decided above who holds it.
        Proposal::End { .. }
        | Proposal::Extend { .. }
        | Proposal::Reclassify { .. }
        | Proposal::Merge { .. } => require_above(issue, given, issue.holding_rung().up())?,
        Proposal::Exclude { .. } => require_no_profit(issue, given)?,
    }
    Ok(proposed.clone())
}

/// Somebody of that rung who handled nothing of it. What only its body may see, another person of the body
/// decides (LOOP A1).
fn require_above(issue: &Issue, given: &Given, rung: Rung) -> Result<(), IssueError> {
    let ladder = &given.ladder;
    let of_its_body = ladder.has_become(issue.competent.as_ref(), given.actor.unit);
    if issue.track != Track::Supervision || !of_its_body {
        require_rung(given, rung)?;
    }
    require_not_handler(issue, given)
}

fn require_not_handler(issue: &Issue, given: &Given) -> Result<(), IssueError> {
    if issue.handled_by(given) { Err(IssueError::HandlerDecides) } else { Ok(()) }
}

/// Exclusion: both persons are of the county, which alone gains nothing by it: a township's figures hold
/// those of its villages. Whose unit worked on it gains (LOOP M5).
fn require_no_profit(issue: &Issue, given: &Given) -> Result<(), IssueError> {
    require_rung(given, Rung::County)?;
    let own = given.ladder.has_become(&issue.handlers.units, given.acting_unit());
    if own || issue.handled_by(given) { Err(IssueError::HandlerDecides) } else { Ok(()) }
}

fn carry_out(turn: &mut Turn<'_>, proposed: Proposed) -> Result<(), IssueError> {
    match proposed.proposal {
        Proposal::End { outcome, .. } => end(turn, outcome),
        Proposal::Merge { into, .. } => merge::merge_away(turn, into),
        Proposal::Extend { by, .. } => classify::extend(turn, by),
        Proposal::Defer { review_on, reason } => {
            let due = hold::until(turn, HoldKind::Deferral, Some(hold::end_of(review_on)))?;
            defer(turn, reason, due);
        }
        Proposal::Reclassify { class, home, .. } => classify::carry_out(turn, class, home)?,
        Proposal::Exclude { .. } => turn.emit(Excluded { at: turn.given.now }),
        Proposal::ReplacePolicy { policy, terms, .. } => {
            let approver = turn.given.actor.id.clone();
            let at = turn.given.now;
            let before = total::ends(turn);
            let under = (turn.issue.policy.clone(), turn.issue.terms.clone());
            turn.now_under(&policy, &terms)?;
            let must_visit = turn.terms.must_visit && !turn.issue.is_anonymous();
            turn.emit(PolicyReplaced { policy, terms, approver, must_visit, at });
            classify::count_anew(turn, &under, true);
            if total::ends(turn) > before {
                // Whoever was told a date is told the new one, also while the clock rests (LOOP K2).
                turn.stop(ClockKind::Inform, StopReason::Superseded);
                turn.start(ClockKind::Inform);
            }
        }
    }
    Ok(())
}

/// 挂账: open, unsolved, reviewed on a date; the resident is told at once and at each review (LOOP I6).
fn defer(turn: &mut Turn<'_>, reason: Sealed, due: Due) {
    hold::begin(turn, HoldKind::Deferral, reason, due);
    turn.stop(ClockKind::Inform, StopReason::Superseded);
    turn.start(ClockKind::Inform);
}

/// An ending without a solution: every reporter is owed a notice that names the remedy (LOOP E2).
fn end(turn: &mut Turn<'_>, outcome: Outcome) {
    hold::end(turn, ResumeReason::Overtaken, None);
    lapse_all(turn);
    if outcome == Outcome::Concluded {
        turn.stop(ClockKind::FollowUp, StopReason::Superseded);
    }
    turn.stop_all(StopReason::Superseded);
    closing::end_idle_follow_up(turn);
    turn.emit(Ended {
        outcome,
        merged_into: None,
        reporters: Vec::new(),
        started_at: None,
        brings: None,
        at: turn.given.now,
    });
    resolution::owe_notices(turn);
}
