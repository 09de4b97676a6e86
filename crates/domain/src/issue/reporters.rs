//! Who waits for a notice and a verdict of a file: reporters come and go as files are merged and undone.

use std::collections::{BTreeMap, BTreeSet};

use super::event;
use super::{BeforeMerge, HeldTo, Issue, IssueError, ReporterState, Stage, merge};
use crate::shared::actor::ActorKind;
use crate::shared::clock::ClockKind;
use crate::shared::given::{Given, MergeLead};
use crate::shared::ids::{CallId, DeviceId, HouseholdId, IssueId};
use crate::shared::ladder::Recused;
use crate::shared::matter::{Confidence, Reporter, Source, Track, Urgency};
use crate::shared::moment::Moment;
use crate::shared::verdict::Verdict;

impl Issue {
    /// Reporters who still wait for a notice and a verdict of this file.
    pub fn active_reporters(&self) -> impl Iterator<Item = (usize, &ReporterState)> {
        self.reporters.iter().enumerate().filter(|(_, reporter)| !reporter.detached)
    }

    /// Somebody whom nobody of the own village may visit (LOOP V3).
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        self.active_reporters().any(|(_, r)| r.confidence == Confidence::Confidential)
    }

    /// Whether anybody may know that it was told in this call: not of an accusation (LOOP A1), nor of what was
    /// told in confidence, also by somebody who takes no part any more (LOOP V3).
    #[must_use]
    pub fn is_traced_to(&self, call: CallId) -> bool {
        let began = self.matter.source == Source::Call { call };
        let told = self.reporters.iter().enumerate().filter(|(number, known)| {
            known.call == Some(call) || (*number == 0 && began && known.call.is_none())
        });
        let in_confidence = told.map(|(_, known)| known.confidence);
        self.track != Track::Supervision
            && in_confidence.into_iter().all(|known| known != Confidence::Confidential)
    }

    /// Nobody can be called: the receipt is notice and verdict window (LOOP V3).
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.active_reporters().all(|(_, r)| r.confidence == Confidence::Anonymous)
    }

    /// Found by staff, and brought by nobody since: a second person checks it (LOOP V3).
    #[must_use]
    pub fn is_proactive(&self) -> bool {
        let found = self.matter.source == Source::Proactive;
        found && self.active_reporters().all(|(number, _)| number == 0)
    }

    /// Nobody calls whom nobody knows (LOOP V3).
    pub(super) fn may_be_called(&self, number: usize) -> bool {
        let known = self.reporters.get(number);
        known.is_some_and(|reporter| reporter.confidence != Confidence::Anonymous)
    }

    /// Files whose reporters are this one's, as long as the merges stand.
    #[must_use]
    pub fn files_merged_into_it(&self) -> Vec<IssueId> {
        let files = self.active_reporters().flat_map(|(_, reporter)| {
            reporter.merged_from.iter().chain(&reporter.merged_through).copied()
        });
        Vec::from_iter(files.collect::<BTreeSet<_>>())
    }

    /// Whether somebody of this household brought it.
    pub(super) fn is_of(&self, household: Option<HouseholdId>, device: Option<DeviceId>) -> bool {
        self.active_reporters().any(|(_, known)| known.is_of(household, device))
    }

    /// Whether this somebody, from a household that has not brought it so far, must be visited too.
    pub(super) fn owes_visit_to(&self, reporter: &Reporter) -> bool {
        let known = reporter.confidence != Confidence::Anonymous && reporter.household.is_some();
        self.must_visit && known && !self.is_of(reporter.household, reporter.device)
    }

    /// Whether a call of this household becomes one of its reporters: whoever comes is promised no less than
    /// a file of their own would promise (LOOP C1, K2). What was told in confidence takes no call, not even the
    /// reporter's own: whether it does would tell whose call it was (LOOP V3).
    ///
    /// # Errors
    /// The file is on another track, a confidential one, or reported done.
    pub fn require_attachable(
        &self,
        household: Option<HouseholdId>,
        device: Option<DeviceId>,
    ) -> Result<(), IssueError> {
        if self.is_confidential() {
            return Err(IssueError::ConfidentialStaysAlone);
        }
        if self.is_of(household, device) {
            return Ok(());
        }
        // Whoever comes is visited, and the visits are over (LOOP I1): as no file is merged into it any more.
        let is_visited = self.must_visit || self.is_anonymous() || self.is_proactive();
        if self.stage >= Stage::Completed && is_visited {
            return Err(IssueError::ReportedDone);
        }
        if self.track != Track::Service {
            return Err(IssueError::OtherTrack);
        }
        Ok(())
    }

    /// Nobody speaks for another reporter: a device only for the one it belongs to.
    pub(super) fn require_own_word(&self, given: &Given, number: usize) -> Result<(), IssueError> {
        self.require_reporter(number)?;
        let actor = &given.actor;
        if !actor.is_residents_side() {
            return Ok(());
        }
        let owns = |known: &ReporterState| {
            known.device.is_some_and(|device| device.to_string() == actor.id)
        };
        let own = self.reporters.get(number).is_some_and(owns);
        let another = self.active_reporters().any(|(_, known)| owns(known));
        if own || !(another || actor.kind == ActorKind::Device) {
            Ok(())
        } else {
            Err(IssueError::OthersWord)
        }
    }

    pub(super) fn require_reporter(&self, asked: usize) -> Result<(), IssueError> {
        let known = self.reporters.len();
        let there = self.reporters.get(asked).is_some_and(|reporter| !reporter.detached);
        if there { Ok(()) } else { Err(IssueError::UnknownReporter { asked, known }) }
    }

    /// What a file that would be merged into this one must know of it.
    #[must_use]
    pub fn as_lead(&self) -> MergeLead {
        let working = Stage::WORKING.contains(&self.stage);
        MergeLead {
            open: working && self.merged_into.is_none() && self.hold.is_none(),
            track: self.track,
            competent: self.competent,
            confidential: self.is_confidential(),
            recusal: self.recused != Recused::default(),
            concluded: self.ending == Some(event::Outcome::Concluded),
            closed_at: self.closed_at,
            ..MergeLead::default()
        }
    }

    /// As [`Issue::as_lead`], for the file whose merge would be undone: whether one of its reporters
    /// complained here, and no call-back has heard it.
    #[must_use]
    pub fn as_lead_of(&self, file: IssueId) -> MergeLead {
        let complained = |number: &usize| {
            self.reporters.get(*number).is_some_and(|reporter| reporter.came_by(file))
        };
        let complaint = self.follow_up.complaints.difference(&self.follow_up.heard).any(complained);
        let heard = self.follow_up.heard.iter().copied().find(complained);
        let number_there =
            |number: usize| self.reporters.get(number)?.number_there.or(Some(number));
        let own = || self.active_reporters().filter(|(_, reporter)| reporter.came_by(file));
        let reopens = own().map(|(_, reporter)| reporter.reopened).max().unwrap_or(0);
        MergeLead {
            complaint,
            reopens,
            raised_to: (reopens > 0).then_some(self.rung),
            called: own().any(|(_, reporter)| reporter.called),
            visited: own().any(|(_, reporter)| reporter.visited),
            heard: heard.and_then(number_there),
            ..self.as_lead()
        }
    }

    /// One more reporter is owed a notice, so an issue that had told everybody has not any more.
    pub(super) fn attached(&mut self, e: &event::ReporterAttached) {
        // What staff had found has somebody now who brought it: nobody stands for them any more (LOOP V3).
        if self.is_proactive()
            && let Some(nobody) = self.reporters.first_mut()
        {
            nobody.detached = true;
            // What a checker found wrong is the resident's to judge from now on.
            self.follow_up.complaints.remove(&0);
        }
        self.before_reopen.iter_mut().for_each(|before| before.joined = true);
        let merges = e.takes_on.is_some() && e.reporter.merged_from.is_some();
        let own = (merges && self.before_merge.is_none()).then(|| self.own_deadlines());
        self.before_merge = self.before_merge.take().or(own);
        self.joined_by(&e.reporter);
        self.started_at = e.started_at.map_or(self.started_at, |own| own.min(self.started_at));
        if let Some(more) = &e.takes_on {
            self.takes_on(more, e.started_at);
        }
        let held_to = self.held_to();
        self.before_merge.iter_mut().for_each(|before| before.merged = held_to.clone());
        if self.stage >= Stage::Notified {
            self.stage = Stage::Completed;
            self.closed_at = None;
        }
    }

    /// A household that calls again about its own file is one person still: owed one notice, with one
    /// verdict, in the confidence it asked for (LOOP I5, V3). The call keeps its number.
    fn joined_by(&mut self, reporter: &Reporter) {
        let mut comes = ReporterState::new(reporter);
        let known = self.reporters.iter_mut().find(|known| {
            reporter.merged_from.is_none() && !known.detached && known.is_same_household(&comes)
        });
        if let Some(known) = known {
            known.device = comes.device.or(known.device);
            known.notified = false;
            known.verdict = None;
            comes.detached = true;
        }
        self.reporters.push(comes);
    }

    /// How many people brought it: several files of one household are one household's.
    pub(super) fn households(&self) -> usize {
        let active: Vec<&ReporterState> = self.active_reporters().map(|(_, r)| r).collect();
        let before = |place: usize| active.iter().take(place);
        let first = |(place, comes): &(usize, &&ReporterState)| {
            !before(*place).any(|known| known.is_same_household(comes))
        };
        active.iter().enumerate().filter(first).count()
    }

    pub(super) fn takes_on(&mut self, more: &event::TakesOn, started_at: Option<Moment>) {
        if let Some(total) = &more.total {
            self.started_at = started_at.unwrap_or(self.started_at);
            self.total_under = (total.policy.clone(), total.terms.clone());
            self.total_held_us = total.held_us;
        }
        if let Some(terms) = &more.urgent_terms {
            self.matter.urgency = Urgency::Urgent;
            self.terms.clone_from(terms);
        }
        let past = &more.past;
        self.handlers.absorb(&past.handlers);
        self.objection.used |= past.objected;
        self.objection.let_go.extend(&past.let_go);
        self.pauses = self.pauses.max(past.pauses);
        self.came |= past.came;
        self.must_visit |= more.visit;
        self.visited &= !more.visit;
        self.contacted &= !more.contact;
    }

    fn own_deadlines(&self) -> BeforeMerge {
        let own = self.held_to();
        BeforeMerge { merged: own.clone(), own, promises: merge::promises(self) }
    }

    fn held_to(&self) -> HeldTo {
        HeldTo {
            started_at: self.started_at,
            total_under: self.total_under.clone(),
            total_held_us: self.total_held_us,
            urgency: self.matter.urgency,
            terms: self.terms.clone(),
        }
    }

    /// Nothing that was merged is left: what came with it goes, unless something else changed it since.
    fn own_again(&mut self) {
        if self.active_reporters().any(|(_, known)| known.merged_from.is_some()) {
            return;
        }
        let Some(BeforeMerge { own, merged, .. }) = self.before_merge.take() else {
            return;
        };
        let now = self.held_to();
        if now.started_at == merged.started_at {
            self.started_at = own.started_at;
            self.total_held_us += own.total_held_us - merged.total_held_us;
        }
        if now.total_under == merged.total_under {
            self.total_under = own.total_under;
        }
        if (now.urgency, &now.terms) == (merged.urgency, &merged.terms) {
            self.matter.urgency = own.urgency;
            self.terms = own.terms;
        }
    }

    pub(super) fn detached(&mut self, e: &event::ReporterDetached) {
        for number in e.also.iter().chain([&e.reporter]) {
            self.follow_up.complaints.remove(number);
            self.follow_up.heard.remove(number);
            if let Some(reporter) = self.reporters.get_mut(*number) {
                reporter.detached = true;
            }
        }
        // Nobody brings it any more: it is what staff had found, and is checked again (LOOP V3).
        if self.matter.source == Source::Proactive
            && self.active_reporters().next().is_none()
            && let Some(nobody) = self.reporters.first_mut()
        {
            nobody.detached = false;
            nobody.notified = false;
        }
        self.own_again();
        // Nobody is visited whom nobody knows (LOOP V3).
        self.must_visit &= !self.is_anonymous() || self.active_reporters().next().is_none();
        self.all_told();
    }

    /// What each reporter has said of the completion that stands.
    pub(super) fn verdicts(&self) -> BTreeMap<usize, Verdict> {
        let said = self.active_reporters().filter_map(|(number, r)| Some((number, r.verdict?)));
        said.collect()
    }

    pub(super) fn unmerged(&mut self, e: &event::Unmerged) {
        self.reopens += e.reopens;
        self.rung = e.raised_to.map_or(self.rung, |rung| rung.max(self.rung));
        self.follow_up.complaints.extend(e.heard);
        self.follow_up.heard.extend(e.heard);
        self.contacted |= e.called;
        self.visited |= e.visited;
        let waits = |promise: &&event::Promise| {
            matches!(promise.clock, ClockKind::Accept | ClockKind::Dispatch)
        };
        self.accept_owed = self.merged_promises.iter().find(waits).cloned();
        self.stage = Stage::Registered;
        self.ending = None;
        self.merged_into = None;
        self.merged_promises.clear();
        self.closed_at = None;
        self.assignments.clear();
    }

    pub(super) fn told(&self) -> impl Iterator<Item = usize> {
        self.active_reporters().filter(|(_, r)| r.notified).map(|(number, _)| number)
    }

    pub(super) fn all_told(&mut self) {
        let told = self.active_reporters().all(|(_, reporter)| reporter.notified);
        if self.stage == Stage::Completed && told {
            self.stage = Stage::Notified;
            self.follow_up.attempts.clear();
        }
    }
}

impl ReporterState {
    fn is_of(&self, household: Option<HouseholdId>, device: Option<DeviceId>) -> bool {
        (self.household.is_some() && self.household == household)
            || (self.device.is_some() && self.device == device)
    }

    fn is_same_household(&self, other: &Self) -> bool {
        self.is_of(other.household, other.device)
    }

    pub(super) fn new(reporter: &Reporter) -> Self {
        Self {
            device: reporter.device,
            household: reporter.household,
            call: reporter.call,
            confidence: reporter.confidence,
            merged_from: reporter.merged_from,
            number_there: reporter.number_there,
            merged_through: reporter.merged_through.clone(),
            ..Self::default()
        }
    }
}
