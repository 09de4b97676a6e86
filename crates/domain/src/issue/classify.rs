//! Re-classification, extension, and what other terms do to running clocks (LOOP K2).

use super::event::{Class, Proposal, Reclassified};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Stage, Turn, dispatch, escalation, hold, proposal};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::matter::{Matter, Track};
use crate::shared::moment::Moment;
use crate::shared::period::{Due, Period};
use crate::shared::sealed::Sealed;
use crate::shared::terms::{MatterTerms, TotalTerms};

/// Into a class that is nowhere longer: at once. Into one that lengthens a running clock, or onto a
/// statutory clock: proposed, approved one level up, and the resident is told.
pub fn reclassify(
    issue: &Issue,
    given: &Given,
    class: Class,
    reason: Sealed,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Reclassify)?;
    if given.actor.is_residents_side() {
        return Err(IssueError::ProposalUnfit);
    }
    let mut matter = issue.matter.clone();
    class.apply(&mut matter);
    if matter == issue.matter {
        return Ok(Vec::new());
    }
    if turn.document.takes_for_accusation(&matter) {
        return Err(IssueError::AccusationTrack);
    }
    let terms = turn.document.terms_for(&matter, given.mode()).ok_or(IssueError::PolicyMissing)?;
    let name = terms.name.clone();
    let statutory = terms.statutory && name != issue.terms;
    if statutory || is_slower(&turn, terms) {
        let proposal = Proposal::Reclassify { class, terms: name, reason };
        proposal::require_first(issue, &proposal)?;
        proposal::put(&mut turn, proposal)?;
        return Ok(turn.done());
    }
    let must_visit = terms.must_visit && !issue.is_anonymous();
    apply(
        &mut turn,
        Reclassified { class, terms: name, slower: false, statutory, must_visit, at: given.now },
    )?;
    Ok(turn.done())
}

/// An approved longer class, under the terms its matter has by now: the holder's clocks follow it, the
/// total clock only a statute.
pub(super) fn carry_out(turn: &mut Turn<'_>, class: Class) -> Result<(), IssueError> {
    let mut matter = turn.issue.matter.clone();
    class.apply(&mut matter);
    let found = turn.document.terms_for(&matter, turn.given.mode());
    let found = found.ok_or(IssueError::PolicyMissing)?;
    let must_visit = found.must_visit && !turn.issue.is_anonymous();
    let (terms, statutory) = (found.name.clone(), found.statutory);
    let at = turn.given.now;
    apply(turn, Reclassified { class, terms, slower: true, statutory, must_visit, at })?;
    turn.stop(ClockKind::Inform, StopReason::Superseded);
    turn.start(ClockKind::Inform);
    Ok(())
}

fn apply(turn: &mut Turn<'_>, fact: Reclassified) -> Result<(), IssueError> {
    let policy = turn.issue.policy.clone();
    turn.now_under(&policy, &fact.terms)?;
    let moves_total = fact.statutory || !fact.slower;
    turn.emit(fact);
    count_anew(turn, moves_total);
    Ok(())
}

/// Running clocks under the terms of now, each from its own start; what is not yet owed stays so.
pub(super) fn count_anew(turn: &mut Turn<'_>, moves_total: bool) {
    for clock in [ClockKind::Dispatch, ClockKind::Accept] {
        recount(turn, clock);
    }
    for clock in hold::HOLDERS_CLOCKS {
        recount(turn, clock);
    }
    if moves_total && turn.issue.clocks.running(ClockKind::Total).is_some() {
        turn.stop(ClockKind::Total, StopReason::Superseded);
        escalation::start_total(turn);
    }
    if matches!(turn.issue.stage, Stage::Accepted | Stage::OnSite) {
        dispatch::start_work(turn);
    }
    dispatch::start_urgent_visit(turn);
}

fn recount(turn: &mut Turn<'_>, clock: ClockKind) {
    let Some(running) = turn.issue.clocks.running(clock).cloned() else {
        return;
    };
    let Some(due) = due_under(turn, turn.terms, clock, &running.derivation.started_at) else {
        return;
    };
    let due = due.held_for(running.derivation.held_us);
    if due.at != running.due_at {
        turn.stop(clock, StopReason::Superseded);
        turn.start_until(clock, due);
    }
}

/// Whether any running clock of the holder, or the total one, would end later under `terms`.
pub(super) fn is_slower(turn: &Turn<'_>, terms: &MatterTerms) -> bool {
    let clocks = [ClockKind::Dispatch, ClockKind::Accept].into_iter().chain(hold::HOLDERS_CLOCKS);
    let mut longer = clocks.filter_map(|clock| {
        let old = turn.terms.period(clock)?;
        let own = || running_longer(turn, terms, clock);
        Some(terms.period(clock).is_none_or(|new| ends_later(turn, new, old) || own()))
    });
    longer.any(|later| later)
        || ends_later(turn, terms.total.period, turn.total().period)
        || climbs_later(turn, &terms.total, turn.total())
        || (turn.issue.must_visit && terms.arrive.is_none())
}

/// Whether any rung would answer for it later than now.
fn climbs_later(turn: &Turn<'_>, new: &TotalTerms, old: &TotalTerms) -> bool {
    let due = |total: &TotalTerms, percent| {
        turn.counting().due(turn.issue.started_at, total.period, percent).at
    };
    old.ladder.iter().any(|step| {
        let reaches = new.ladder.iter().find(|other| other.to >= step.to);
        reaches.is_none_or(|other| due(new, other.at_percent) > due(old, step.at_percent))
    })
}

fn ends_later(turn: &Turn<'_>, new: Period, old: Period) -> bool {
    let (start, counting) = (turn.issue.started_at, turn.counting());
    counting.due(start, new, 100).at > counting.due(start, old, 100).at
}

/// Whether this clock, from where it started itself, would end later under `terms`: what begins on
/// another day meets other holidays.
fn running_longer(turn: &Turn<'_>, terms: &MatterTerms, clock: ClockKind) -> bool {
    turn.issue.clocks.running(clock).is_some_and(|running| {
        let due = due_under(turn, terms, clock, &running.derivation.started_at);
        due.is_some_and(|due| due.held_for(running.derivation.held_us).at > running.due_at)
    })
}

pub(super) fn due_under(
    turn: &Turn<'_>,
    terms: &MatterTerms,
    clock: ClockKind,
    start: &Moment,
) -> Option<Due> {
    Some(turn.counting().due(*start, terms.period(clock)?, 100))
}

/// More time for the holder, from where its clock ends now; the total clock does not move.
pub(super) fn extend(turn: &mut Turn<'_>, by: Period) {
    let Some(running) = turn.issue.clocks.running(ClockKind::Resolve).cloned() else {
        return;
    };
    let start = running.due_at.max(turn.given.now);
    let due = turn.counting().due(start, by, 100);
    turn.stop(ClockKind::Resolve, StopReason::Superseded);
    turn.start_until(ClockKind::Resolve, due);
}

impl Class {
    /// Writes what this class sets into `matter`.
    pub fn apply(&self, matter: &mut Matter) {
        matter.nature = self.nature.unwrap_or(matter.nature);
        matter.urgency = self.urgency.unwrap_or(matter.urgency);
        matter.size = self.size.unwrap_or(matter.size);
        if let Some(category) = &self.category {
            matter.category.clone_from(category);
        }
        if let Some(procedure) = &self.procedure {
            matter.procedure = procedure.clone();
            if matter.track != Track::Supervision {
                matter.track = procedure.kind.track();
            }
        }
    }
}
