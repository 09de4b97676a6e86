//! Recusal (回避) at any stage: whoever is named holds nothing of the issue from that moment on, and the
//! work goes to a peer who is not recused, else one level up (LOOP A1).

use super::command::NameParty;
use super::event::PartyNamed;
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Stage, Turn, dispatch, hold};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;

/// Names a party, or stands aside. In the same command the holder that is covered loses the work.
pub fn name(issue: &Issue, given: &Given, verb: NameParty) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::NameParty)?;
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
    let held_on = issue.lead_assignment().map(|lead| lead.rung);
    stop_supports_of(&mut turn, &PartyNamed { role, post, person, unit, at: given.now });
    turn.emit(PartyNamed { role, post, person, unit, at: given.now });
    if let Some(rung) = held_on
        && turn.issue.lead().is_none()
        && turn.issue.stage == Stage::Registered
    {
        hold::end_holders_own(&mut turn);
        let clocks =
            [ClockKind::Accept, ClockKind::Ruling, ClockKind::Resolve, ClockKind::Referral];
        for clock in clocks {
            turn.stop(clock, StopReason::Superseded);
        }
        match turn.candidate(rung) {
            Some((rung, peer)) => dispatch::hand_to(&mut turn, rung, peer, true),
            None => turn.start(ClockKind::Dispatch),
        }
    }
    Ok(turn.done())
}

/// A recused support's clocks end with its part.
fn stop_supports_of(turn: &mut Turn<'_>, named: &PartyNamed) {
    let mut after = turn.issue.recused.clone();
    after.posts.extend(named.post);
    after.persons.extend(named.person);
    after.units.extend(named.unit);
    let gone = turn.issue.assignments.iter().filter(|a| !a.lead && after.covers(&a.holder));
    let lines: Vec<_> = gone.map(|support| support.line).collect();
    for line in lines {
        turn.stop_on(ClockKind::Join, line, StopReason::Superseded);
        turn.stop_on(ClockKind::Support, line, StopReason::Superseded);
    }
}
