//! Pauses, questions to the resident and deferrals: they rest the holder's clocks only. The total clock
//! rests on the resident's own dated wish and on nothing else (LOOP K2).

use jiff::civil::{Date, Time};

use super::authority::acting_holder;
use super::command::{Hold, ReviewDeferral};
use super::event::{Held, HoldKind, ResumeReason, Resumed};
use super::lifecycle::Verb;
use super::{
    HoldState, Issue, IssueError, IssueEvent, Stage, Turn, authority, classify, dispatch,
    escalation, proposal,
};
use crate::shared::clock::{ClockKind, ClockRecounted, StopReason};
use crate::shared::given::Given;
use crate::shared::ladder::Rung;
use crate::shared::matter::Urgency;
use crate::shared::moment::Moment;
use crate::shared::period::Due;
use crate::shared::sealed::Sealed;

/// The clocks a holder answers for.
pub const HOLDERS_CLOCKS: [ClockKind; 3] =
    [ClockKind::FirstContact, ClockKind::Arrive, ClockKind::Resolve];

/// The resident's dated wish reaches no further than this, in days: a longer one is a new matter.
const WISH_DAYS_MAX: i64 = 366;

/// Rests the holder's clocks until a time that comes by itself.
pub fn hold(issue: &Issue, given: &Given, verb: Hold) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Hold)?;
    if issue.hold.is_some() {
        return Err(IssueError::HeldAlready);
    }
    match verb.kind {
        HoldKind::Question if issue.is_anonymous() => return Err(IssueError::NobodyToCall),
        HoldKind::Pause | HoldKind::Question => {
            acting_holder(issue, given)?;
            if issue.stage < Stage::Accepted {
                let stage = issue.stage;
                return Err(IssueError::IllegalInStage { stage, verb: Verb::Hold });
            }
            let allowed = turn.terms.pauses;
            if issue.pauses >= allowed {
                return Err(IssueError::PausesUsed { allowed });
            }
        }
        HoldKind::ResidentWish if !authority::speaks_for_resident(issue, given) => {
            return Err(IssueError::HandlerWishes);
        }
        // One person's wish rests nobody else's clocks (LOOP I5).
        HoldKind::ResidentWish => {
            proposal::require_one_reporter(issue)?;
            let own = issue.active_reporters().next().map_or(0, |(number, _)| number);
            authority::require_word_of(issue, given, own)?;
        }
        // Deferrals are proposed, and approved by the county.
        HoldKind::Deferral => return Err(IssueError::ProposalUnfit),
    }
    let due = until(&turn, verb.kind, verb.until)?;
    begin(&mut turn, verb.kind, verb.reason, due);
    Ok(turn.done())
}

/// The holder goes on, or the resident has answered.
pub fn resume(
    issue: &Issue,
    given: &Given,
    answer: Option<Sealed>,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Resume)?;
    let kind = issue.hold.as_ref().map(|hold| hold.kind).ok_or(IssueError::NotHeld)?;
    if kind == HoldKind::Deferral {
        authority::require_rung(given, Rung::County)?;
    }
    let why = if answer.is_some() { ResumeReason::Answered } else { ResumeReason::Asked };
    end(&mut turn, why, answer);
    if kind == HoldKind::Deferral {
        report_to_resident(&mut turn);
    }
    Ok(turn.done())
}

/// The county looked at a deferred issue; the resident is told what became of it (LOOP I6).
pub fn review(
    issue: &Issue,
    given: &Given,
    verb: ReviewDeferral,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::ReviewDeferral)?;
    if issue.hold.as_ref().is_none_or(|hold| hold.kind != HoldKind::Deferral) {
        return Err(IssueError::NotDeferred);
    }
    authority::require_rung(given, Rung::County)?;
    let next_review = verb.next_review.map(end_of);
    let again = next_review.map(|at| until(&turn, HoldKind::Deferral, Some(at))).transpose()?;
    end(&mut turn, ResumeReason::Asked, None);
    if let Some(due) = again {
        begin(&mut turn, HoldKind::Deferral, verb.reason, due);
    }
    report_to_resident(&mut turn);
    Ok(turn.done())
}

/// A review is due on its day, until the day is over.
pub(super) fn end_of(day: Date) -> Moment {
    let next = day.tomorrow().unwrap_or(day);
    Moment::at_local(next.to_datetime(Time::midnight()))
}

/// What became of a deferral is told, however it ended (LOOP I6).
pub(super) fn report_to_resident(turn: &mut Turn<'_>) {
    turn.stop(ClockKind::Inform, StopReason::Superseded);
    turn.start(ClockKind::Inform);
}

pub(super) fn begin(turn: &mut Turn<'_>, kind: HoldKind, reason: Sealed, due: Due) {
    let wish = kind == HoldKind::ResidentWish;
    let (heard_by, heard_by_person) =
        if wish { authority::heard_by(turn.given) } else { (String::new(), None) };
    let until = due.at;
    turn.emit(Held { kind, reason, until, heard_by, heard_by_person, at: turn.given.now });
    let rested = turn.issue.hold.as_ref().map(|hold| hold.rested.clone()).unwrap_or_default();
    for (clock, _) in rested {
        turn.stop(clock, StopReason::Held);
    }
    turn.start_until(clock_of(kind), due);
}

/// Every rested clock goes on with what was left of it.
pub(super) fn end(turn: &mut Turn<'_>, why: ResumeReason, answer: Option<Sealed>) {
    let Some(hold) = turn.issue.hold.clone() else {
        return;
    };
    let ended = turn.given.now.min(hold.until);
    let held_us = (ended.0 - hold.since.0).max(0);
    turn.stop(clock_of(hold.kind), StopReason::Kept);
    turn.emit(Resumed { why, answer, held_us, at: turn.given.now });
    for (clock, rested) in hold.rested {
        if clock == ClockKind::Total {
            escalation::resume_total(turn);
            continue;
        }
        // What was done meanwhile is owed no more.
        let done = (clock == ClockKind::Arrive && turn.issue.visited)
            || (clock == ClockKind::FirstContact && turn.issue.contacted);
        if done {
            continue;
        }
        let due = Due { at: rested.due_at, derivation: rested.derivation }.held_for(held_us);
        let changed = hold.under != (turn.issue.policy.clone(), turn.issue.terms.clone());
        // Terms that became stricter meanwhile hold for what rested, too.
        let anew = changed.then(|| classify::under_terms_of_now(turn, &hold.under, clock, &due));
        let due = anew.filter(|anew| anew.at < due.at).unwrap_or(due);
        let running = turn.issue.clocks.running(clock);
        if running.is_some_and(|running| running.due_at <= due.at) {
            continue;
        }
        turn.stop(clock, StopReason::Superseded);
        turn.start_until(clock, due);
    }
    dispatch::start_work_if_held(turn);
    dispatch::start_urgent_visit(turn);
}

/// A pause or a question goes with the holder who made it.
pub(super) fn end_holders_own(turn: &mut Turn<'_>) {
    let own = turn.issue.hold.as_ref().map(|hold| hold.kind);
    if matches!(own, Some(HoldKind::Pause | HoldKind::Question)) {
        end(turn, ResumeReason::Overtaken, None);
    }
}

fn clock_of(kind: HoldKind) -> ClockKind {
    match kind {
        HoldKind::Pause | HoldKind::ResidentWish => ClockKind::Pause,
        HoldKind::Question => ClockKind::Question,
        HoldKind::Deferral => ClockKind::Review,
    }
}

/// The time named, within what the policy allows; else the policy's own.
pub(super) fn until(
    turn: &Turn<'_>,
    kind: HoldKind,
    asked: Option<Moment>,
) -> Result<Due, IssueError> {
    let now = turn.given.now;
    let latest = match kind {
        HoldKind::ResidentWish => None,
        HoldKind::Pause | HoldKind::Question | HoldKind::Deferral => {
            let period = turn.terms.period(clock_of(kind)).ok_or(IssueError::HoldNotAllowed)?;
            Some(turn.counting().due(now, period, 100))
        }
    };
    let last = latest.as_ref().map_or(now.plus_seconds(WISH_DAYS_MAX * 86_400), |due| due.at);
    match (asked, latest) {
        (Some(asked), _) if asked <= now || asked > last => {
            Err(IssueError::HoldTooLong { latest: last })
        }
        (Some(asked), _) => Ok(turn.counting().until(now, asked)),
        (None, Some(due)) => Ok(due),
        (None, None) => Err(IssueError::WishWithoutDate),
    }
}

impl Issue {
    pub(super) fn held(&mut self, e: &Held) {
        let wish = e.kind == HoldKind::ResidentWish;
        // What is urgent is visited whatever else waits, unless the resident asked for another day (C5).
        let urgent = self.matter.urgency == Urgency::Urgent && !wish;
        let rests = |clock: ClockKind| {
            let own = HOLDERS_CLOCKS.contains(&clock);
            (own && !(urgent && clock == ClockKind::Arrive)) || (wish && clock == ClockKind::Total)
        };
        let running = self.clocks.all_running();
        let rested = running.into_iter().filter(|(clock, _)| rests(*clock)).collect();
        let under = (self.policy.clone(), self.terms.clone());
        self.hold = Some(HoldState { kind: e.kind, since: e.at, until: e.until, rested, under });
        self.handlers.callers.judged(&e.heard_by, e.heard_by_person);
        if matches!(e.kind, HoldKind::Pause | HoldKind::Question) {
            self.pauses = self.pauses.saturating_add(1);
        }
    }

    pub(super) fn resumed(&mut self, e: &Resumed) {
        if self.hold.take().is_some_and(|hold| hold.kind == HoldKind::ResidentWish) {
            self.total_held_us += e.held_us;
        }
    }
}

impl HoldState {
    /// A deadline that rests is counted again as one that runs (DESIGN §3).
    pub(super) fn recounted(&mut self, fact: &ClockRecounted) {
        for (clock, rested) in &mut self.rested {
            if *clock == fact.clock && rested.generation == fact.generation {
                rested.due_at = fact.due_at;
                rested.derivation = fact.derivation.clone();
            }
        }
    }
}
