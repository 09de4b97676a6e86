//! One matter (诉求), from registration to the closed file. Completed by the handler, confirmed by
//! the resident, and closed are three different facts.

mod aggregate;
pub mod closing;
mod codec;
pub mod command;
pub mod dispatch;
mod error;
pub mod escalation;
pub mod event;
pub mod intake;
pub mod lifecycle;
pub mod rating;
pub mod resolution;
mod turn;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use aggregate::IssueFact;
pub use codec::IssueEvent;
pub use command::{IssueCommand, IssueVerb};
pub use error::IssueError;
pub use lifecycle::Stage;
pub(crate) use turn::Turn;

use crate::shared::clock::{ClockKind, Clocks};
use crate::shared::given::Given;
use crate::shared::ids::{DeviceId, IssueId, PersonId, PostId, UnitId};
use crate::shared::ladder::{Holder, Recused, Rung};
use crate::shared::matter::Track;
use crate::shared::moment::Moment;
use crate::shared::terms::PolicyRef;
use crate::shared::verdict::Verdict;

/// An issue as its events tell it. What only people read (narrative, place names) stays in events.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Issue {
    pub id: IssueId,
    pub stage: Stage,
    pub track: Track,
    pub place: UnitId,
    pub policy: PolicyRef,
    /// Which of the policy's terms apply; frozen at registration.
    pub terms: String,
    pub must_visit: bool,
    pub visited: bool,
    /// The level that answers for the issue now (LOOP S1).
    pub rung: Rung,
    pub assignments: Vec<Assignment>,
    pub reporters: Vec<ReporterState>,
    pub recused: Recused,
    /// Everybody who ever worked on it: they neither call back nor rule on it (LOOP V4).
    pub handlers: Handlers,
    pub clocks: Clocks,
    /// The press or the filing: where the total clock started, for ever.
    pub started_at: Moment,
    /// The step of the total clock's ladder that is, or was, running.
    pub total_step: u8,
    pub follow_up: FollowUpState,
    pub reopens: u32,
    pub closed_at: Option<Moment>,
}

/// Work held by a post in a unit; one lead, any number of supports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    pub lead: bool,
    pub holder: Holder,
}

/// A reporter's own notice and verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReporterState {
    pub device: Option<DeviceId>,
    pub notified: bool,
    pub verdict: Option<Verdict>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handlers {
    pub posts: BTreeSet<PostId>,
    pub persons: BTreeSet<PersonId>,
    pub units: BTreeSet<UnitId>,
    /// Principals, for those who later come without a post.
    pub actors: BTreeSet<String>,
}

/// Whether a call-back by a non-handler is owed, and what has been tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpState {
    pub ordered: Option<event::FollowUpReason>,
    /// Calls in vain since the notice: which reporter, and when.
    pub attempts: Vec<(usize, Moment)>,
}

impl Issue {
    /// Timers precede commands (LOOP K3): promises that are broken by now are broken before the
    /// command is looked at, whether or not the escalator got round to them.
    ///
    /// # Errors
    /// The rule that refuses the command.
    pub fn decide(&self, command: IssueCommand) -> Result<Vec<IssueEvent>, IssueError> {
        if matches!(command.verb, IssueVerb::Expire(_)) {
            return self.decide_verb(command);
        }
        let (issue, mut events) = self.caught_up(&command.given)?;
        let decided = issue.decide_verb(command)?;
        // A command that adds nothing adds nothing; the timer will say the rest.
        if decided.is_empty() {
            return Ok(decided);
        }
        events.extend(decided);
        Ok(events)
    }

    /// The state once every promise that is broken by now is broken, and the facts that say so.
    ///
    /// # Errors
    /// When the policy frozen into it is not there.
    pub fn caught_up(&self, given: &Given) -> Result<(Self, Vec<IssueEvent>), IssueError> {
        let mut issue = self.clone();
        let mut events = Vec::new();
        while let Some((clock, running)) = issue.clocks.due_first(given.now, &ClockKind::ALL) {
            let expire = command::Expire { clock, generation: running.generation };
            let broken = escalation::expire(&issue, given, &expire)?;
            broken.iter().for_each(|event| issue.evolve(event));
            events.extend(broken);
        }
        Ok((issue, events))
    }

    fn decide_verb(&self, command: IssueCommand) -> Result<Vec<IssueEvent>, IssueError> {
        let given = &command.given;
        match command.verb {
            IssueVerb::Register(verb) => intake::register(self, given, *verb),
            IssueVerb::AttachReporter(verb) => intake::attach_reporter(self, given, verb),
            IssueVerb::Dispatch(verb) => dispatch::dispatch(self, given, verb),
            IssueVerb::Accept => dispatch::accept(self, given),
            IssueVerb::Arrive(verb) => resolution::arrive(self, given, verb),
            IssueVerb::Progress(verb) => resolution::progress(self, given, verb),
            IssueVerb::Complete(verb) => resolution::complete(self, given, verb),
            IssueVerb::Notify(verb) => resolution::notify(self, given, verb),
            IssueVerb::Rate(verb) => rating::rate(self, given, verb),
            IssueVerb::FollowUp(verb) => rating::follow_up(self, given, verb),
            IssueVerb::Reopen(verb) => rating::reopen(self, given, verb),
            IssueVerb::Escalate(verb) => escalation::escalate(self, given, verb),
            IssueVerb::Expire(verb) => escalation::expire(self, given, &verb),
        }
    }

    #[must_use]
    pub fn lead(&self) -> Option<&Holder> {
        self.assignments.iter().find(|assignment| assignment.lead).map(|lead| &lead.holder)
    }

    pub fn evolve(&mut self, event: &IssueEvent) {
        match event {
            IssueEvent::Registered(e) => self.registered(e),
            IssueEvent::ReporterAttached(e) => self.attached(e),
            IssueEvent::Dispatched(e) => {
                self.stage = Stage::Dispatched;
                self.rung = self.rung.max(e.rung);
                self.assignments.retain(|assignment| !assignment.lead);
                self.assignments.push(Assignment { lead: true, holder: e.to.clone() });
                self.handlers.add(&e.to);
            }
            IssueEvent::Accepted(e) => {
                self.stage = Stage::Accepted;
                self.handlers.add(&e.by);
                self.handlers.acted(&e.actor_id);
            }
            IssueEvent::Arrived(e) => self.arrived(e),
            IssueEvent::Progressed(_) => {}
            IssueEvent::Completed(e) => {
                self.stage = Stage::Completed;
                self.handlers.acted(&e.actor_id);
            }
            IssueEvent::Notified(e) => self.notified(e),
            IssueEvent::Rated(e) => self.judged(e.reporter, e.verdict),
            IssueEvent::FollowUpOrdered(e) => self.follow_up.ordered = Some(e.why),
            IssueEvent::FollowedUp(e) => self.followed_up(e),
            IssueEvent::Reopened(e) => self.reopened(e),
            IssueEvent::Closed(e) => {
                self.stage = Stage::Closed;
                self.closed_at = Some(e.at);
                if self.follow_up.ordered == Some(event::FollowUpReason::NoVerdict) {
                    self.follow_up.ordered = None;
                }
            }
            IssueEvent::Escalated(e) => self.rung = e.to,
            IssueEvent::ClockStarted(e) => {
                if e.clock == ClockKind::Total {
                    self.total_step = e.step;
                }
                self.clocks.started(e);
            }
            IssueEvent::ClockStopped(e) => self.clocks.ended(e.clock),
            IssueEvent::ClockExpired(e) => self.clocks.ended(e.clock),
        }
    }

    fn registered(&mut self, e: &event::Registered) {
        self.id = e.issue;
        self.stage = Stage::Registered;
        self.track = e.matter.track;
        self.place = e.matter.place;
        self.policy = e.policy.clone();
        self.terms.clone_from(&e.terms);
        self.must_visit = e.matter.must_visit;
        self.rung = e.rung;
        self.started_at = e.started_at;
        self.reporters =
            vec![ReporterState { device: e.matter.reporter.device, ..ReporterState::default() }];
    }

    /// One more reporter is owed a notice, so an issue that had told everybody has not any more.
    fn attached(&mut self, e: &event::ReporterAttached) {
        self.reporters
            .push(ReporterState { device: e.reporter.device, ..ReporterState::default() });
        if self.stage == Stage::Notified {
            self.stage = Stage::Completed;
        }
    }

    fn arrived(&mut self, e: &event::Arrived) {
        self.handlers.add(&e.by);
        self.handlers.acted(&e.actor_id);
        if e.outcome == event::ArrivalOutcome::Met {
            self.stage = Stage::OnSite;
            self.visited = true;
        }
    }

    fn notified(&mut self, e: &event::Notified) {
        if let Some(reporter) = self.reporters.get_mut(e.reporter) {
            reporter.notified = true;
        }
        if self.reporters.iter().all(|reporter| reporter.notified) {
            self.stage = Stage::Notified;
            self.follow_up.attempts.clear();
        }
    }

    /// A verdict on a completion. What is said of a visit, or of earlier work, is kept in its event
    /// and settles nothing.
    fn judged(&mut self, reporter: usize, verdict: Verdict) {
        if self.stage >= Stage::Completed
            && let Some(reporter) = self.reporters.get_mut(reporter)
        {
            reporter.verdict = Some(verdict);
        }
    }

    fn followed_up(&mut self, e: &event::FollowedUp) {
        match e.verdict {
            Some(verdict) => {
                self.judged(e.reporter, verdict);
                self.follow_up = FollowUpState::default();
            }
            None => self.follow_up.attempts.push((e.reporter, e.at)),
        }
    }

    fn reopened(&mut self, e: &event::Reopened) {
        self.stage = Stage::Registered;
        self.reopens = e.count;
        self.closed_at = None;
        self.visited = false;
        self.assignments.clear();
        self.follow_up.attempts.clear();
        for reporter in &mut self.reporters {
            *reporter = ReporterState { device: reporter.device, ..ReporterState::default() };
        }
    }
}

impl Handlers {
    fn acted(&mut self, principal: &str) {
        if !principal.is_empty() {
            self.actors.insert(principal.into());
        }
    }

    fn add(&mut self, holder: &Holder) {
        self.posts.insert(holder.post);
        self.units.insert(holder.unit);
        self.persons.extend(holder.person);
    }
}
