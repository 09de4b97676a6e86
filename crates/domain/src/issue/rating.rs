//! The resident's verdict, follow-ups by non-handlers, and reopening (LOOP V1, E1).

use super::authority::{
    acting_holder, is_of_own_village, require_rung, require_word_of, speaks_for_resident,
};
use super::command::{FollowUp, Rate, RawAnswer, Reopen};
use super::event::{
    Disputed, EscalationCause, FollowUpEnded, FollowUpReason, FollowedUp, Outcome, Rated,
    ReopenReason, Reopened,
};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Stage, Turn, closing, dispatch, escalation, proposal};
use crate::shared::actor::ActorKind;
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::moment::Moment;
use crate::shared::sealed::Sealed;
use crate::shared::verdict::{MAPPING_VERSION, Verdict};

/// The last press in the window counts; every one is kept. “Not solved” reopens.
pub fn rate(issue: &Issue, given: &Given, verb: Rate) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Rate)?;
    require_service(issue)?;
    issue.require_own_word(given, verb.reporter)?;
    // A colleague at the handler's desk is not the resident's side (LOOP V4).
    if !speaks_for_resident(issue, given) {
        return Err(IssueError::HandlerRates);
    }
    require_word_of(issue, given, verb.reporter)?;
    require_open_window(&turn)?;
    let (thumb, verdict) = match verb.answer {
        RawAnswer::Thumb(thumb) => (Some(thumb), Verdict::of_thumb(thumb)),
        RawAnswer::Axes(verdict) => (None, verdict),
    };
    let said_before = issue.reporters.get(verb.reporter).is_some_and(|known| known.unhelped);
    turn.emit(Rated {
        reporter: verb.reporter,
        thumb,
        verdict,
        in_presence: verb.in_presence,
        mapping_version: MAPPING_VERSION,
        at: given.now,
    });
    // A call-back heard the complaint, and the resident says now that it is solved (LOOP E1).
    let complained = issue.follow_up.ordered == Some(FollowUpReason::NotSolved)
        && issue.follow_up.complaints.contains(&verb.reporter);
    if complained && turn.issue.follow_up.complaints.is_empty() {
        turn.stop(ClockKind::FollowUp, StopReason::Kept);
        turn.emit(FollowUpEnded { at: given.now });
    }
    // A visit that helped nobody: the work is still open, so it climbs instead of reopening; pressed twice
    // it is the same complaint.
    if !verdict.is_solved() && turn.issue.stage < Stage::Completed && !said_before {
        turn.escalate(turn.issue.rung.up(), EscalationCause::NotSolved, Vec::new());
    }
    act_on(&mut turn, verb.reporter, verdict, true);
    // Said with the handler standing beside: some are asked again by somebody independent (LOOP C6).
    if verb.in_presence && verdict.is_solved() && given.is_drawn(turn.terms.in_presence_percent) {
        closing::order_follow_up(&mut turn, FollowUpReason::InPresence);
    }
    // The complaint held the file open past its window, and somebody else has not spoken yet.
    await_verdict_again(&mut turn);
    Ok(turn.done())
}

/// A visit or a completion: before either there is nothing to rate, and after a visit there is, whoever
/// holds the work by now (LOOP C6).
fn require_service(issue: &Issue) -> Result<(), IssueError> {
    let (stage, verb) = (issue.stage, Verb::Rate);
    if stage < Stage::OnSite && !issue.came {
        return Err(IssueError::IllegalInStage { stage, verb });
    }
    Ok(())
}

/// A call-back by somebody outside the handling units (LOOP E1, V4).
pub fn follow_up(
    issue: &Issue,
    given: &Given,
    verb: FollowUp,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::FollowUp)?;
    issue.require_reporter(verb.reporter)?;
    let why = issue.follow_up.ordered.ok_or(IssueError::NoFollowUpOwed)?;
    if !matches!(given.actor.kind, ActorKind::Staff | ActorKind::Agent) {
        return Err(IssueError::NotAnAgent);
    }
    if !issue.may_be_called(verb.reporter) && why != FollowUpReason::Check {
        return Err(IssueError::NobodyToCall);
    }
    require_outsider(issue, given)?;
    if verb.by_mistake {
        let says_solved = verb.verdict.is_some_and(|verdict| verdict.is_solved());
        let reopened = issue.before_reopen.as_ref();
        let own = match issue.raised {
            Some((by, _)) => by == verb.reporter,
            None => reopened.is_some_and(|b| b.by.is_none_or(|by| by == verb.reporter)),
        };
        let others = issue.follow_up.complaints.iter().any(|number| *number != verb.reporter);
        if !own || others || why != FollowUpReason::NotSolved || !says_solved {
            return Err(IssueError::NothingToUndo);
        }
    }
    turn.emit(FollowedUp {
        reporter: verb.reporter,
        verdict: verb.verdict,
        note: verb.note,
        by_mistake: verb.by_mistake,
        actor_id: given.actor.id.clone(),
        person: given.actor.person,
        at: given.now,
    });
    // What another reporter complained of is owed still.
    if verb.verdict.is_none() || turn.issue.follow_up.ordered.is_none() {
        turn.stop(ClockKind::FollowUp, StopReason::Kept);
    }
    match verb.verdict {
        // Checked is what everybody was told of, never work that began anew meanwhile.
        Some(verdict) if is_checked(&turn, why) && verdict.is_solved() => {
            closing::close_as(&mut turn, Outcome::Checked);
        }
        Some(_) if verb.by_mistake && ended(&turn) => {
            rest_after_mistake(&mut turn);
            let outcome = turn.issue.ending.unwrap_or(Outcome::Unconfirmed);
            closing::close_as(&mut turn, outcome);
        }
        // Drawn, and heard, too late to go on with: what is still wrong is a new issue (LOOP E1).
        Some(verdict) if why == FollowUpReason::Sample && is_over(&turn, verdict) => {
            turn.emit(FollowUpEnded { at: turn.given.now });
        }
        Some(verdict) => {
            rest_after_mistake(&mut turn);
            let verdict = Verdict { timeliness: None, attitude: None, ..verdict };
            act_on(&mut turn, verb.reporter, verdict, why == FollowUpReason::NotSolved);
        }
        None => try_again(&mut turn, why),
    }
    await_verdict_again(&mut turn);
    Ok(turn.done())
}

/// Whoever calls back handled, ruled on and lives beside nothing of it (LOOP E1, V3, V4).
fn require_outsider(issue: &Issue, given: &Given) -> Result<(), IssueError> {
    let ruled = issue.handlers.rulers.includes(&given.actor);
    // A grid of the village that handled it is no outsider (LOOP E1).
    let rung = given.actor.unit.and_then(|unit| given.ladder.rung_of(unit));
    let below =
        rung.is_some_and(|rung| rung < issue.handlers.top_rung) || issue.is_handled_above(given);
    if ruled || below || issue.handled_by_unit_of(given) {
        return Err(IssueError::HandlerFollowsUp);
    }
    if issue.is_confidential() && is_of_own_village(issue, given) {
        return Err(IssueError::ConfidentialOwnVillage);
    }
    Ok(())
}

/// Nobody was reached: again, until the policy's attempts are used up.
fn try_again(turn: &mut Turn<'_>, why: FollowUpReason) {
    if why == FollowUpReason::NoVerdict {
        closing::close_if_tried_enough(turn);
    }
    if turn.issue.follow_up.ordered.is_none() {
        return;
    }
    let enough = closing::tried_enough(turn);
    let fell_away = !why.keeps_open() && why != FollowUpReason::NoVerdict;
    if enough && (fell_away || turn.issue.stage == Stage::Closed) {
        turn.emit(FollowUpEnded { at: turn.given.now });
    } else {
        turn.start(ClockKind::FollowUp);
        // Called as often as is owed: the end of the verdict window closes it (LOOP E1), and a window
        // that is over opens once more, so that nothing waits for ever.
        let idle = turn.issue.clocks.running(ClockKind::Verdict).is_none();
        if enough && idle && turn.issue.stage == Stage::Notified {
            turn.start(ClockKind::Verdict);
        }
    }
}

fn is_checked(turn: &Turn<'_>, why: FollowUpReason) -> bool {
    why == FollowUpReason::Check && turn.issue.stage == Stage::Notified && turn.issue.is_proactive()
}

/// Not solved, in a closed file that nobody may reopen any more.
fn is_over(turn: &Turn<'_>, verdict: Verdict) -> bool {
    let closed = turn.issue.stage == Stage::Closed && !verdict.is_solved();
    closed && require_open_window(turn).is_err()
}

/// What was told to everybody before the mistake was an ending without a solution.
fn ended(turn: &Turn<'_>) -> bool {
    turn.issue.stage == Stage::Notified && turn.issue.ending.is_some()
}

/// The key was pressed by mistake and nothing had begun anew: the clocks of the reopening fall away.
fn rest_after_mistake(turn: &mut Turn<'_>) {
    if turn.issue.stage >= Stage::Completed {
        for clock in [ClockKind::Dispatch, ClockKind::Arrive, ClockKind::Total] {
            turn.stop(clock, StopReason::Superseded);
        }
    }
    let told = turn.issue.stage != Stage::Completed;
    if !told && turn.issue.clocks.running(ClockKind::Notice).is_none() {
        turn.start(ClockKind::Notice);
    }
}

/// The level above draws a closed file and asks the resident itself.
pub fn order_sample(issue: &Issue, given: &Given) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::OrderFollowUp)?;
    require_rung(given, issue.handlers.top_rung.up())?;
    if issue.handled_by_unit_of(given) {
        return Err(IssueError::HandlerFollowsUp);
    }
    if issue.is_anonymous() {
        return Err(IssueError::NobodyToCall);
    }
    closing::order_follow_up(&mut turn, FollowUpReason::Sample);
    Ok(turn.done())
}

/// The handler's unit disputes the last verdict: somebody independent asks again. Neither verdict, rung
/// nor clock moves by it, and it is made once per round.
pub fn dispute(
    issue: &Issue,
    given: &Given,
    reason: Sealed,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Dispute)?;
    let was_holder = issue.lead().is_some() && acting_holder(issue, given).is_ok();
    if !was_holder && !issue.handled_by(given) {
        return Err(IssueError::NotTheHolder);
    }
    if issue.disputed {
        return Err(IssueError::DisputedBefore);
    }
    turn.emit(Disputed { reason, at: given.now });
    closing::order_follow_up(&mut turn, FollowUpReason::Disputed);
    Ok(turn.done())
}

/// The resident asks for it again within the policy's window.
pub fn reopen(issue: &Issue, given: &Given, verb: Reopen) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Reopen)?;
    issue.require_own_word(given, verb.reporter)?;
    if !speaks_for_resident(issue, given) {
        return Err(IssueError::HandlerRates);
    }
    require_word_of(issue, given, verb.reporter)?;
    require_open_window(&turn)?;
    reopen_up(&mut turn, verb.reporter, ReopenReason::AskedByResident, verb.reason);
    Ok(turn.done())
}

/// `climbed`: the complaint that this answers has raised its rung already.
fn act_on(turn: &mut Turn<'_>, reporter: usize, verdict: Verdict, climbed: bool) {
    let stage = turn.issue.stage;
    // It stays dissatisfied, and it stays concluded (LOOP V2).
    if turn.issue.ending == Some(Outcome::Concluded) {
        return;
    }
    if !verdict.is_solved() {
        if stage >= Stage::Completed {
            reopen_up(turn, reporter, ReopenReason::NotSolved, None);
        } else {
            // Asked while the work goes on: it is not solved yet.
            if !climbed {
                turn.escalate(turn.issue.rung.up(), EscalationCause::NotSolved, Vec::new());
            }
            closing::order_follow_up(turn, FollowUpReason::NotSolved);
        }
    } else {
        if verdict.wants_follow_up() {
            closing::order_follow_up(turn, FollowUpReason::SlowOrRude);
        }
        closing::close_if_settled(turn);
    }
}

/// Reopens one rung up and orders a follow-up by a non-handler. The total clock goes on as if it had
/// never stopped (LOOP K2).
fn reopen_up(turn: &mut Turn<'_>, reporter: usize, why: ReopenReason, reason: Option<Sealed>) {
    proposal::lapse_all(turn);
    turn.stop_all(StopReason::Superseded);
    let count = turn.issue.reopens.saturating_add(1);
    let (complains, reporter) = (reporter, Some(reporter));
    turn.emit(Reopened { why, reason, count, reporter, at: turn.given.now });
    turn.escalate(turn.issue.rung.up(), EscalationCause::NotSolved, Vec::new());
    turn.start(ClockKind::Dispatch);
    dispatch::start_urgent_visit(turn);
    escalation::resume_total(turn);
    // Nobody can be called who is known to nobody: the next result stands under the receipt (LOOP V3).
    if !turn.issue.may_be_called(complains) {
        return closing::end_idle_follow_up(turn);
    }
    closing::order_follow_up(turn, FollowUpReason::NotSolved);
    if turn.issue.clocks.running(ClockKind::FollowUp).is_none() {
        turn.start(ClockKind::FollowUp);
    }
}

/// The work begins anew for somebody who came to a file that had ended for others; nobody complained.
pub(super) fn begin_anew(turn: &mut Turn<'_>) {
    proposal::lapse_all(turn);
    turn.stop_all(StopReason::Superseded);
    let count = turn.issue.reopens;
    let why = ReopenReason::AskedByResident;
    turn.emit(Reopened { why, reason: None, count, reporter: None, at: turn.given.now });
    turn.start(ClockKind::Dispatch);
    dispatch::start_urgent_visit(turn);
    escalation::resume_total(turn);
    closing::end_idle_follow_up(turn);
}

/// A follow-up that settled nothing leaves a notified issue waiting for its verdict.
pub(super) fn await_verdict_again(turn: &mut Turn<'_>) {
    let idle = |clock| turn.issue.clocks.running(clock).is_none();
    let waits = idle(ClockKind::Verdict) && idle(ClockKind::FollowUp);
    if turn.issue.stage == Stage::Notified && waits {
        turn.start(ClockKind::Verdict);
    }
}

fn require_open_window(turn: &Turn<'_>) -> Result<(), IssueError> {
    // New facts are a new issue (LOOP V2).
    if turn.issue.ending == Some(Outcome::Concluded) {
        return Err(IssueError::Concluded);
    }
    turn.issue.closed_at.map_or(Ok(()), |closed_at| require_within_window(turn, closed_at))
}

/// What was closed then may begin anew still (LOOP E1).
pub(super) fn require_within_window(turn: &Turn<'_>, closed_at: Moment) -> Result<(), IssueError> {
    let Some(window) = turn.terms.reopen_window else {
        return Err(IssueError::ReopenWindowPassed { ended_at: closed_at });
    };
    let ended_at = turn.counting().due(closed_at, window, 100).at;
    if turn.given.now < ended_at {
        Ok(())
    } else {
        Err(IssueError::ReopenWindowPassed { ended_at })
    }
}
