//! The fact row of one issue: what the figures are sums of (LOOP M1–M6).
//!
//! A row keeps what happened, so that nothing a unit does later — pausing, re-classifying, merging,
//! excluding — takes a broken promise out of it.

use std::collections::BTreeMap;

use domain::issue::IssueEvent;
use domain::issue::event::{
    ArrivalOutcome, Closed, HoldKind, Outcome, Proposal, Registered, ReporterAttached, Ruling,
};
use domain::shared::clock::ClockKind;
use domain::shared::ids::IssueId;
use domain::shared::ladder::Rung;
use domain::shared::matter::{Confidence, Size, Source, Track};
use domain::shared::moment::Moment;
use domain::shared::verdict::{Effect, Verdict};
use serde::{Deserialize, Serialize};

use crate::repeats::Subject;

mod contact;
mod merged;
mod reopening;

/// LOOP M4: the same person, place and category again within 30 days is a repeat.
const REPEAT_US: i64 = 30 * 86_400 * 1_000_000;

/// One issue. Flags are 0 or 1, times µs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueFacts {
    pub track: Track,
    pub received_at: i64,
    pub started_at: i64,
    /// The deadline as told to the resident at registration; nothing moves it.
    pub due_at: i64,
    pub big: bool,
    pub proactive: bool,
    /// Known to nobody: neither visited nor called back, so counted beside the rest (LOOP V3, M5).
    pub anonymous: bool,
    pub must_visit: bool,
    /// The highest rung that answered for it, by escalation or dispatch.
    pub reached_rung: u8,
    /// The highest rung that worked on it (LOOP M4).
    pub worked_rung: u8,
    /// Levels of the units that were called in.
    pub summoned: BTreeMap<u16, Rung>,
    pub accepted: bool,
    /// When the first call to the resident had to be made; whatever rests, and a merge, moves it no more.
    pub contact_due_at: Option<i64>,
    pub contacted: bool,
    pub met: bool,
    pub arrival_confirmed: bool,
    /// When the completion that still stands was reported, or an ending took effect.
    pub done_at: Option<i64>,
    pub completed: bool,
    pub outcome: Option<Outcome>,
    pub closed: bool,
    pub closed_at: Option<i64>,
    /// What the resident last said of the completion that stands; a conclusion stays dissatisfied.
    pub effect: Option<Effect>,
    /// The resident pressed or said something, of a visit perhaps: reached, if nothing more (LOOP C6).
    pub rated: bool,
    /// The verdict window passed, or the file ended: whoever has said nothing counts as not satisfied.
    pub verdict_due: bool,
    pub in_presence: bool,
    pub reopens: u32,
    /// A later file of the same person, place and category followed within 30 days (LOOP M4).
    pub repeated: bool,
    /// Who, where and what: a later file of the same is a repeat of this one (LOOP M4).
    pub subject: Subject,
    /// The total clock expired, with whatever the resident wished or the law replaced.
    pub total_expired_at: Option<i64>,
    /// A clock of a holder expired, pauses allowed for.
    pub holder_late: bool,
    /// The promised arrival and the promised call that passed first, and whether anything else of the holder's
    /// did.
    late_arrival: Option<i64>,
    late_contact: Option<i64>,
    late_besides: bool,
    pub pauses: u32,
    pub extensions: u32,
    pub reclassified: u32,
    pub deferred: bool,
    pub deferrals: u32,
    pub excluded: bool,
    pub merged: bool,
    /// How the file it was merged into ended without a solution: so did this one; concluded, it stays
    /// dissatisfied with it (LOOP V2, M5).
    pub lead_ending: Option<Outcome>,
    /// The file it was merged into was closed without everybody's verdict: nobody's counts as satisfied.
    pub lead_unconfirmed: bool,
    /// Reopenings that it shares with the file it was merged into.
    lead_reopens: u32,
    /// A “not solved” said while the work goes on raises a rung and reopens nothing.
    unhelped: bool,
    raised: bool,
    /// As it stood when it was merged, should that be undone.
    at_merge: Option<Box<IssueFacts>>,
    /// Whose verdict is this row's: of what staff had found, the first who brought it after all.
    own: usize,
    /// Files merged into this one, in the order of their reporters; 0 is the own reporter.
    pub reporters: Vec<Option<IssueId>>,
    proposals: Vec<(u16, bool)>,
    /// What stood before a reopening nobody has worked on yet, should the key have been pressed by
    /// mistake (LOOP V1).
    before: Option<Box<IssueFacts>>,
}

impl IssueFacts {
    pub(crate) fn new(e: &Registered) -> Self {
        Self {
            track: e.matter.track,
            received_at: e.registered_at.0,
            started_at: e.started_at.0,
            due_at: e.total_due_at.unwrap_or(Moment::MAX).0,
            big: e.matter.size == Size::Big,
            proactive: e.matter.source == Source::Proactive,
            anonymous: e.matter.reporter.confidence == Confidence::Anonymous,
            must_visit: e.matter.must_visit,
            reached_rung: e.rung as u8,
            reporters: vec![None],
            subject: Subject::new(e),
            ..Self::default()
        }
    }

    pub(crate) fn evolve(&mut self, fact: &IssueEvent) {
        self.learn_of_raising(fact);
        self.learn_of_supports(fact);
        match fact {
            IssueEvent::Dispatched(e) => {
                self.reached(e.rung);
                self.before = None;
            }
            IssueEvent::Accepted(_) => self.accepted = true,
            IssueEvent::TakenOver(e) => {
                self.reached(e.rung);
                self.worked(e.rung);
                self.accepted = true;
                self.before = None;
            }
            IssueEvent::HandedOver(e) => self.reached(e.rung),
            IssueEvent::Escalated(e) => self.climbed(e),
            IssueEvent::ContactMade(e) if e.reached && [0, self.own].contains(&e.reporter) => {
                self.spoken_to();
            }
            IssueEvent::Arrived(e) if e.outcome == ArrivalOutcome::Met => {
                self.met = true;
                self.contacted = true;
            }
            // What a merged neighbour confirms is a visit to the neighbour (ADR 11).
            IssueEvent::ArrivalConfirmed(e) if e.reporter == self.own => {
                self.arrival_confirmed = true;
                self.contacted = true;
                self.came_at(e.came_at);
            }
            IssueEvent::ArrivalConfirmed(_) => {}
            IssueEvent::Completed(e) => self.reported_done(e.at),
            IssueEvent::Rated(e) if e.reporter == self.own => {
                self.judged(e.verdict);
                self.in_presence |= e.in_presence;
            }
            IssueEvent::FollowedUp(e) => {
                if e.by_mistake && !std::mem::take(&mut self.raised) {
                    self.reopening_was_a_mistake();
                }
                let own = e.verdict.filter(|_| e.reporter == self.own);
                own.into_iter().for_each(|verdict| self.heard(verdict));
            }
            IssueEvent::Reopened(e) => {
                self.before = Some(Box::new(Self { before: None, ..self.clone() }));
                self.reopened(e.count);
            }
            IssueEvent::Ended(e) => self.ended(e.outcome, e.at),
            IssueEvent::Unmerged(_) => self.unmerged(),
            // What was merged away is open as long as its lead is (LOOP I5).
            IssueEvent::Closed(_) if self.merged => {}
            IssueEvent::Closed(e) => self.closed_as(e),
            IssueEvent::ReporterAttached(e) => {
                self.subject.brought_by(&e.reporter);
                self.attached(e);
            }
            IssueEvent::ReporterDetached(e) => {
                for number in e.also.iter().chain([&e.reporter]) {
                    if let Some(from) = self.reporters.get_mut(*number) {
                        *from = None;
                    }
                }
            }
            _ => self.changed(fact),
        }
    }

    /// The resident's side says when somebody came: in time after all, it was not late (LOOP I7).
    fn came_at(&mut self, at: Option<Moment>) {
        let late = |due: &i64| at.is_none_or(|at| at.0 >= *due);
        // Whoever met them spoke to them.
        self.late_arrival = self.late_arrival.filter(late);
        self.late_contact = self.late_contact.filter(late);
        let others = self.late_arrival.or(self.late_contact);
        self.holder_late = self.late_besides || others.is_some();
    }

    fn closed_as(&mut self, e: &Closed) {
        self.outcome = Some(e.outcome);
        self.has_closed(e.at);
    }

    fn has_closed(&mut self, at: Moment) {
        self.closed = true;
        self.closed_at = Some(at.0);
        self.verdict_due = true;
    }

    /// Somebody brought it: it is a resident's matter from now on. A file that was merged into it keeps its own row, and this one what it was.
    fn attached(&mut self, e: &ReporterAttached) {
        let merged_from = e.reporter.merged_from;
        // Whoever was promised an earlier end has no row but this one (LOOP C1).
        self.due_at = e.total_due_at.map_or(self.due_at, |own| own.0.min(self.due_at));
        // Whoever worked on the file that comes has worked on this one (LOOP M4).
        if let Some(more) = &e.takes_on {
            self.worked(more.past.handlers.top_rung);
        }
        let found = self.proactive;
        if self.proactive && merged_from.is_none() {
            self.proactive = false;
            self.own = self.reporters.len();
        }
        if merged_from.is_none() && e.reporter.confidence != Confidence::Anonymous {
            let visit = e.takes_on.as_ref().is_some_and(|more| more.visit);
            self.known_now(found, visit);
        }
        self.reporters.push(merged_from);
        self.closed = false;
        // The work that began anew is theirs too: no mistake ends it.
        self.before = None;
    }

    /// Whoever was called in, and came, worked on it too (LOOP M4).
    fn learn_of_supports(&mut self, fact: &IssueEvent) {
        match fact {
            IssueEvent::Summoned(e) => {
                self.summoned.insert(e.support, e.rung);
            }
            IssueEvent::Joined(e) => {
                let rung = self.summoned.get(&e.support).copied();
                self.worked(rung.unwrap_or(Rung::Grid));
            }
            _ => {}
        }
    }

    /// Holds, exclusions, re-classifications, and the clocks.
    fn changed(&mut self, fact: &IssueEvent) {
        match fact {
            IssueEvent::PolicyReplaced(e) => self.must_visit |= e.must_visit,
            IssueEvent::Excluded(_) => self.excluded = true,
            IssueEvent::Restored(_) => self.excluded = false,
            IssueEvent::Reclassified(e) => {
                self.reclassified += 1;
                self.must_visit |= e.must_visit;
                self.subject.reclassified(e);
            }
            IssueEvent::Held(e) => match e.kind {
                HoldKind::Deferral => {
                    self.deferred = true;
                    self.deferrals += 1;
                }
                HoldKind::Pause | HoldKind::Question | HoldKind::ResidentWish => self.pauses += 1,
            },
            IssueEvent::Resumed(_) => self.deferred = false,
            IssueEvent::Proposed(e) => {
                let extends = matches!(e.proposal, Proposal::Extend { .. });
                self.proposals.push((e.number, extends));
            }
            IssueEvent::ProposalDecided(e) => self.decided(e.number, e.ruling),
            IssueEvent::ClockStarted(e) => self.contact_promised(e),
            // A step before the whole time is over breaks no promise (LOOP M3).
            IssueEvent::ClockExpired(e) if e.warns => {}
            IssueEvent::ClockExpired(e) => self.expired(e.clock, e.due_at),
            _ => {}
        }
    }

    /// Whether it had been said to be done, or was closed, within 30 days before `at`: the same again then is
    /// a repeat (LOOP M4).
    pub(crate) fn stood_at(&self, at: Moment) -> bool {
        let ended = self.closed_at.max(self.done_at);
        ended.is_some_and(|ended| ended <= at.0 && at.0 - ended < REPEAT_US)
    }

    fn reached(&mut self, rung: Rung) {
        self.reached_rung = self.reached_rung.max(rung as u8);
        self.worked(rung);
    }

    fn worked(&mut self, rung: Rung) {
        self.worked_rung = self.worked_rung.max(rung as u8);
    }

    fn judged(&mut self, verdict: Verdict) {
        self.rated = true;
        let concluded = self.outcome == Some(Outcome::Concluded)
            || self.lead_ending == Some(Outcome::Concluded);
        if self.done_at.is_some() && !concluded {
            self.effect = Some(verdict.effect);
            self.verdict_due = true;
        }
    }

    /// A call-back about a result that has begun anew for somebody else: whoever says that it helped them no
    /// more than others has judged it (LOOP M3).
    fn heard(&mut self, verdict: Verdict) {
        self.judged(verdict);
        if self.reopens > 0 && !verdict.is_solved() {
            self.effect = Some(verdict.effect);
            self.verdict_due = true;
        }
    }

    fn ended(&mut self, outcome: Outcome, at: Moment) {
        // Ended before anybody had to call: nobody was owed it.
        let owed = |due: &i64| *due <= at.0 || self.contacted || outcome == Outcome::Merged;
        self.contact_due_at = self.contact_due_at.filter(owed);
        if outcome == Outcome::Merged {
            self.at_merge = Some(Box::new(Self { before: None, at_merge: None, ..self.clone() }));
            self.before = None;
        }
        self.outcome = Some(outcome);
        self.merged = outcome == Outcome::Merged;
        // The lead completes what was merged into it; until then the deadline goes on.
        self.done_at = (!self.merged).then_some(at.0);
        if outcome == Outcome::Concluded {
            self.effect = Some(Effect::NotSolved);
        }
    }

    fn decided(&mut self, number: u16, ruling: Ruling) {
        let extends = self.proposals.iter().any(|(known, extends)| *known == number && *extends);
        if extends && ruling == Ruling::Approved {
            self.extensions += 1;
        }
        self.proposals.retain(|(known, _)| *known != number);
    }

    fn expired(&mut self, clock: ClockKind, due_at: Moment) {
        match clock {
            ClockKind::Total => {
                self.total_expired_at = self.total_expired_at.or(Some(due_at.0));
            }
            ClockKind::Verdict => self.verdict_due = true,
            ClockKind::Arrive => {
                self.late_arrival = self.late_arrival.or(Some(due_at.0));
                self.holder_late = true;
            }
            // Whoever never takes it on never has to call: that is no way round the call (LOOP M2).
            ClockKind::Accept => {
                if !self.anonymous {
                    self.contact_owed(due_at.0);
                }
                self.late_besides = true;
                self.holder_late = true;
            }
            ClockKind::FirstContact => {
                self.late_contact = self.late_contact.or(Some(due_at.0));
                self.holder_late = true;
            }
            ClockKind::Resolve | ClockKind::Notice => {
                self.late_besides = true;
                self.holder_late = true;
            }
            _ => {}
        }
    }
}
