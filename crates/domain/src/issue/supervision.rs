//! Urging (催办) and supervision (督办). A supervision ends only when its supervisor accepts the report,
//! even when the file closes meanwhile (LOOP S1).

use super::authority::{acting_holder, require_rung};
use super::event::{Supervised, SupervisionDecided, SupervisionReported, Urged};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Turn};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::sealed::Sealed;

/// It moves no clock (LOOP K2).
pub fn urge(
    issue: &Issue,
    given: &Given,
    note: Option<Sealed>,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Urge)?;
    turn.emit(Urged { note, at: given.now });
    Ok(turn.done())
}

/// A unit above the holder demands a report within the policy's period.
pub fn supervise(
    issue: &Issue,
    given: &Given,
    demand: Sealed,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Supervise)?;
    require_rung(given, issue.holding_rung().up())?;
    let by = given.acting_unit().ok_or(IssueError::NotTheSupervisor)?;
    if issue.handled_by_unit_of(given) {
        return Err(IssueError::HandlerDecides);
    }
    let supervision = issue.next_line()?;
    let rung = given.actor_rung.unwrap_or_default();
    turn.emit(Supervised { supervision, by, rung, demand, at: given.now });
    turn.start_on(ClockKind::Supervision, supervision);
    Ok(turn.done())
}

/// The holder reports; the clock runs until the supervisor is content.
pub fn report(
    issue: &Issue,
    given: &Given,
    supervision: u16,
    report: Sealed,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::ReportSupervision)?;
    supervisor_of(issue, supervision)?;
    if issue.lead().is_some() {
        acting_holder(issue, given)?;
    } else if !issue.handled_by_unit_of(given) {
        // While nobody holds it, those who worked on it report.
        return Err(IssueError::NotTheHolder);
    }
    turn.emit(SupervisionReported { supervision, report, at: given.now });
    Ok(turn.done())
}

pub fn decide(
    issue: &Issue,
    given: &Given,
    supervision: u16,
    accepted: bool,
    reason: Option<Sealed>,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::DecideSupervision)?;
    let by = supervisor_of(issue, supervision)?;
    let handles = given.ladder.has_become(&issue.handlers.units, Some(by));
    let aside = given.ladder.has_become(&issue.recused.units, Some(by));
    if handles || aside {
        // The supervisor took it over, or stands aside: whether the work was enough is decided above, or
        // beside (LOOP V4).
        require_rung(given, issue.holding_rung().up())?;
        if issue.handled_by_unit_of(given) {
            return Err(IssueError::HandlerDecides);
        }
    } else if !given.ladder.has_become([&by], given.acting_unit()) {
        return Err(IssueError::NotTheSupervisor);
    } else if issue.handled_by(given) {
        // Nobody accepts the own report, not even from another post (LOOP V4).
        return Err(IssueError::HandlerDecides);
    }
    if accepted && !issue.reported.contains(&supervision) {
        return Err(IssueError::NoReport);
    }
    turn.emit(SupervisionDecided { supervision, accepted, reason, at: given.now });
    if accepted {
        turn.stop_on(ClockKind::Supervision, supervision, StopReason::Kept);
    }
    Ok(turn.done())
}

fn supervisor_of(
    issue: &Issue,
    supervision: u16,
) -> Result<crate::shared::ids::UnitId, IssueError> {
    issue.supervisions.get(&supervision).copied().ok_or(IssueError::NoSuchSupervision(supervision))
}
