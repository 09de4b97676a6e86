//! Merging: two files of one matter become one, and nobody loses a visit, an urgency, a deadline or a
//! rung by it; undoing it, and what the lead file loses then (LOOP I5). It is proposed, as in `proposal`.

use super::authority::require_rung;
use super::command::AttachReporter;
use super::event::{
    Brings, Ended, EscalationCause, FollowUpEnded, FollowUpReason, HoldKind, Outcome, Past,
    Promise, ReporterAttached, ReporterDetached, ResumeReason, TakesOn, TotalUnder, Unmerged,
};
use super::lifecycle::Verb;
use super::{
    Issue, IssueError, IssueEvent, ReporterState, Stage, Turn, classify, closing, dispatch,
    escalation, hold, proposal, rating, resolution, total,
};
use crate::shared::actor::ActorKind;
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::{Given, MergeLead};
use crate::shared::ids::IssueId;
use crate::shared::ladder::Recused;
use crate::shared::matter::{Confidence, Reporter};
use crate::shared::period::Due;
use crate::shared::sealed::Sealed;

/// What a merged file keeps for itself, should the merge be undone; the lead takes on the holder's.
const PROMISES: [ClockKind; 5] = [
    ClockKind::Dispatch,
    ClockKind::Accept,
    ClockKind::FirstContact,
    ClockKind::Arrive,
    ClockKind::Resolve,
];

/// A complaint is heard before its file disappears into another (DESIGN invariant 2); the lead is a file
/// that somebody still works on, on the same track, and no confidential reporter is told of to others.
pub(super) fn require_mergeable(issue: &Issue, given: &Given) -> Result<(), IssueError> {
    if issue.follow_up.ordered.is_some_and(FollowUpReason::keeps_open) {
        return Err(IssueError::FollowUpOwed);
    }
    proposal::require_working(issue)?;
    require_settled(issue)?;
    let lead = given.merge_lead.ok_or(IssueError::LeadNotOpen)?;
    if !lead.open {
        return Err(IssueError::LeadNotOpen);
    }
    if lead.track != issue.track {
        return Err(IssueError::OtherTrack);
    }
    // Its own row would go on telling those who may not see the lead (LOOP A1).
    if lead.recusal {
        return Err(IssueError::RecusalStaysAlone);
    }
    if lead.confidential || issue.is_confidential() {
        return Err(IssueError::ConfidentialStaysAlone);
    }
    // No department's matter is pushed down to a village by a merge, and no village's duty to come to an
    // emergency to a department (LOOP I1, C5).
    let sent_down = issue.competent.is_some() && lead.competent != issue.competent;
    let sent_away = issue.matter.emergency && lead.competent.is_some();
    if sent_down || sent_away {
        return Err(IssueError::OtherCompetence);
    }
    Ok(())
}

/// What only this file can carry through is carried through first.
fn require_settled(issue: &Issue) -> Result<(), IssueError> {
    if issue.is_proactive() {
        return Err(IssueError::ProactiveLeads);
    }
    if issue.recused != Recused::default() {
        return Err(IssueError::RecusalStaysAlone);
    }
    if issue.has_open_support() || issue.support_lost {
        return Err(IssueError::SupportOpen);
    }
    if issue.objection.pending.is_some() {
        return Err(IssueError::RulingOwed);
    }
    if issue.clocks.running(ClockKind::Inform).is_some() {
        return Err(IssueError::InformOwed);
    }
    Ok(())
}

/// Every reporter goes over to the lead, with all that was promised.
pub(super) fn merge_away(turn: &mut Turn<'_>, into: IssueId) {
    hold::end(turn, ResumeReason::Overtaken, None);
    proposal::lapse_all(turn);
    let brings = brings(&turn.issue);
    turn.stop_all(StopReason::Closed);
    let issue = &turn.issue;
    let going = issue.active_reporters().map(|(number, known)| known.going(issue.id, number));
    turn.emit(Ended {
        outcome: Outcome::Merged,
        merged_into: Some(into),
        reporters: going.collect(),
        started_at: Some(issue.started_at),
        brings: Some(brings),
        at: turn.given.now,
    });
    closing::close_as(turn, Outcome::Merged);
}

fn brings(issue: &Issue) -> Brings {
    let (policy, terms) = issue.total_under.clone();
    Brings {
        total: TotalUnder { policy, terms, held_us: issue.total_held_us },
        urgency: issue.matter.urgency,
        rung: issue.rung,
        visit_owed: issue.must_visit && !issue.visited,
        contact_owed: !issue.contacted && !issue.is_anonymous(),
        promises: promises(issue),
        past: Past {
            handlers: issue.handlers.clone(),
            objected: issue.objection.used,
            let_go: issue.objection.let_go.clone(),
            pauses: issue.pauses,
            came: issue.came,
        },
    }
}

/// The running clocks that a merge carries.
pub(super) fn promises(issue: &Issue) -> Vec<Promise> {
    let promise = |clock: ClockKind| {
        let running = issue.clocks.running(clock)?;
        let derivation = running.derivation.clone();
        Some(Promise { clock, due_at: running.due_at, derivation })
    };
    PROMISES.into_iter().filter_map(promise).collect()
}

/// One more person with the same matter: an own notice and an own verdict. A file that had told
/// everybody owes a notice again, closed or not; of two total clocks the earlier governs.
pub fn attach_reporter(
    issue: &Issue,
    given: &Given,
    verb: AttachReporter,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::AttachReporter)?;
    let AttachReporter { reporter, started_at, policy, brings } = verb;
    // Also whoever comes after the first of a merged file: the lead may have ended in between.
    if reporter.merged_from.is_some() && !issue.as_lead().open {
        return Err(IssueError::LeadNotOpen);
    }
    let told_all = issue.stage >= Stage::Notified;
    let urgent_terms = brings.as_ref().and_then(|more| total::urgent_terms(&turn, more.urgency));
    let total = started_at.and_then(|start| {
        let own = || policy.and_then(|policy| total::promised_by(&turn, start, policy));
        let more = brings.as_ref().map(|more| more.total.clone()).or_else(own);
        total::governing(&turn, start, more)
    });
    // Nobody was visited or called whom nobody knew, or who was nobody; whoever comes now is (LOOP V3).
    let nobody = issue.is_anonymous() || (issue.is_proactive() && brings.is_none());
    let known = nobody && reporter.confidence != Confidence::Anonymous;
    let working = Stage::WORKING.contains(&issue.stage);
    // A visit to one household is none to the next (LOOP I1).
    let visited_others = issue.visited && brings.is_none() && issue.owes_visit_to(&reporter);
    let newcomer = working && brings.is_none() && issue.owes_visit_to(&reporter);
    let takes_on = TakesOn {
        visit: brings.as_ref().is_some_and(|more| more.visit_owed)
            || (working && visited_others)
            || (known && working && turn.terms.must_visit),
        contact: (known && working)
            || brings
                .as_ref()
                .is_some_and(|more| more.contact_owed || more.promised(ClockKind::FirstContact)),
        urgent_terms,
        past: brings.as_ref().map(|more| more.past.clone()).unwrap_or_default(),
        total: total.as_ref().map(|(_, total)| total.clone()),
    };
    // A merged file keeps the deadline it was told; a caller has no row of their own to keep it in.
    let of_caller = total.as_ref().filter(|_| reporter.merged_from.is_none());
    let total_due_at = of_caller.map(|(start, total)| total.ends(&turn, *start));
    let started_at = total.map(|(start, _)| start);
    let restarts = started_at.is_some();
    let takes_on = (takes_on != TakesOn::default()).then_some(takes_on);
    let at = given.now;
    turn.emit(ReporterAttached { reporter, started_at, takes_on, total_due_at, at });
    join_at_rest(&mut turn, newcomer);
    if restarts && turn.issue.clocks.running(ClockKind::Total).is_some() {
        turn.stop(ClockKind::Total, StopReason::Superseded);
        escalation::start_total(&mut turn);
    }
    if let Some(more) = brings {
        take_on(&mut turn, &more)?;
    } else if (known || visited_others) && working {
        dispatch::start_work_if_held(&mut turn);
        dispatch::start_urgent_visit(&mut turn);
    }
    // It ended without a solution for others: that is not this person's word (LOOP E2).
    if issue.ending.is_some_and(|ending| ending != Outcome::Concluded) {
        rating::begin_anew(&mut turn);
    } else if told_all {
        turn.stop(ClockKind::Verdict, StopReason::Superseded);
        turn.start(ClockKind::Notice);
    }
    Ok(turn.done())
}

/// One person's wish, or a pause or a question that another was asked, rests nobody else's clocks (LOOP I5).
/// Whoever comes to a deferred matter has not been told of it yet, nor been visited (LOOP I6, I1).
fn join_at_rest(turn: &mut Turn<'_>, newcomer: bool) {
    match turn.issue.hold.as_ref().map(|hold| hold.kind) {
        Some(HoldKind::ResidentWish) => hold::end(turn, ResumeReason::Overtaken, None),
        Some(HoldKind::Pause | HoldKind::Question) if newcomer => {
            hold::end(turn, ResumeReason::Overtaken, None);
        }
        Some(HoldKind::Deferral) => {
            hold::report_to_resident(turn);
            let idle = turn.issue.clocks.running(ClockKind::Arrive).is_none();
            if newcomer && idle && turn.issue.lead().is_some() {
                turn.start_arrive();
            }
        }
        Some(HoldKind::Pause | HoldKind::Question) | None => {}
    }
}

/// The lead is held to the stricter of its own promises and those that come.
fn take_on(turn: &mut Turn<'_>, more: &Brings) -> Result<(), IssueError> {
    let (policy, terms) = (turn.issue.policy.clone(), turn.issue.terms.clone());
    turn.now_under(&policy, &terms)?;
    classify::hasten(turn);
    turn.escalate(more.rung, EscalationCause::Merged, Vec::new());
    for promise in &more.promises {
        let own = turn.issue.clocks.running(promise.clock).map(|running| running.due_at);
        // Whether it has to be given out, or taken on, is the lead's own stage; until when is not.
        if own.map_or_else(|| promise.is_of_work(), |own| promise.due_at < own) {
            turn.stop(promise.clock, StopReason::Superseded);
            turn.start_until(promise.clock, promise.due());
        }
    }
    dispatch::start_work_if_held(turn);
    dispatch::start_urgent_visit(turn);
    Ok(())
}

/// A file of its own again: it owes a dispatch, its total clock goes on from its own start, and what was
/// promised before the merge is promised still. The system undoes a merge that the lead cannot take on.
pub fn unmerge(
    issue: &Issue,
    given: &Given,
    reason: Option<Sealed>,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Unmerge)?;
    let from = issue.merged_into.ok_or(IssueError::NotMerged)?;
    if given.actor.kind != ActorKind::System {
        // As the merge itself: decided above who holds it.
        require_rung(given, issue.holding_rung().up())?;
    }
    let lead = given.merge_lead.unwrap_or_default();
    if lead.complaint {
        return Err(IssueError::FollowUpOwed);
    }
    if let Some(closed_at) = lead.closed_at {
        // Its work begins anew: as a reopening would (LOOP E1, V2).
        if lead.concluded {
            return Err(IssueError::Concluded);
        }
        rating::require_within_window(&turn, closed_at)?;
    }
    let MergeLead { reopens, raised_to, heard, called, visited, .. } = lead;
    turn.emit(Unmerged { from, reason, reopens, raised_to, heard, called, visited, at: given.now });
    // What was promised before is promised still; of work that the lead has closed nothing is.
    let promised = || issue.merged_promises.iter().filter(|_| lead.closed_at.is_none());
    match promised().find(|promise| !promise.is_of_work()) {
        Some(promise) => turn.start_until(ClockKind::Dispatch, promise.due()),
        None => turn.start(ClockKind::Dispatch),
    }
    let kept = |clock| {
        (clock == ClockKind::FirstContact && called) || (clock == ClockKind::Arrive && visited)
    };
    for promise in promised().filter(|promise| promise.is_of_work() && !kept(promise.clock)) {
        turn.start_until(promise.clock, promise.due());
    }
    dispatch::start_urgent_visit(&mut turn);
    escalation::resume_total(&mut turn);
    if heard.is_some() {
        // The next result is asked about, as it would have been there (DESIGN invariant 2).
        closing::order_follow_up(&mut turn, FollowUpReason::NotSolved);
    }
    Ok(turn.done())
}

/// The lead file lets go of the reporters of a file that was merged into it.
pub fn detach_reporter(
    issue: &Issue,
    given: &Given,
    from: IssueId,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::DetachReporter)?;
    let mut gone: Vec<_> = issue
        .active_reporters()
        .filter(|(_, reporter)| reporter.came_by(from))
        .map(|(number, _)| number)
        .collect();
    if let Some(reporter) = gone.pop() {
        turn.emit(ReporterDetached { reporter, also: gone, at: given.now });
        own_clocks_again(&mut turn, issue)?;
    }
    // Whoever could be called, or complained, has left with the own file.
    let owed = turn.issue.follow_up.ordered.is_some_and(|why| why != FollowUpReason::Check);
    let complained = |issue: &Issue| !issue.follow_up.complaints.is_empty();
    let left = complained(issue) && !complained(&turn.issue);
    if owed && (left || turn.issue.is_anonymous()) {
        turn.stop(ClockKind::FollowUp, StopReason::Superseded);
        turn.emit(FollowUpEnded { at: given.now });
        rating::await_verdict_again(&mut turn);
    }
    // Nobody is visited or called whom nobody knows (LOOP V3).
    if turn.issue.is_anonymous() && !issue.is_anonymous() {
        for clock in [ClockKind::Arrive, ClockKind::FirstContact] {
            turn.stop(clock, StopReason::Superseded);
        }
    }
    let found = turn.issue.is_proactive() && !issue.is_proactive();
    if found && matches!(turn.issue.stage, Stage::Completed | Stage::Notified) {
        turn.stop(ClockKind::Notice, StopReason::Superseded);
        turn.stop(ClockKind::Verdict, StopReason::Superseded);
        resolution::owe_notices(&mut turn);
        return Ok(turn.done());
    }
    if issue.stage == Stage::Completed && turn.issue.stage == Stage::Notified {
        turn.stop(ClockKind::Notice, StopReason::Kept);
        match turn.issue.ending {
            Some(outcome) => closing::close_as(&mut turn, outcome),
            None => resolution::await_verdict(&mut turn),
        }
    } else if turn.issue.stage == Stage::Notified {
        // Everybody who is left may have spoken.
        closing::close_if_settled(&mut turn);
    }
    Ok(turn.done())
}

/// What the lead was hastened to by a merge that is undone, it owes when it owed it before.
fn own_clocks_again(turn: &mut Turn<'_>, issue: &Issue) -> Result<(), IssueError> {
    let Some(before) = issue.before_merge.as_ref().filter(|_| turn.issue.before_merge.is_none())
    else {
        return Ok(());
    };
    let (policy, terms) = (turn.issue.policy.clone(), turn.issue.terms.clone());
    turn.now_under(&policy, &terms)?;
    for promise in &before.promises {
        let running = turn.issue.clocks.running(promise.clock).map(|running| running.due_at);
        let hastened = running.is_some_and(|due_at| due_at < promise.due_at);
        if hastened && turn.given.now < promise.due_at {
            turn.stop(promise.clock, StopReason::Superseded);
            turn.start_until(promise.clock, promise.due());
        }
    }
    let total = |issue: &Issue| (issue.started_at, issue.total_under.clone());
    if total(issue) != total(&turn.issue) && turn.issue.clocks.running(ClockKind::Total).is_some() {
        turn.stop(ClockKind::Total, StopReason::Superseded);
        escalation::start_total(turn);
    }
    Ok(())
}

impl Promise {
    pub(super) fn due(&self) -> Due {
        Due { at: self.due_at, derivation: self.derivation.clone() }
    }

    /// Of the work itself; else somebody was still to take it.
    fn is_of_work(&self) -> bool {
        hold::HOLDERS_CLOCKS.contains(&self.clock)
    }
}

impl Brings {
    fn promised(&self, clock: ClockKind) -> bool {
        self.promises.iter().any(|promise| promise.clock == clock)
    }
}

impl ReporterState {
    /// Whether this reporter came by the merge of that file, at once or by way of another.
    pub(super) fn came_by(&self, file: IssueId) -> bool {
        self.merged_from == Some(file) || self.merged_through.contains(&file)
    }

    /// As the lead file gets this reporter: the words stay sealed in the file they were told in.
    fn going(&self, from: IssueId, number: usize) -> Reporter {
        let mut merged_through = self.merged_through.clone();
        merged_through.extend(self.merged_from.map(|_| from));
        Reporter {
            device: self.device,
            household: self.household,
            call: self.call,
            confidence: self.confidence,
            merged_from: Some(self.merged_from.unwrap_or(from)),
            number_there: Some(self.number_there.unwrap_or(number)),
            merged_through,
            ..Reporter::default()
        }
    }
}
