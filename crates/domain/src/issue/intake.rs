//! Registration: policy frozen, clocks started, and dispatched at once where the policy says so.

use super::command::{AttachReporter, Register};
use super::event::{Registered, ReporterAttached};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Stage, Turn, dispatch, escalation};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ladder::Rung;

/// A record that was registered before (same source, same id) adds nothing.
pub fn register(
    issue: &Issue,
    given: &Given,
    mut verb: Register,
) -> Result<Vec<IssueEvent>, IssueError> {
    if issue.stage != Stage::Unfiled {
        return Ok(Vec::new());
    }
    let frozen = verb.policy.take().or_else(|| given.policies.in_force.clone());
    let policy = frozen.ok_or(IssueError::PolicyMissing)?;
    let mut turn = Turn::under(issue, given, &policy, |document| document.terms_for(&verb.matter))?;
    verb.matter.must_visit |= turn.terms.must_visit;
    // A matter is never refused because nobody is there to hold it: unowned work climbs too.
    let rung = turn.candidate(Rung::Grid).map_or(Rung::Grid, |(rung, _)| rung);
    turn.emit(Registered {
        issue: verb.issue,
        case_no: verb.case_no,
        matter: verb.matter,
        rung: turn.terms.dispatch_to.map_or(rung, |lowest| rung.max(lowest)),
        policy,
        terms: turn.terms.name.clone(),
        started_at: verb.started_at,
        registered_at: given.now,
    });
    escalation::start_total(&mut turn);
    match turn.terms.dispatch_to.and_then(|lowest| turn.candidate(lowest)) {
        Some((rung, holder)) => dispatch::hand_to(&mut turn, rung, holder, true),
        None => turn.start(ClockKind::Dispatch),
    }
    Ok(turn.done())
}

/// One more person with the same matter: an own notice and an own verdict.
pub fn attach_reporter(
    issue: &Issue,
    given: &Given,
    verb: AttachReporter,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::AttachReporter)?;
    let told_all = issue.stage == Stage::Notified;
    turn.emit(ReporterAttached { reporter: verb.reporter, at: given.now });
    if told_all {
        turn.stop(ClockKind::Verdict, StopReason::Superseded);
        turn.start(ClockKind::Notice);
    }
    Ok(turn.done())
}
