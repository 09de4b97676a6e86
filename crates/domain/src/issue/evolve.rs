//! What each fact does to the state of an issue. Nothing is decided here.

use super::event;
use super::{
    Assignment, BeforeReopen, FollowUpState, Issue, IssueEvent, ReferralState, ReporterState, Stage,
};
use crate::shared::clock::ClockKind;
use crate::shared::ladder::{Holder, Rung};
use crate::shared::matter::{Matter, Reporter};
use crate::shared::verdict::Verdict;

impl Issue {
    #[rustfmt::skip]
    pub fn evolve(&mut self, event: &IssueEvent) {
        match event {
            IssueEvent::Registered(e) => self.registered(e),
            IssueEvent::ReporterAttached(e) => self.attached(e),
            IssueEvent::ReporterDetached(e) => self.detached(e),
            IssueEvent::Dispatched(e) => self.dispatched(e),
            IssueEvent::Accepted(e) => self.accepted(&e.by, &e.actor_id),
            IssueEvent::Objected(e) => { self.objection.pending = Some(e.by.clone()); self.objection.used = true; }
            IssueEvent::ObjectionRuled(e) => self.ruled(e),
            IssueEvent::Summoned(e) => self.summoned(e),
            IssueEvent::Joined(e) => self.handlers.acted(&e.actor_id),
            IssueEvent::SupportFinished(e) => self.support_finished(e),
            IssueEvent::SupportEscalated(e) => self.support_escalated(e),
            IssueEvent::HandedOver(e) => self.handed_over(e),
            IssueEvent::ReferredUp(_) => self.referral.pending = true,
            IssueEvent::SentDown(_) => self.referral = ReferralState { pending: false, sent_down: true },
            IssueEvent::TakenOver(e) => self.taken_over(e),
            IssueEvent::Arrived(e) => self.arrived(e),
            IssueEvent::ArrivalConfirmed(e) => { self.came = true; self.visited = true; self.contacted = true; self.spoken_to(e.reporter, true); self.handlers.callers.judged(&e.heard_by, e.heard_by_person); }
            IssueEvent::Held(e) => self.held(e),
            IssueEvent::Resumed(e) => self.resumed(e),
            IssueEvent::Proposed(e) => self.proposed(e),
            IssueEvent::ProposalDecided(e) => { self.proposals.remove(&e.number); }
            IssueEvent::Ended(e) => self.ended(e),
            IssueEvent::Unmerged(e) => self.unmerged(e),
            IssueEvent::Reclassified(e) => self.reclassified(e),
            IssueEvent::PolicyReplaced(e) => self.policy_replaced(e),
            IssueEvent::Excluded(_) => self.excluded = true,
            IssueEvent::Restored(_) => self.excluded = false,
            IssueEvent::PartyNamed(e) => self.party_named(e),
            IssueEvent::Supervised(e) => { self.last_line = self.last_line.max(e.supervision); self.supervisions.insert(e.supervision, e.by); }
            IssueEvent::SupervisionReported(e) => { self.reported.insert(e.supervision); }
            IssueEvent::SupervisionDecided(e) => { self.reported.remove(&e.supervision); if e.accepted { self.supervisions.remove(&e.supervision); } }
            IssueEvent::Completed(e) => { self.stage = Stage::Completed; self.handlers.acted(&e.actor_id); }
            IssueEvent::Notified(e) => self.notified(e),
            IssueEvent::Rated(e) => self.rated(e.reporter, e.verdict),
            IssueEvent::FollowUpOrdered(e) => self.follow_up.ordered = Some(e.why),
            IssueEvent::FollowedUp(e) => self.followed_up(e),
            IssueEvent::FollowUpEnded(_) => self.follow_up = FollowUpState::default(),
            IssueEvent::Reopened(e) => self.reopened(e),
            IssueEvent::Closed(e) => self.closed(e),
            IssueEvent::Escalated(e) => self.escalated(e),
            IssueEvent::ClockStarted(e) => { if e.clock == ClockKind::Total { self.total_step = e.step; } self.clocks.started(e); }
            IssueEvent::ClockStopped(e) => self.clocks.ended(e.clock, e.generation),
            IssueEvent::ClockExpired(e) => self.clocks.ended(e.clock, e.generation),
            IssueEvent::ClockRecounted(e) => { self.clocks.recounted(e); self.hold.iter_mut().for_each(|hold| hold.recounted(e)); }
            IssueEvent::Disputed(_) => self.disputed = true,
            IssueEvent::TookPart(e) => { self.handlers.add(&e.by, self.handlers.top_rung); self.handlers.acted(&e.actor_id); }
            IssueEvent::ContactMade(e) => { self.contacted |= e.reached; if e.reached { self.spoken_to(e.reporter, false); } }
            IssueEvent::Admitted(_) | IssueEvent::Departed(_) | IssueEvent::Progressed(_)
            | IssueEvent::Informed(_) | IssueEvent::Urged(_)
            | IssueEvent::ReceiptIssued(_) | IssueEvent::Commented(_) | IssueEvent::EvidenceAttached(_) => {}
        }
    }

    fn registered(&mut self, e: &event::Registered) {
        self.id = e.issue;
        self.stage = Stage::Registered;
        self.track = e.matter.track;
        self.place = e.matter.place;
        self.matter = Matter {
            title: None,
            narrative: None,
            reporter: Reporter::default(),
            ..e.matter.clone()
        };
        self.competent = e.competent;
        self.seen_from = e.seen_from;
        self.policy = e.policy.clone();
        self.terms.clone_from(&e.terms);
        self.total_under = (e.policy.clone(), e.terms.clone());
        self.must_visit = e.matter.must_visit;
        self.rung = e.rung;
        self.started_at = e.started_at;
        self.round_at = e.started_at.min(e.registered_at);
        self.reporters = vec![ReporterState::new(&e.matter.reporter)];
    }

    fn dispatched(&mut self, e: &event::Dispatched) {
        self.stage = Stage::Dispatched;
        self.referral.sent_down |= self.referral.pending && e.rung <= self.holding_rung();
        self.referral.pending = false;
        self.rung = self.rung.max(e.rung);
        self.begun_anew();
        self.set_lead(&e.to, e.rung);
    }

    /// What began anew is ended by no mistake (LOOP V1).
    fn begun_anew(&mut self) {
        self.before_reopen.iter_mut().for_each(|before| before.joined = true);
    }

    fn ruled(&mut self, e: &event::ObjectionRuled) {
        let objector = self.objection.pending.take().filter(|_| e.upheld);
        self.objection.let_go.extend(objector.map(|by| by.unit));
        self.handlers.rulers.judged(&e.actor_id, e.person);
    }

    fn escalated(&mut self, e: &event::Escalated) {
        let by_press = e.cause == event::EscalationCause::NotSolved && self.is_worked_on();
        if let Some(reporter) = self.unhelped.take().filter(|_| by_press) {
            self.raised = Some((reporter, e.from));
        }
        // Not this mistake's to give back.
        if e.cause.outlives_a_mistake() {
            self.before_reopen.iter_mut().for_each(|before| before.rung = before.rung.max(e.to));
        }
        self.rung = e.to;
        self.escalated_at = Some(e.at);
    }

    fn set_lead(&mut self, holder: &Holder, rung: Rung) {
        self.assignments.retain(|assignment| !assignment.lead);
        self.assignments.push(Assignment {
            lead: true,
            holder: holder.clone(),
            rung,
            line: 0,
            done: false,
        });
        self.handlers.add(holder, rung);
    }

    fn accepted(&mut self, by: &Holder, actor_id: &str) {
        self.accept_owed = None;
        self.stage = Stage::Accepted;
        self.handlers.add(by, self.handlers.top_rung);
        self.handlers.acted(actor_id);
    }

    fn summoned(&mut self, e: &event::Summoned) {
        self.last_line = self.last_line.max(e.support);
        let holder = e.to.clone();
        let (rung, line) = (e.rung, e.support);
        self.handlers.add(&holder, rung);
        self.assignments.push(Assignment { lead: false, holder, rung, line, done: false });
    }

    fn support_finished(&mut self, e: &event::SupportFinished) {
        self.handlers.acted(&e.actor_id);
        for support in self.assignments.iter_mut().filter(|a| !a.lead && a.line == e.support) {
            support.done = true;
        }
    }

    fn support_escalated(&mut self, e: &event::SupportEscalated) {
        for support in self.assignments.iter_mut().filter(|a| !a.lead && a.line == e.support) {
            support.rung = e.to;
        }
    }

    fn handed_over(&mut self, e: &event::HandedOver) {
        for assignment in self.assignments.iter_mut().filter(|a| a.holder.post == e.from) {
            assignment.holder = e.to.clone();
            // What a summoned unit missed stays missed, whoever of it goes on (LOOP S1).
            let climbed = (!assignment.lead).then_some(assignment.rung);
            assignment.rung = climbed.map_or(e.rung, |climbed| climbed.max(e.rung));
            // Whoever has it now answers for it: what is missed climbs from there (LOOP S1).
            self.rung = if assignment.lead { self.rung.max(e.rung) } else { self.rung };
        }
        // Whoever goes on with the work goes on with its objection (LOOP I4).
        if self.objection.pending.as_ref().is_some_and(|by| by.post == e.from) {
            self.objection.pending = Some(e.to.clone());
        }
        self.handlers.add(&e.to, e.rung);
    }

    fn taken_over(&mut self, e: &event::TakenOver) {
        self.begun_anew();
        self.set_lead(&e.by, e.rung);
        self.accepted(&e.by, &e.actor_id);
        self.rung = self.rung.max(e.rung);
        self.referral = ReferralState::default();
        self.objection.pending = None;
    }

    fn arrived(&mut self, e: &event::Arrived) {
        self.handlers.add(&e.by, self.handlers.top_rung);
        self.handlers.acted(&e.actor_id);
        if e.outcome == event::ArrivalOutcome::Met {
            self.stage = Stage::OnSite;
            self.came = true;
            self.visited = true;
            self.contacted = true;
        }
    }

    fn proposed(&mut self, e: &event::Proposed) {
        self.last_line = self.last_line.max(e.number);
        self.proposals.insert(e.number, e.clone());
    }

    /// Every reporter is owed a notice that names the remedy; a merged file's reporters get theirs
    /// from the lead.
    fn ended(&mut self, e: &event::Ended) {
        self.stage = Stage::Completed;
        self.ending = Some(e.outcome);
        self.merged_into = e.merged_into;
        self.merged_promises = e.brings.as_ref().map(|b| b.promises.clone()).unwrap_or_default();
        if e.outcome == event::Outcome::Concluded {
            self.follow_up = FollowUpState::default();
        }
        for reporter in &mut self.reporters {
            reporter.notified = false;
            reporter.verdict = None;
        }
    }

    /// Whoever stands aside holds nothing of it from this moment on.
    fn party_named(&mut self, e: &event::PartyNamed) {
        self.recused.posts.extend(e.post);
        self.recused.persons.extend(e.person);
        self.recused.units.extend(e.unit);
        let had_lead = self.lead().is_some();
        let recused = self.recused.clone();
        let aside = |holder: &Holder| recused.covers(holder) || e.below.contains(&holder.post);
        let lost = |a: &Assignment| !a.lead && !a.done && aside(&a.holder);
        self.support_lost |= self.assignments.iter().any(lost);
        self.assignments.retain(|assignment| !aside(&assignment.holder));
        if let Some(before) = &mut self.before_reopen {
            before.assignments.retain(|assignment| !aside(&assignment.holder));
        }
        if self.objection.pending.as_ref().is_some_and(&aside) {
            self.objection.pending = None;
        }
        let working = matches!(self.stage, Stage::Dispatched | Stage::Accepted | Stage::OnSite);
        if had_lead && working && self.lead().is_none() {
            self.stage = Stage::Registered;
            self.referral.pending = false;
        }
    }

    fn notified(&mut self, e: &event::Notified) {
        for number in e.also.iter().chain([&e.reporter]) {
            if let Some(reporter) = self.reporters.get_mut(*number) {
                reporter.notified = true;
            }
        }
        self.all_told();
    }

    /// Whoever complains is owed a call-back of their own.
    fn rated(&mut self, reporter: usize, verdict: Verdict) {
        let at_work = self.is_worked_on();
        if let Some(known) = self.reporters.get_mut(reporter) {
            known.unhelped = at_work && !verdict.is_solved();
            self.unhelped = known.unhelped.then_some(reporter);
        }
        self.judged(reporter, verdict);
        self.settles_complaint(reporter, verdict);
        let complains = !verdict.is_solved() || verdict.wants_follow_up();
        if complains && self.may_be_called(reporter) {
            self.follow_up.complaints.insert(reporter);
        }
    }

    /// A verdict on a completion. What is said of a visit, or of earlier work, is kept in its event
    /// and settles nothing.
    pub(super) fn judged(&mut self, reporter: usize, verdict: Verdict) {
        if self.stage >= Stage::Completed
            && let Some(reporter) = self.reporters.get_mut(reporter)
        {
            reporter.verdict = Some(verdict);
        }
    }

    fn is_worked_on(&self) -> bool {
        self.stage < Stage::Completed
    }

    fn spoken_to(&mut self, reporter: usize, at_home: bool) {
        if let Some(known) = self.reporters.get_mut(reporter) {
            known.called = true;
            known.visited |= at_home;
        }
    }

    fn reopened(&mut self, e: &event::Reopened) {
        for reporter in &mut self.reporters {
            reporter.called = false;
            reporter.visited = false;
        }
        let by = e.reporter.filter(|number| self.may_be_called(*number));
        self.follow_up.complaints.extend(by);
        self.began_anew_for(e.reporter);
        self.before_reopen = Some(BeforeReopen {
            by: e.reporter,
            rung: self.rung,
            total_step: self.total_step,
            assignments: std::mem::take(&mut self.assignments),
            visited: self.visited,
            told: self.told().collect(),
            verdicts: self.verdicts(),
            ending: self.ending,
            joined: false,
        });
        self.round_at = e.at;
        self.support_lost = false;
        self.stage = Stage::Registered;
        self.reopens = e.count;
        self.closed_at = None;
        self.ending = None;
        self.visited = false;
        self.came = false;
        self.contacted = false;
        self.disputed = false;
        self.hold = None;
        self.pauses = 0;
        // Made once, whatever round it is; a unit fixed by ruling stays fixed (LOOP I4).
        self.objection.pending = None;
        self.referral = ReferralState::default();
        self.proposals.clear();
        self.follow_up.attempts.clear();
        self.raised = None;
        self.unhelped = None;
        for reporter in &mut self.reporters {
            reporter.notified = false;
            reporter.verdict = None;
            reporter.unhelped = false;
        }
    }

    fn closed(&mut self, e: &event::Closed) {
        self.stage = Stage::Closed;
        self.closed_at = Some(e.at);
        self.retention.clone_from(&e.retention);
        self.proposals.clear();
        self.objection.pending = None;
        self.referral.pending = false;
        if self.follow_up.ordered.is_some_and(|why| !why.keeps_open()) {
            self.follow_up.ordered = None;
        }
    }
}
