//! Registration: policy frozen, clocks started, and dispatched at once where the policy says so.

use super::command::Register;
use super::event::{Admitted, PartyNamed, PartyRole, Registered};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Stage, Turn, dispatch, escalation};
use crate::shared::clock::ClockKind;
use crate::shared::given::Given;
use crate::shared::ladder::Rung;
use crate::shared::matter::{Confidence, Source, Track};

/// A record that was registered before (same source, same id) adds nothing.
pub fn register(
    issue: &Issue,
    given: &Given,
    mut verb: Register,
) -> Result<Vec<IssueEvent>, IssueError> {
    if issue.stage != Stage::Unfiled {
        return Ok(Vec::new());
    }
    if verb.matter.track == Track::Supervision {
        require_accusation(&verb)?;
    }
    let frozen = verb.policy.take().or_else(|| given.policies.in_force.clone());
    let policy = frozen.ok_or(IssueError::PolicyMissing)?;
    // Frozen at the press, as the policy is (LOOP C1).
    let mode = given.mode_at(verb.started_at);
    let mut turn =
        Turn::under(issue, given, &policy, |document| document.terms_for(&verb.matter, mode))?;
    if turn.document.takes_for_accusation(&verb.matter) {
        return Err(IssueError::AccusationTrack);
    }
    verb.matter.must_visit |= turn.terms.must_visit;
    // No call and no visit to somebody nobody knows, or to nobody: what staff find has a place, and a
    // household only where one is named (LOOP V3).
    let found = verb.matter.source == Source::Proactive;
    let reporter = &verb.matter.reporter;
    let nobody_s = found && reporter.household.is_none() && reporter.device.is_none();
    if reporter.confidence == Confidence::Anonymous || nobody_s {
        verb.matter.must_visit = false;
    }
    // A matter is never refused because nobody is there to hold it: unowned work climbs too.
    let rung = turn.candidate(Rung::Grid).map_or(Rung::Grid, |(rung, _)| rung);
    let total_due = turn.counting().due(verb.started_at, turn.terms.total.period, 100);
    let above = given.ladder.upwards(Some(verb.matter.place)).iter();
    let above = above.into_iter().find(|(rung, _)| *rung > Rung::Village).map(|(_, unit)| *unit);
    let in_confidence = verb.matter.reporter.confidence == Confidence::Confidential;
    turn.emit(Registered {
        seen_from: above.filter(|_| in_confidence),
        total_due_at: Some(total_due.at),
        issue: verb.issue,
        case_no: verb.case_no,
        matter: verb.matter,
        rung: turn.terms.dispatch_to.map_or(rung, |lowest| rung.max(lowest)),
        policy,
        terms: turn.terms.name.clone(),
        started_at: verb.started_at,
        registered_at: given.now,
        competent: verb.competent,
    });
    for party in verb.parties {
        let super::command::NameParty { role, post, person, unit } = party;
        turn.emit(PartyNamed {
            role,
            post,
            person,
            unit,
            merged: Vec::new(),
            below: Vec::new(),
            at: given.now,
        });
    }
    escalation::start_total(&mut turn);
    dispatch::start_urgent_visit(&mut turn);
    let lowest = turn.terms.dispatch_to.or(verb.competent.map(|_| Rung::Grid));
    match lowest.and_then(|lowest| turn.candidate(lowest)) {
        Some((rung, holder)) => dispatch::hand_to(&mut turn, rung, holder, true),
        None => turn.start(ClockKind::Dispatch),
    }
    Ok(turn.done())
}

/// An accusation names an accused and goes to a body competent for the rank (LOOP A1).
fn require_accusation(verb: &Register) -> Result<(), IssueError> {
    let accused = verb.parties.iter().any(|party| party.role == PartyRole::Accused);
    match verb.competent {
        Some(_) if accused => Ok(()),
        Some(_) => Err(IssueError::NobodyAccused),
        None => Err(IssueError::NoDisciplineBody),
    }
}

/// 受理: the county answers for it. It moves no clock.
pub fn admit(issue: &Issue, given: &Given) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Admit)?;
    turn.emit(Admitted { at: given.now });
    Ok(turn.done())
}
