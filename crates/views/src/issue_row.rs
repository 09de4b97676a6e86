//! An issue as the lists show it: the aggregate's own state, folded by the aggregate's own rules, and
//! what only events tell.

use std::collections::BTreeSet;

use domain::issue::event::{HoldKind, Outcome, Registered};
use domain::issue::{Issue, IssueEvent, Stage};
use domain::shared::clock::ClockKind;
use domain::shared::ids::IssueId;
use domain::shared::moment::Moment;
use event::Recorded;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IssueRow {
    pub issue: Issue,
    pub version: u64,
    /// Of the last event in the log.
    pub position: u64,
    pub case_no: String,
    pub registered_at: Moment,
    pub total_due_at: Option<Moment>,
    pub outcome: Option<Outcome>,
    /// The total clock has expired at least once.
    pub overdue: bool,
    /// As it was when it was reopened, should that have been a mistake (LOOP V1).
    pub overdue_before: bool,
    /// Promises of holders, dispatchers and supports that were broken in this round.
    pub broken: u32,
    pub paths: BTreeSet<String>,
}

/// Closed issues stand behind all open ones.
const NOTHING_DUE: i64 = Moment::MAX.0;

/// Why an issue belongs on the agenda of the dispatch meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stuck {
    Overdue,
    Unowned,
    BrokenPromise,
    Objection,
    Referred,
    Deferred,
    SupportOpen,
    WaitsForApproval,
    ReopenedAgain,
    Supervised,
}

impl Stuck {
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Overdue => "总时限已过",
            Self::Unowned => "无人承办",
            Self::BrokenPromise => "环节超时",
            Self::Objection => "派单异议待裁定",
            Self::Referred => "已上报待答复",
            Self::Deferred => "挂账",
            Self::SupportOpen => "协办超时",
            Self::WaitsForApproval => "待审批",
            Self::ReopenedAgain => "多次重办",
            Self::Supervised => "督办中",
        }
    }
}

impl IssueRow {
    #[must_use]
    pub fn id(&self) -> IssueId {
        self.issue.id
    }

    /// The promise that comes due next.
    #[must_use]
    pub fn next_due(&self) -> Option<(ClockKind, Moment)> {
        let running = self.issue.clocks.all_running();
        running.into_iter().map(|(clock, known)| (clock, known.due_at)).min_by_key(|(_, at)| *at)
    }

    /// What keyset paging continues after.
    #[must_use]
    pub fn sort_key(&self) -> (i64, Uuid) {
        let open = self.issue.stage != Stage::Closed;
        let due = self.next_due().filter(|_| open);
        (due.map_or(NOTHING_DUE, |(_, at)| at.0), self.issue.id.0)
    }

    pub(crate) fn evolve(&mut self, recorded: &Recorded, fact: &IssueEvent) {
        self.version = recorded.envelope.version;
        self.position = recorded.position;
        let began_anew = self.issue.stage < Stage::Completed;
        self.issue.evolve(fact);
        match fact {
            IssueEvent::Registered(e) => self.registered(e),
            IssueEvent::Closed(e) => self.outcome = Some(e.outcome),
            IssueEvent::Reopened(_) => {
                self.outcome = None;
                self.broken = 0;
                self.overdue_before = self.overdue;
            }
            // Nothing had begun anew.
            IssueEvent::FollowedUp(e)
                if e.by_mistake && began_anew && self.issue.stage >= Stage::Completed =>
            {
                self.overdue = self.overdue_before;
                self.broken = 0;
            }
            IssueEvent::ReporterAttached(e) => {
                self.outcome = self.outcome.filter(|_| self.issue.stage == Stage::Closed);
                let earlier = [self.total_due_at, e.total_due_at].into_iter().flatten().min();
                self.total_due_at = earlier;
            }
            IssueEvent::Unmerged(_) => {
                self.outcome = self.outcome.filter(|_| self.issue.stage == Stage::Closed);
            }
            IssueEvent::ClockExpired(e) => match e.clock {
                ClockKind::Total => self.overdue |= !e.warns,
                ClockKind::Verdict
                | ClockKind::Pause
                | ClockKind::Question
                | ClockKind::Approval => {}
                _ => self.broken += 1,
            },
            _ => {}
        }
    }

    fn registered(&mut self, e: &Registered) {
        self.case_no.clone_from(&e.case_no);
        self.registered_at = e.registered_at;
        self.total_due_at = e.total_due_at;
    }

    /// Why this open issue needs the meeting; empty when it is on its way.
    #[must_use]
    pub fn stuck(&self) -> BTreeSet<Stuck> {
        let issue = &self.issue;
        if issue.stage == Stage::Closed {
            return BTreeSet::new();
        }
        let deferred = issue.hold.as_ref().is_some_and(|hold| hold.kind == HoldKind::Deferral);
        let supports = issue.assignments.iter().any(|a| !a.lead && !a.done);
        let checks = [
            (Stuck::Overdue, self.overdue),
            (Stuck::Unowned, issue.stage == Stage::Registered && self.broken > 0),
            (Stuck::BrokenPromise, self.broken > 0),
            (Stuck::Objection, issue.objection.pending.is_some()),
            (Stuck::Referred, issue.referral.pending),
            (Stuck::Deferred, deferred),
            (Stuck::SupportOpen, supports && self.broken > 0),
            (Stuck::WaitsForApproval, !issue.proposals.is_empty()),
            (Stuck::ReopenedAgain, issue.reopens >= 2),
            (Stuck::Supervised, !issue.supervisions.is_empty()),
        ];
        checks.into_iter().filter(|(_, is)| *is).map(|(why, _)| why).collect()
    }
}
