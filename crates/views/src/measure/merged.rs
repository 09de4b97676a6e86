//! The row of a file that was merged into another: it follows its lead until that is undone (LOOP I5).

use domain::issue::IssueEvent;
use domain::issue::event::{ArrivalOutcome, Outcome};
use domain::shared::ladder::Rung;
use domain::shared::verdict::Effect;

use super::IssueFacts;

impl IssueFacts {
    /// What the lead file says of a file that was merged into it: its reporter's own verdict, and every
    /// promise that is broken or kept there (LOOP I5).
    pub(crate) fn follow_lead(&mut self, reporter: usize, fact: &IssueEvent) {
        self.learn_of_raising(fact);
        match fact {
            IssueEvent::Rated(e) if e.reporter == reporter => {
                self.judged(e.verdict);
                self.in_presence |= e.in_presence;
            }
            IssueEvent::FollowedUp(e) => {
                // What it was reopened for before the merge was no mistake of the lead's reporters.
                let shared = self.lead_reopens > 0;
                if e.by_mistake && !std::mem::take(&mut self.raised) && shared {
                    self.lead_reopens -= 1;
                    self.reopening_was_a_mistake();
                }
                let own = e.verdict.filter(|_| e.reporter == reporter);
                own.into_iter().for_each(|verdict| self.heard(verdict));
            }
            IssueEvent::Accepted(_) => self.accepted = true,
            // It stands wherever its lead stands.
            IssueEvent::Dispatched(e) => self.goes_on_at(e.rung),
            IssueEvent::TakenOver(e) => self.goes_on_at(e.rung),
            IssueEvent::HandedOver(e) => self.reached_rung = self.reached_rung.max(e.rung as u8),
            IssueEvent::Escalated(e) => self.climbed(e),
            // A lead that was merged itself says nothing any more; its own lead does.
            IssueEvent::Closed(e) if e.outcome == Outcome::Merged => {}
            IssueEvent::Ended(e) if e.outcome == Outcome::Merged => {}
            IssueEvent::Closed(e) => {
                self.lead_unconfirmed = e.outcome == Outcome::Unconfirmed;
                self.has_closed(e.at);
            }
            IssueEvent::ReporterAttached(_) => {
                self.closed = false;
                self.before = None;
            }
            // One call or visit is not one to each household that was merged: theirs is a call of their own, and
            // what they confirm (LOOP M2).
            IssueEvent::ContactMade(e) if e.reached && e.reporter == reporter => self.spoken_to(),
            IssueEvent::ArrivalConfirmed(e) if e.reporter == reporter => {
                self.arrival_confirmed = true;
                self.contacted = true;
            }
            IssueEvent::Completed(e) => self.done_with_lead(e.at),
            IssueEvent::Ended(e) => {
                self.done_at = Some(e.at.0);
                self.lead_ending = Some(e.outcome);
                if e.outcome == Outcome::Concluded {
                    self.effect = Some(Effect::NotSolved);
                }
            }
            IssueEvent::Reopened(_) => self.reopens_with_lead(),
            // Its household is owed a call as soon as the lead is.
            IssueEvent::ClockStarted(e) => self.contact_promised(e),
            // Whatever rests, and whatever is put off, rests for its household too (LOOP M5).
            IssueEvent::Held(_)
            | IssueEvent::Resumed(_)
            | IssueEvent::Proposed(_)
            | IssueEvent::ProposalDecided(_) => self.changed(fact),
            IssueEvent::Reclassified(_) => self.reclassified += 1,
            IssueEvent::ClockExpired(e) if e.warns => {}
            IssueEvent::ClockExpired(e) => self.expired(e.clock, e.due_at),
            // Its lead is a file of its own again, and works on.
            IssueEvent::Unmerged(_) => {
                if let Some(own) = self.at_merge.take() {
                    self.works_on(&own);
                    self.at_merge = Some(own);
                }
            }
            _ => {}
        }
    }

    /// As the row of the matter itself: the lead is what staff had found, and this household alone brought it
    /// (ADR 11).
    pub(crate) fn stand_for(&mut self, lead: &Self, fact: &IssueEvent) {
        if !self.merged {
            return;
        }
        self.accepted |= lead.accepted;
        self.worked_rung = self.worked_rung.max(lead.worked_rung);
        self.completed = lead.completed;
        self.outcome = lead.outcome.filter(|_| lead.closed).or(Some(Outcome::Merged));
        if let IssueEvent::Arrived(e) = fact
            && e.outcome == ArrivalOutcome::Met
        {
            self.met = true;
            self.spoken_to();
        }
    }

    fn reopens_with_lead(&mut self) {
        self.before = Some(Box::new(Self { before: None, ..self.clone() }));
        self.done_at = None;
        self.met = false;
        self.arrival_confirmed = false;
        self.closed = false;
        self.lead_unconfirmed = false;
        self.lead_ending = None;
        self.lead_reopens += 1;
        self.reopens += 1;
        self.unsaid();
    }

    /// The lead's work is somebody's again: no reopening is a mistake any more.
    fn goes_on_at(&mut self, rung: Rung) {
        self.reached_rung = self.reached_rung.max(rung as u8);
        self.before = None;
    }

    /// Its own again: what was promised and broken meanwhile stays; what was done for the lead was not done here.
    pub(super) fn unmerged(&mut self) {
        let Some(own) = self.at_merge.take() else {
            return;
        };
        self.merged = false;
        self.outcome = None;
        self.completed = false;
        self.works_on(&own);
    }

    /// What was done for a lead that is none any more was not done here.
    fn works_on(&mut self, own: &Self) {
        self.unsaid();
        self.effect = self.effect.or(own.effect);
        self.done_at = None;
        self.closed = false;
        self.closed_at = own.closed_at;
        self.met = own.met;
        self.verdict_due = own.verdict_due;
        self.lead_ending = None;
        self.lead_unconfirmed = false;
        self.lead_reopens = 0;
        self.deferred = own.deferred;
        self.before = None;
    }
}

#[cfg(test)]
mod tests {
    use domain::issue::event::{Closed, Ended, FollowedUp, Held, HoldKind, ReopenReason, Reopened};
    use domain::shared::moment::Moment;
    use domain::shared::sealed::Sealed;
    use domain::shared::verdict::{Thumb, Verdict};

    use super::*;

    /// V2: what its lead was concluded with, a merged file stays dissatisfied with, whoever says what later.
    #[test]
    fn v2_a_merged_file_stays_dissatisfied_with_a_concluded_lead() {
        let (at, verdict) = (Moment(1), Some(Verdict::of_thumb(Thumb::Up)));
        let solved = IssueEvent::from(FollowedUp {
            reporter: 1,
            verdict,
            note: None,
            by_mistake: false,
            actor_id: "caller".into(),
            person: None,
            at,
        });
        for (outcome, effect) in [
            (Outcome::Concluded, Some(Effect::NotSolved)),
            (Outcome::Declined, Some(Effect::Solved)),
        ] {
            let mut row = IssueFacts { merged: true, ..IssueFacts::default() };
            let ended = Ended {
                outcome,
                merged_into: None,
                reporters: Vec::new(),
                started_at: None,
                brings: None,
                at,
            };
            row.follow_lead(1, &ended.into());
            row.follow_lead(1, &solved);
            assert_eq!(row.effect, effect);
        }
    }

    fn reopened(reporter: usize) -> IssueEvent {
        let (why, reason, reporter) = (ReopenReason::NotSolved, None, Some(reporter));
        Reopened { why, reason, count: 1, reporter, at: Moment(2) }.into()
    }

    fn mistake(reporter: usize) -> IssueEvent {
        let verdict = Some(Verdict::of_thumb(Thumb::Up));
        let (note, actor_id, person) = (None, "caller".into(), None);
        let at = Moment(3);
        FollowedUp { reporter, verdict, note, by_mistake: true, actor_id, person, at }.into()
    }

    fn no_help(reporter: usize) -> IssueEvent {
        let verdict = Some(Verdict::of_thumb(Thumb::Down));
        let (note, actor_id, person) = (None, "caller".into(), None);
        let (by_mistake, at) = (false, Moment(3));
        FollowedUp { reporter, verdict, note, by_mistake, actor_id, person, at }.into()
    }

    /// M3: whoever is called after the work began anew for a neighbour has judged the same result.
    #[test]
    fn m3_a_follow_up_hears_each_household_of_a_result() {
        let merged = IssueFacts { merged: true, done_at: Some(1), ..IssueFacts::default() };
        let mut row = merged.clone();
        row.follow_lead(1, &no_help(1));
        let at_once = (row.effect, row.verdict_due);
        let mut row = merged;
        row.follow_lead(1, &reopened(0));
        assert_eq!((row.effect, row.verdict_due), (None, false));
        row.follow_lead(1, &no_help(0));
        assert_eq!((row.effect, row.verdict_due), (None, false), "the neighbour's word");
        row.follow_lead(1, &no_help(1));
        assert_eq!((row.effect, row.verdict_due), at_once);
        assert_eq!(at_once, (Some(Effect::NotSolved), true));
    }

    /// M5: whatever rests its lead rests it, and is counted with it, until the merge is undone.
    #[test]
    fn m5_a_merged_file_rests_with_its_lead() {
        let held = |kind| {
            let (key_id, text) = (uuid::Uuid::nil(), String::new());
            let reason = Sealed { key_id, commitment: String::new(), text };
            let (heard_by, heard_by_person) = (String::new(), None);
            let (until, at) = (Moment(9), Moment(1));
            Held { kind, reason, until, heard_by, heard_by_person, at }.into()
        };
        let ended = Ended {
            outcome: Outcome::Merged,
            merged_into: None,
            reporters: Vec::new(),
            started_at: None,
            brings: None,
            at: Moment(1),
        };
        let mut row = IssueFacts::default();
        row.evolve(&ended.into());
        row.follow_lead(1, &held(HoldKind::Pause));
        row.follow_lead(1, &held(HoldKind::Deferral));
        assert_eq!((row.pauses, row.deferrals, row.deferred), (1, 1, true));
        row.unmerged();
        assert_eq!((row.pauses, row.deferrals, row.deferred), (1, 1, false), "they did rest it");
    }

    /// V1, M4: the lead's reporter takes back what they pressed, never an earlier reopening of this file.
    #[test]
    fn m4_a_mistake_in_the_lead_takes_back_what_the_lead_did() {
        let solved = Some(Effect::Solved);
        let merged =
            IssueFacts { merged: true, effect: solved, done_at: Some(1), ..IssueFacts::default() };
        let mut row = IssueFacts { reopens: 1, ..merged.clone() };
        row.follow_lead(1, &mistake(0));
        assert_eq!(row.reopens, 1, "reopened before the merge");
        let mut row = merged;
        row.follow_lead(1, &reopened(0));
        assert_eq!((row.reopens, row.effect, row.done_at), (1, None, None));
        row.follow_lead(1, &mistake(0));
        assert_eq!((row.reopens, row.effect, row.done_at), (0, solved, Some(1)), "as it was");
    }

    /// E1: closed without everybody's verdict, nobody's counts as satisfied; until the work begins anew.
    #[test]
    fn e1_a_merged_file_is_as_unconfirmed_as_its_lead() {
        let mut row = IssueFacts { merged: true, ..IssueFacts::default() };
        row.follow_lead(
            1,
            &Closed { outcome: Outcome::Unconfirmed, at: Moment(1), retention: None }.into(),
        );
        assert!(row.lead_unconfirmed);
        row.follow_lead(1, &reopened(1));
        assert!(!row.lead_unconfirmed);
    }

    /// ADR 11: what staff had found counts for the one household that brought it after all.
    #[test]
    fn m2_a_household_stands_for_what_staff_had_found() {
        let lead = IssueFacts {
            proactive: true,
            accepted: true,
            worked_rung: 1,
            completed: true,
            closed: true,
            outcome: Some(Outcome::ConfirmedSolved),
            ..IssueFacts::default()
        };
        let closed =
            Closed { outcome: Outcome::ConfirmedSolved, at: Moment(3), retention: None }.into();
        let mut row =
            IssueFacts { merged: true, outcome: Some(Outcome::Merged), ..IssueFacts::default() };
        row.follow_lead(1, &closed);
        row.stand_for(&lead, &closed);
        assert_eq!((row.accepted, row.completed, row.worked_rung), (true, true, 1));
        assert_eq!((row.outcome, row.closed), (Some(Outcome::ConfirmedSolved), true));
        // Begun anew, it is neither; its own again, it was never that.
        let again = IssueFacts { completed: false, closed: false, outcome: None, ..lead };
        row.follow_lead(1, &reopened(1));
        row.stand_for(&again, &reopened(1));
        assert_eq!((row.completed, row.outcome, row.closed), (false, Some(Outcome::Merged), false));
        let mut own = IssueFacts::default();
        own.stand_for(&again, &closed);
        assert_eq!(own, IssueFacts::default());
    }

    /// I5: undone, it has what was done for it, and keeps what was broken meanwhile.
    #[test]
    fn i5_a_file_that_is_its_own_again_has_its_own_visit() {
        let ended = Ended {
            outcome: Outcome::Merged,
            merged_into: None,
            reporters: Vec::new(),
            started_at: None,
            brings: None,
            at: Moment(1),
        };
        let mut row = IssueFacts { met: true, ..IssueFacts::default() };
        row.evolve(&ended.into());
        row.follow_lead(1, &reopened(0));
        row.follow_lead(
            1,
            &Closed { outcome: Outcome::Unconfirmed, at: Moment(2), retention: None }.into(),
        );
        assert!(row.verdict_due && !row.met);
        row.unmerged();
        assert!(row.met && !row.verdict_due && !row.closed && !row.merged && !row.lead_unconfirmed);
        assert_eq!(row.reopens, 1, "the work did begin anew");
    }
}
