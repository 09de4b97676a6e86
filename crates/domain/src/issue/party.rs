//! Recusal (回避) at any stage: whoever is named holds nothing of the issue from that moment on, and the
//! work goes to a peer who is not recused, else one level up (LOOP A1).

use std::collections::BTreeSet;

use super::authority::require_rung;
use super::command::NameParty;
use super::event::{PartyNamed, PartyRole};
use super::lifecycle::Verb;
use super::{Assignment, Issue, IssueError, IssueEvent, Stage, Turn, dispatch, hold};
use crate::shared::actor::ActorKind;
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ids::{PostId, UnitId};
use crate::shared::ladder::{Holder, Recused, Rung};
use crate::shared::matter::Track;

/// Names a party, or stands aside. In the same command the holder that is covered loses the work.
pub fn name(issue: &Issue, given: &Given, verb: NameParty) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::NameParty)?;
    // What is decided in the lead file, the system alone carries over.
    let carried_over = given.actor.kind == ActorKind::System;
    if let Some(into) = issue.merged_into.filter(|_| !carried_over) {
        return Err(IssueError::Merged { into });
    }
    let NameParty { role, post, person, unit } = verb;
    if post.is_none() && person.is_none() && unit.is_none() {
        return Err(IssueError::NobodyNamed);
    }
    let known = post.is_none_or(|post| issue.recused.posts.contains(&post))
        && person.is_none_or(|person| issue.recused.persons.contains(&person))
        && unit.is_none_or(|unit| issue.recused.units.contains(&unit));
    if known {
        return Ok(Vec::new());
    }
    if role != PartyRole::SelfDeclared && !carried_over {
        require_standing(given, &verb)?;
    }
    let held_on = issue.lead_assignment().map(|lead| lead.rung);
    let merged = issue.files_merged_into_it();
    let below = below(issue, given, unit);
    let fact = PartyNamed { role, post, person, unit, merged, below, at: given.now };
    stop_supports_of(&mut turn, &fact);
    turn.emit(fact);
    // An objection falls away with whoever made it.
    if turn.issue.objection.pending.is_none() {
        turn.stop(ClockKind::Ruling, StopReason::Superseded);
    }
    if let Some(rung) = held_on
        && turn.issue.lead().is_none()
        && turn.issue.stage == Stage::Registered
    {
        hold::end_holders_own(&mut turn);
        // The promised solution runs on: whoever comes next wins no new time by it (LOOP K2).
        for clock in [ClockKind::Ruling, ClockKind::Referral] {
            turn.stop(clock, StopReason::Superseded);
        }
        match turn.candidate(rung) {
            Some((rung, peer)) => dispatch::hand_to(&mut turn, rung, peer, true),
            None => {
                turn.stop(ClockKind::Accept, StopReason::Superseded);
                turn.start(ClockKind::Dispatch);
            }
        }
    }
    Ok(turn.done())
}

/// Naming somebody takes the file out of that somebody's sight, so nobody names above the own rung; a
/// whole unit is named only where it is accused, and only from above it, or from beside it at the top
/// (LOOP A1, M5).
fn require_standing(given: &Given, verb: &NameParty) -> Result<(), IssueError> {
    let ladder = &given.ladder;
    if let Some(unit) = verb.unit {
        if verb.role != PartyRole::Accused || given.actor.unit == Some(unit) {
            return Err(IssueError::UnitNotAccused);
        }
        // What stands beside the ladder is a department.
        let rung = ladder.rung_of(unit).unwrap_or(Rung::Township);
        require_rung(given, rung.up())?;
    }
    let named = |holder: &Holder| {
        verb.post == Some(holder.post) || (holder.person.is_some() && verb.person == holder.person)
    };
    let seats = ladder.rungs.iter().filter(|(_, holders)| holders.iter().any(named));
    let highest = seats.map(|(rung, _)| *rung).max();
    match highest {
        Some(rung) => require_rung(given, rung),
        None if verb.post.is_some() || verb.person.is_some() => require_rung(given, Rung::Township),
        None => Ok(()),
    }
}

/// Those who hold it in units below the one named: they stand aside with it.
fn below(issue: &Issue, given: &Given, unit: Option<UnitId>) -> Vec<PostId> {
    let Some(unit) = unit else { return Vec::new() };
    let named = Recused { units: BTreeSet::from([unit]), ..Recused::default() };
    let aside = |a: &&Assignment| {
        !named.covers(&a.holder)
            && given.stands_aside(&named, &a.holder)
            && !(issue.track == Track::Supervision && issue.is_of_its_body(given, &a.holder))
    };
    issue.assignments.iter().filter(aside).map(|a| a.holder.post).collect()
}

/// A recused support's clocks end with its part.
fn stop_supports_of(turn: &mut Turn<'_>, named: &PartyNamed) {
    let mut after = turn.issue.recused.clone();
    after.posts.extend(named.post);
    after.persons.extend(named.person);
    after.units.extend(named.unit);
    let lost = |a: &&Assignment| {
        !a.lead && (after.covers(&a.holder) || named.below.contains(&a.holder.post))
    };
    let gone = turn.issue.assignments.iter().filter(lost);
    let lines: Vec<_> = gone.map(|support| support.line).collect();
    for line in lines {
        turn.stop_on(ClockKind::Join, line, StopReason::Superseded);
        turn.stop_on(ClockKind::Support, line, StopReason::Superseded);
    }
}
