//! Summoned units (吹哨报到): each has its own clocks and climbs on its own line (LOOP I4).

use super::authority::{acting_holder, acting_support, require_rung};
use super::command::Summon;
use super::event::{Joined, Summoned, SupportEscalated, SupportFinished};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Turn};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ladder::Rung;
use crate::shared::sealed::Sealed;

/// The holder, or somebody no lower than it, calls another unit in.
pub fn summon(issue: &Issue, given: &Given, verb: Summon) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Summon)?;
    if acting_holder(issue, given).is_err() {
        require_rung(given, issue.holding_rung())?;
    }
    let holder = verb.to.holder;
    if given.stands_aside(&issue.recused, &holder) {
        return Err(IssueError::HolderRecused);
    }
    let on_ladder = given.ladder.rung_of(holder.unit);
    let rung = on_ladder.unwrap_or(verb.to.rung);
    if issue.is_confidential() && rung < Rung::Township {
        return Err(IssueError::ConfidentialOwnVillage);
    }
    let holds = issue.assignments.iter().any(|a| a.holder.post == holder.post && !a.done);
    if holds {
        return Err(IssueError::SummonedBefore);
    }
    let support = issue.next_line()?;
    turn.emit(Summoned { support, to: holder, rung, task: verb.task, at: given.now });
    turn.start_on(ClockKind::Join, support);
    Ok(turn.done())
}

pub fn join(issue: &Issue, given: &Given, support: u16) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Join)?;
    acting_support(issue, given, support)?;
    if issue.clocks.running_on(ClockKind::Join, support).is_none() {
        return Err(IssueError::JoinedBefore);
    }
    begin(&mut turn, support);
    Ok(turn.done())
}

/// The summoned unit did its part; it implies that it joined.
pub fn finish(
    issue: &Issue,
    given: &Given,
    support: u16,
    note: Option<Sealed>,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::FinishSupport)?;
    acting_support(issue, given, support)?;
    if issue.support(support).is_some_and(|support| support.done) {
        return Err(IssueError::SupportDone);
    }
    if issue.clocks.running_on(ClockKind::Join, support).is_some() {
        begin(&mut turn, support);
    }
    turn.stop_on(ClockKind::Support, support, StopReason::Kept);
    let actor_id = given.actor.id.clone();
    turn.emit(SupportFinished { support, note, actor_id, at: given.now });
    Ok(turn.done())
}

fn begin(turn: &mut Turn<'_>, support: u16) {
    turn.stop_on(ClockKind::Join, support, StopReason::Kept);
    let actor_id = turn.given.actor.id.clone();
    turn.emit(Joined { support, actor_id, at: turn.given.now });
    turn.start_on(ClockKind::Support, support);
}

/// A broken promise of a summoned unit: the level above that unit answers for its part.
pub(super) fn climb(turn: &mut Turn<'_>, clock: ClockKind, generation: u32, support: u16) {
    let from = turn.issue.support(support).map_or(Rung::County, |support| support.rung);
    if from.up() > from {
        let (to, at) = (from.up(), turn.given.now);
        turn.emit(SupportEscalated { support, from, to, clock, generation, at });
    }
    turn.start_again(clock, support);
}

impl Issue {
    /// Whether a summoned unit has not done its part.
    pub(super) fn has_open_support(&self) -> bool {
        self.assignments.iter().any(|assignment| !assignment.lead && !assignment.done)
    }

    /// The next number for a support, proposal or supervision.
    pub(super) fn next_line(&self) -> Result<u16, IssueError> {
        self.last_line.checked_add(1).filter(|line| *line <= LINES_MAX).ok_or(IssueError::TooMany)
    }
}

/// Supports, proposals and supervisions of one issue, ever: more is a machine's mistake.
const LINES_MAX: u16 = 1_000;
