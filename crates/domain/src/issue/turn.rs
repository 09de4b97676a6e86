//! A decision being made: the events so far, the state they lead to, and the clocks they move.

use super::event::{Escalated, EscalationCause};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Stage};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ladder::{Holder, Rung};
use crate::shared::period::Counting;
use crate::shared::terms::{MatterTerms, PolicyDocument, PolicyRef};

pub(crate) struct Turn<'a> {
    pub issue: Issue,
    pub given: &'a Given,
    pub document: &'a PolicyDocument,
    pub terms: &'a MatterTerms,
    events: Vec<IssueEvent>,
}

impl<'a> Turn<'a> {
    /// Opens a decision for a verb the stage allows, under the policy frozen into the issue.
    pub fn try_new(issue: &Issue, given: &'a Given, verb: Verb) -> Result<Self, IssueError> {
        issue.require(verb)?;
        Self::under(issue, given, &issue.policy, |document| document.terms_named(&issue.terms))
    }

    /// Opens a decision under `policy`, with the terms that `choose` picks from it.
    pub fn under(
        issue: &Issue,
        given: &'a Given,
        policy: &PolicyRef,
        choose: impl FnOnce(&'a PolicyDocument) -> Option<&'a MatterTerms>,
    ) -> Result<Self, IssueError> {
        let document = given.policies.document(policy).ok_or(IssueError::PolicyMissing)?;
        let terms = choose(document).ok_or(IssueError::PolicyMissing)?;
        Ok(Self { issue: issue.clone(), given, document, terms, events: Vec::new() })
    }

    pub fn emit(&mut self, event: impl Into<IssueEvent>) {
        let event = event.into();
        self.issue.evolve(&event);
        self.events.push(event);
    }

    pub fn counting(&self) -> Counting<'a> {
        self.given.counting(self.document)
    }

    /// Starts `clock` now, if the terms name a period for it.
    pub fn start(&mut self, clock: ClockKind) {
        if let Some(period) = self.terms.period(clock) {
            let fact =
                self.issue.clocks.start_whole(clock, &self.counting(), self.given.now, period);
            self.emit(fact);
        }
    }

    /// After an expiry: the same promise again, at the interval of the policy.
    pub fn start_again(&mut self, clock: ClockKind) {
        if let Some(period) = self.terms.repeat {
            let fact =
                self.issue.clocks.start_whole(clock, &self.counting(), self.given.now, period);
            self.emit(fact);
        }
    }

    pub fn stop(&mut self, clock: ClockKind, reason: StopReason) {
        if let Some(fact) = self.issue.clocks.stop(clock, reason) {
            self.emit(fact);
        }
    }

    pub fn stop_all(&mut self, reason: StopReason) {
        for clock in self.issue.clocks.all_running() {
            self.stop(clock, reason);
        }
    }

    /// Lifts the issue to `to`; says nothing when it stands there already.
    pub fn escalate(&mut self, to: Rung, cause: EscalationCause, skipped_percents: Vec<u16>) {
        let from = self.issue.rung;
        if to <= from {
            return;
        }
        let answers = self.candidate(to).map(|(_, holder)| holder);
        self.emit(Escalated { from, to, cause, answers, skipped_percents, at: self.given.now });
    }

    /// The first candidate on `lowest` or above who is not recused.
    pub fn candidate(&self, lowest: Rung) -> Option<(Rung, Holder)> {
        let (rung, holder) = self.given.ladder.pick(lowest, &self.issue.recused)?;
        Some((rung, holder.clone()))
    }

    pub fn done(self) -> Vec<IssueEvent> {
        self.events
    }
}

impl Issue {
    pub(super) fn require(&self, verb: Verb) -> Result<(), IssueError> {
        if self.stage.allows(verb) {
            return Ok(());
        }
        let stage = self.stage;
        Err(if stage == Stage::Unfiled {
            IssueError::Unknown
        } else {
            IssueError::IllegalInStage { stage, verb }
        })
    }

    pub(super) fn require_reporter(&self, asked: usize) -> Result<(), IssueError> {
        let known = self.reporters.len();
        if asked < known { Ok(()) } else { Err(IssueError::UnknownReporter { asked, known }) }
    }
}
