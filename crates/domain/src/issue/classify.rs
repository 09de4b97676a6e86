//! Re-classification, extension, and what other terms do to running clocks (LOOP K2).

use super::event::{Class, PolicyReplaced, Proposal, Reclassified};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Stage, Turn, dispatch, escalation, hold, proposal};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ids::UnitId;
use crate::shared::ladder::Holder;
use crate::shared::matter::{Matter, Track};
use crate::shared::moment::Moment;
use crate::shared::period::{Derivation, Due, Period};
use crate::shared::sealed::Sealed;
use crate::shared::terms::{MatterTerms, Mode, PolicyRef, TotalTerms};

/// The clocks that go on under other terms; the total clock has rules of its own.
const MOVED_BY_TERMS: [ClockKind; 5] = [
    ClockKind::Dispatch,
    ClockKind::Accept,
    ClockKind::FirstContact,
    ClockKind::Arrive,
    ClockKind::Resolve,
];

/// Into a class that is nowhere longer: at once. Into one that lengthens a running clock, or onto a
/// statutory clock: proposed, approved one level up, and the resident is told.
pub fn reclassify(
    issue: &Issue,
    given: &Given,
    class: Class,
    home: Option<UnitId>,
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
    let home = moved_home(issue, given, &matter, home)?;
    let terms = turn.document.terms_for(&matter, mode_of(&turn));
    let terms = terms.ok_or(IssueError::PolicyMissing)?;
    let name = terms.name.clone();
    let statutory = terms.statutory && name != issue.terms;
    if statutory || is_slower(&turn, terms) {
        let proposal = Proposal::Reclassify { class, terms: name, home, reason };
        proposal::require_first(issue, &proposal)?;
        proposal::put(&mut turn, proposal)?;
        return Ok(turn.done());
    }
    let must_visit = terms.must_visit && !issue.is_anonymous();
    let (terms, at) = (name, given.now);
    let slower = false;
    apply(&mut turn, Reclassified { class, terms, slower, statutory, must_visit, home, at })?;
    Ok(turn.done())
}

/// Peace or wartime, as when its terms were chosen: correcting a class switches neither on nor off, only a
/// replaced policy does (DESIGN §3).
fn mode_of(turn: &Turn<'_>) -> Mode {
    let now = turn.given.mode();
    let other = if now == Mode::Peace { Mode::Wartime } else { Mode::Peace };
    let issue = &turn.issue;
    let chose = |mode: &Mode| {
        let found = turn.document.terms_for(&issue.matter, *mode);
        found.is_some_and(|terms| terms.name == issue.terms)
    };
    [now, other].into_iter().find(chose).unwrap_or(now)
}

/// The unit that is competent for a matter of another category, when it is another one (LOOP I1). Whoever
/// holds the work does not send it there by another name: that is an objection, and somebody else rules on
/// it (LOOP I4).
fn moved_home(
    issue: &Issue,
    given: &Given,
    matter: &Matter,
    home: Option<UnitId>,
) -> Result<Option<UnitId>, IssueError> {
    let another = matter.category != issue.matter.category && issue.track != Track::Supervision;
    let known = |unit: &UnitId| given.ladder.has_become([&issue.home()], Some(*unit));
    let Some(home) = home.filter(|home| another && !known(home)) else {
        return Ok(None);
    };
    if issue.objection.pending.is_some() {
        return Err(IssueError::RulingOwed);
    }
    let holds =
        |lead: &Holder| dispatch::is_holder(given, lead) || dispatch::is_colleague(given, lead);
    if issue.lead().is_some_and(holds) {
        return Err(IssueError::HolderReturns);
    }
    Ok(Some(home))
}

/// An approved longer class, under the terms its matter has by now: the holder's clocks follow it, the
/// total clock only a statute.
pub(super) fn carry_out(
    turn: &mut Turn<'_>,
    class: Class,
    home: Option<UnitId>,
) -> Result<(), IssueError> {
    if home.is_some() && turn.issue.objection.pending.is_some() {
        return Err(IssueError::RulingOwed);
    }
    let mut matter = turn.issue.matter.clone();
    class.apply(&mut matter);
    let found = turn.document.terms_for(&matter, mode_of(turn));
    let found = found.ok_or(IssueError::PolicyMissing)?;
    let must_visit = found.must_visit && !turn.issue.is_anonymous();
    let (terms, statutory) = (found.name.clone(), found.statutory);
    let at = turn.given.now;
    apply(turn, Reclassified { class, terms, slower: true, statutory, must_visit, home, at })?;
    turn.stop(ClockKind::Inform, StopReason::Superseded);
    turn.start(ClockKind::Inform);
    Ok(())
}

fn apply(turn: &mut Turn<'_>, fact: Reclassified) -> Result<(), IssueError> {
    let before = (turn.issue.policy.clone(), turn.issue.terms.clone());
    turn.now_under(&before.0, &fact.terms)?;
    // Off a statutory clock, what was promised before it runs again.
    let leaves_statute = turn.issue.before_statute.is_some() && fact.terms != before.1;
    let moves_total = fact.statutory || !fact.slower || leaves_statute;
    let moves = fact.home.is_some();
    if moves {
        give_up(turn);
    }
    turn.emit(fact);
    if moves && turn.issue.clocks.running(ClockKind::Dispatch).is_none() {
        turn.start(ClockKind::Dispatch);
    }
    count_anew(turn, &before, moves_total);
    Ok(())
}

/// Whoever is not competent holds it no longer. What was promised to the resident runs on: nobody wins time
/// by sending it there and back (LOOP K2).
fn give_up(turn: &mut Turn<'_>) {
    hold::end_holders_own(turn);
    for clock in [ClockKind::Accept, ClockKind::Referral] {
        turn.stop(clock, StopReason::Superseded);
    }
}

/// Running clocks under the terms of now; what is not yet owed stays so.
pub(super) fn count_anew(turn: &mut Turn<'_>, before: &(PolicyRef, String), moves_total: bool) {
    for clock in MOVED_BY_TERMS {
        recount(turn, before, clock);
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

/// Running clocks as the terms of now would start them: what became urgent is urgent from now on, and no
/// later than it was.
pub(super) fn hasten(turn: &mut Turn<'_>) {
    for clock in MOVED_BY_TERMS {
        let running = turn.issue.clocks.running(clock).map(|running| running.due_at);
        let anew = due_under(turn, turn.terms, clock, &turn.given.now);
        if let (Some(running), Some(anew)) = (running, anew)
            && anew.at < running
        {
            turn.stop(clock, StopReason::Superseded);
            turn.start_until(clock, anew);
        }
    }
    dispatch::start_work_if_held(turn);
    dispatch::start_urgent_visit(turn);
}

fn recount(turn: &mut Turn<'_>, before: &(PolicyRef, String), clock: ClockKind) {
    let Some(running) = turn.issue.clocks.running(clock).cloned() else {
        return;
    };
    let old = Due { at: running.due_at, derivation: running.derivation };
    let due = under_terms_of_now(turn, before, clock, &old);
    if due.at != old.at {
        turn.stop(clock, StopReason::Superseded);
        turn.start_until(clock, due);
    }
}

/// What the terms of now make of a promise that was made under those of `before`: counted again from
/// where it started. What no terms made — an extension, a repeated promise, one that came with a merged
/// file — stays, unless the same promise made now would end sooner.
pub(super) fn under_terms_of_now(
    turn: &Turn<'_>,
    before: &(PolicyRef, String),
    clock: ClockKind,
    old: &Due,
) -> Due {
    let own = is_of_terms(turn, before, clock, &old.derivation);
    let starts = old.derivation.started_at;
    let start = match own {
        // Whoever was to come in the next duty window comes at once by terms that wait for none (LOOP C5).
        true if !turn.waits_for_duty() => starts.min(turn.given.now),
        true => starts,
        false => turn.given.now,
    };
    let held_us = if own { old.derivation.held_us } else { 0 };
    let anew = due_under(turn, turn.terms, clock, &start).map(|due| due.held_for(held_us));
    anew.filter(|anew| own || anew.at < old.at).unwrap_or_else(|| old.clone())
}

/// Whether any running clock of the holder, or the total one, would end later under `terms`.
pub(super) fn is_slower(turn: &Turn<'_>, terms: &MatterTerms) -> bool {
    let total = if terms.statutory { turn.total() } else { turn.total_before_statute() };
    let mut longer = MOVED_BY_TERMS.into_iter().filter_map(|clock| {
        let old = turn.terms.period(clock)?;
        let own = || running_longer(turn, terms, clock);
        Some(terms.period(clock).is_none_or(|new| ends_later(turn, new, old) || own()))
    });
    longer.any(|later| later)
        || ends_later(turn, terms.total.period, total.period)
        || climbs_later(turn, &terms.total, total)
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
    let before = (turn.issue.policy.clone(), turn.issue.terms.clone());
    let running = turn.issue.clocks.running(clock);
    let moved = running.filter(|running| is_of_terms(turn, &before, clock, &running.derivation));
    moved.is_some_and(|running| {
        let due = due_under(turn, terms, clock, &running.derivation.started_at);
        due.is_some_and(|due| due.held_for(running.derivation.held_us).at > running.due_at)
    })
}

fn due_under(
    turn: &Turn<'_>,
    terms: &MatterTerms,
    clock: ClockKind,
    start: &Moment,
) -> Option<Due> {
    Some(turn.counting().due(*start, terms.period(clock)?, 100))
}

/// Whether these terms themselves gave the clock its period.
fn is_of_terms(
    turn: &Turn<'_>,
    (policy, terms): &(PolicyRef, String),
    clock: ClockKind,
    derivation: &Derivation,
) -> bool {
    let document = turn.given.policies.document(policy);
    let terms = document.and_then(|document| document.terms_named(terms));
    terms.and_then(|terms| terms.period(clock)) == Some(derivation.period)
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

impl Issue {
    pub(super) fn reclassified(&mut self, e: &Reclassified) {
        let other_terms = self.terms != e.terms;
        e.class.apply(&mut self.matter);
        self.track = self.matter.track;
        self.terms.clone_from(&e.terms);
        self.moves_home(e.home);
        // No visit to somebody nobody knows (LOOP V3).
        self.must_visit |= e.must_visit && !self.is_anonymous();
        let under = (self.policy.clone(), e.terms.clone());
        let total_before = self.total_under.clone();
        if e.statutory {
            // What was promised before the statute is what the way back from it is measured by (LOOP K2).
            let before = std::mem::replace(&mut self.total_under, under);
            self.before_statute.get_or_insert(before);
        } else if !e.slower {
            self.total_under = under;
            self.before_statute.take_if(|_| other_terms);
        } else if let Some(before) = self.before_statute.take_if(|_| other_terms) {
            self.total_under = before;
        }
        if self.total_under != total_before {
            self.total_step = 0;
        }
    }

    /// Whoever held it holds it no longer: another unit is competent.
    fn moves_home(&mut self, home: Option<UnitId>) {
        let Some(home) = home else {
            return;
        };
        self.competent = Some(home).filter(|home| *home != self.place);
        self.assignments.retain(|assignment| !assignment.lead);
        self.referral.pending = false;
        self.stage = Stage::Registered;
    }

    pub(super) fn policy_replaced(&mut self, e: &PolicyReplaced) {
        self.policy = e.policy.clone();
        self.terms.clone_from(&e.terms);
        self.total_under = (e.policy.clone(), e.terms.clone());
        // A total clock that rests goes on with the first step of these terms (LOOP K3).
        self.total_step = 0;
        self.must_visit |= e.must_visit;
    }
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
