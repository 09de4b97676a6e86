//! A decision being made: the events so far, the state they lead to, and the clocks they move.

use super::event::{Escalated, EscalationCause, FollowUpReason};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Stage};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ladder::{Holder, Rung};
use crate::shared::matter::{Track, Urgency};
use crate::shared::moment::Moment;
use crate::shared::period::{Counting, Due};
use crate::shared::terms::{DutyHours, MatterTerms, PolicyDocument, PolicyRef, TotalTerms};

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

    /// The same decision under other terms from here on.
    pub fn now_under(&mut self, policy: &PolicyRef, terms: &str) -> Result<(), IssueError> {
        self.document = self.given.policies.document(policy).ok_or(IssueError::PolicyMissing)?;
        self.terms = self.document.terms_named(terms).ok_or(IssueError::PolicyMissing)?;
        Ok(())
    }

    pub fn emit(&mut self, event: impl Into<IssueEvent>) {
        let event = event.into();
        self.issue.evolve(&event);
        self.events.push(event);
    }

    pub fn counting(&self) -> Counting<'a> {
        self.given.counting(self.document)
    }

    /// The terms of the total clock, which a slower class does not change (LOOP K2).
    pub fn total(&self) -> &'a TotalTerms {
        self.total_of(&self.issue.total_under)
    }

    /// Those that ran before a statute replaced them, or that run.
    pub fn total_before_statute(&self) -> &'a TotalTerms {
        let before = self.issue.before_statute.as_ref();
        self.total_of(before.unwrap_or(&self.issue.total_under))
    }

    fn total_of(&self, (policy, terms): &(PolicyRef, String)) -> &'a TotalTerms {
        let document = self.given.policies.document(policy);
        let found = document.and_then(|document| document.terms_named(terms));
        &found.unwrap_or(self.terms).total
    }

    /// Starts `clock` now, if the terms name a period for it.
    pub fn start(&mut self, clock: ClockKind) {
        self.start_on(clock, 0);
    }

    /// As [`Turn::start`], on a line of its own.
    pub fn start_on(&mut self, clock: ClockKind, line: u16) {
        if let Some(period) = self.terms.period(clock) {
            let due = self.counting().due(self.given.now, period, 100);
            let fact = self.issue.clocks.start_on(clock, line, due, 0);
            self.emit(fact);
        }
    }

    /// Starts `clock` until a deadline that was worked out elsewhere.
    pub fn start_until(&mut self, clock: ClockKind, due: Due) {
        let fact = self.issue.clocks.start(clock, due, 0);
        self.emit(fact);
    }

    /// The duty to come: urgent matters at once, others from the next duty window on (LOOP C5).
    pub fn start_arrive(&mut self) {
        let Some(period) = self.terms.arrive else {
            return;
        };
        let window = self.terms.duty_hours.filter(|_| self.waits_for_duty());
        let from = window.map_or(self.given.now, |hours| hours.next(self.given.now));
        let due = self.counting().due(from, period, 100);
        self.start_until(ClockKind::Arrive, due);
    }

    /// Whether a visit may wait until somebody is on duty.
    pub fn waits_for_duty(&self) -> bool {
        self.issue.matter.urgency == Urgency::Normal && self.terms.duty_hours.is_some()
    }

    /// After an expiry: the same promise again, at the interval of the policy.
    pub fn start_again(&mut self, clock: ClockKind, line: u16) {
        if let Some(period) = self.terms.repeat {
            let due = self.counting().due(self.given.now, period, 100);
            let fact = self.issue.clocks.start_on(clock, line, due, 0);
            self.emit(fact);
        }
    }

    pub fn stop(&mut self, clock: ClockKind, reason: StopReason) {
        self.stop_on(clock, 0, reason);
    }

    pub fn stop_on(&mut self, clock: ClockKind, line: u16, reason: StopReason) {
        if let Some(fact) = self.issue.clocks.stop_on(clock, line, reason) {
            self.emit(fact);
        }
    }

    /// Stops every clock but those of supervisions, which only their supervisors end (LOOP S1), and of
    /// the call-back that a complaint is owed whatever becomes of the file (DESIGN invariant 2).
    pub fn stop_all(&mut self, reason: StopReason) {
        let complaint = self.issue.follow_up.ordered.is_some_and(FollowUpReason::keeps_open);
        for (clock, running) in self.issue.clocks.all_running() {
            let owed = clock == ClockKind::FollowUp && complaint;
            if clock != ClockKind::Supervision && !owed {
                self.stop_on(clock, running.line, reason);
            }
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

    /// The first candidate on `lowest` or above who may hold it.
    pub fn candidate(&self, lowest: Rung) -> Option<(Rung, Holder)> {
        self.candidate_who(lowest, |_| true)
    }

    /// As [`Turn::candidate`], of those who satisfy `also`.
    pub fn candidate_who(
        &self,
        lowest: Rung,
        also: impl Fn(&Holder) -> bool,
    ) -> Option<(Rung, Holder)> {
        // Nobody of the own village comes to a confidential reporter (LOOP V3).
        let floor = if self.issue.is_confidential() { Rung::Township } else { lowest };
        let issue = &self.issue;
        let fits = |holder: &Holder| {
            !self.given.stands_aside(&issue.recused, holder)
                && !issue.handlers.has_judge_in(holder)
                && issue.is_of_its_body(self.given, holder)
                && also(holder)
        };
        let (rung, holder) = self.given.ladder.pick(lowest.max(floor), fits)?;
        Some((rung, holder.clone()))
    }

    pub fn done(self) -> Vec<IssueEvent> {
        self.events
    }
}

impl DutyHours {
    /// `now`, when it is on duty; else the next time somebody is.
    #[must_use]
    pub fn next(&self, now: Moment) -> Moment {
        let local = now.local().datetime();
        if local.time() < self.from {
            return Moment::at_local(local.date().to_datetime(self.from));
        }
        if local.time() < self.to {
            return now;
        }
        let tomorrow = local.date().tomorrow().unwrap_or(local.date());
        Moment::at_local(tomorrow.to_datetime(self.from))
    }
}

impl Issue {
    /// An accusation is held by the body competent for it and by nobody else, were it the next desk above
    /// (LOOP A1).
    pub(super) fn is_of_its_body(&self, given: &Given, holder: &Holder) -> bool {
        let body = || given.ladder.has_become(self.competent.as_ref(), Some(holder.unit));
        self.track != Track::Supervision || body()
    }

    pub(super) fn require(&self, verb: Verb) -> Result<(), IssueError> {
        if let Some(into) = self.merged_into
            && self.stage == Stage::Closed
            && verb != Verb::Unmerge
            && (!Verb::ANYWHERE.contains(&verb) || verb == Verb::Dispute)
        {
            return Err(IssueError::Merged { into });
        }
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
}
