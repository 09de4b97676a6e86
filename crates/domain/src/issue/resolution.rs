//! First contact, arrival, progress, completion, notice.

use super::authority::acting_holder;
use super::command::{Arrive, Complete, Notify, Progress};
use super::event::{
    ArrivalConfirmed, ArrivalOutcome, Arrived, Completed, ContactMade, Departed, FollowUpReason,
    NoticeChannel, Notified, Progressed, ResumeReason,
};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Stage, Turn, authority, closing, dispatch, hold};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::matter::Confidence;
use crate::shared::moment::Moment;
use crate::shared::sealed::Sealed;
use crate::shared::terms::Closing;

/// The holder spoke to the resident, or tried to; only a conversation keeps the promise.
pub fn contact(
    issue: &Issue,
    given: &Given,
    reporter: usize,
    reached: bool,
    note: Option<Sealed>,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::ContactMade)?;
    acting_holder(issue, given)?;
    issue.require_reporter(reporter)?;
    // Nobody calls whom nobody knows (LOOP V3).
    if issue.is_anonymous() && !issue.is_proactive() {
        return Err(IssueError::NobodyToCall);
    }
    turn.emit(ContactMade { reporter, reached, note, at: given.now });
    if reached {
        turn.stop(ClockKind::FirstContact, StopReason::Kept);
    }
    Ok(turn.done())
}

/// On the way. Optional, never scored.
pub fn depart(issue: &Issue, given: &Given) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Depart)?;
    acting_holder(issue, given)?;
    turn.emit(Departed { at: given.now });
    Ok(turn.done())
}

/// `arrive` implies accept; only `met` keeps the promise. Nobody at home leaves a note, and the duty to
/// come begins anew (LOOP I3).
pub fn arrive(issue: &Issue, given: &Given, verb: Arrive) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Arrive)?;
    let by = acting_holder(issue, given)?;
    if verb.outcome == ArrivalOutcome::Absent && verb.note.is_none() {
        return Err(IssueError::AbsentWithoutNote);
    }
    dispatch::take_on(&mut turn, by.clone(), true);
    turn.emit(Arrived {
        by,
        outcome: verb.outcome,
        note: verb.note,
        claimed_at: given.occurred_at,
        actor_id: given.actor.id.clone(),
        at: given.now,
    });
    match verb.outcome {
        ArrivalOutcome::Met => {
            turn.stop(ClockKind::Arrive, StopReason::Kept);
            turn.stop(ClockKind::FirstContact, StopReason::Kept);
        }
        ArrivalOutcome::Absent if turn.issue.clocks.running(ClockKind::Arrive).is_some() => {
            turn.stop(ClockKind::Arrive, StopReason::Superseded);
            turn.start_arrive();
        }
        ArrivalOutcome::Absent | ArrivalOutcome::Refused => {}
    }
    Ok(turn.done())
}

/// The resident's side says that somebody came: it fulfils the duty, whoever recorded what (LOOP I3).
pub fn confirm_arrival(
    issue: &Issue,
    given: &Given,
    reporter: usize,
    came_at: Option<Moment>,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::ConfirmArrival)?;
    issue.require_own_word(given, reporter)?;
    if !authority::speaks_for_resident(issue, given) {
        return Err(IssueError::HandlerConfirms);
    }
    authority::require_word_of(issue, given, reporter)?;
    // Whoever came in an earlier round came for that one.
    if came_at.is_some_and(|came_at| came_at < issue.round_at) {
        return Err(IssueError::CameBefore { began_at: issue.round_at });
    }
    let (heard_by, heard_by_person) = authority::heard_by(given);
    turn.emit(ArrivalConfirmed { reporter, came_at, heard_by, heard_by_person, at: given.now });
    turn.stop(ClockKind::Arrive, StopReason::Kept);
    turn.stop(ClockKind::FirstContact, StopReason::Kept);
    Ok(turn.done())
}

/// A note for the file. It moves no clock (LOOP K2).
pub fn progress(
    issue: &Issue,
    given: &Given,
    verb: Progress,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Progress)?;
    acting_holder(issue, given)?;
    turn.emit(Progressed { note: verb.note, at: given.now });
    Ok(turn.done())
}

/// The handler says it is done: the work's clocks stop, the total clock rests unless the completion
/// is overturned, and every reporter is owed a notice.
pub fn complete(
    issue: &Issue,
    given: &Given,
    verb: Complete,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Complete)?;
    let by = acting_holder(issue, given)?;
    if issue.must_visit && !issue.visited {
        return Err(IssueError::VisitOwed);
    }
    if (issue.has_open_support() || issue.support_lost) && verb.over_support.is_none() {
        return Err(IssueError::SupportOpen);
    }
    hold::end(&mut turn, ResumeReason::Overtaken, None);
    dispatch::take_on(&mut turn, by, true);
    stop_work(&mut turn);
    turn.stop(ClockKind::Total, StopReason::Kept);
    turn.emit(Completed {
        summary: verb.summary,
        over_support: verb.over_support,
        actor_id: given.actor.id.clone(),
        at: given.now,
    });
    match turn.terms.closing {
        Closing::Verdict => owe_notices(&mut turn),
        Closing::OnCompletion => closing::close_unconfirmed(&mut turn),
    }
    Ok(turn.done())
}

/// The clocks of the work itself end with it; what a second person or the resident is owed does not.
fn stop_work(turn: &mut Turn<'_>) {
    for clock in
        [ClockKind::FirstContact, ClockKind::Arrive, ClockKind::Ruling, ClockKind::Referral]
    {
        turn.stop(clock, StopReason::Superseded);
    }
    for (clock, running) in turn.issue.clocks.all_running() {
        if matches!(clock, ClockKind::Join | ClockKind::Support) {
            turn.stop_on(clock, running.line, StopReason::Superseded);
        }
    }
    turn.stop(ClockKind::Resolve, StopReason::Kept);
}

/// Everybody is owed a notice. Under a receipt code the result itself is the notice; what was found
/// before anybody complained is checked by a second person instead (LOOP V3).
pub(super) fn owe_notices(turn: &mut Turn<'_>) {
    let proactive = turn.issue.is_proactive();
    let receipts = turn
        .issue
        .active_reporters()
        .filter(|(_, reporter)| proactive || reporter.confidence == Confidence::Anonymous);
    let mut told: Vec<_> = receipts.map(|(number, _)| number).collect();
    if let Some(reporter) = told.pop() {
        let channel = if proactive { NoticeChannel::Nobody } else { NoticeChannel::Receipt };
        // One fact, however many they are: a command makes a bounded number of events.
        turn.emit(Notified { reporter, also: told, channel, at: turn.given.now });
    }
    if turn.issue.stage != Stage::Notified {
        turn.start(ClockKind::Notice);
    } else if let Some(outcome) = turn.issue.ending {
        closing::close_as(turn, outcome);
    } else if proactive {
        closing::order_follow_up(turn, FollowUpReason::Check);
    } else {
        turn.start(ClockKind::Verdict);
    }
}

/// One reporter was told. When all were, their verdict is awaited; an ending without a solution is
/// closed with the notice that names the remedy (LOOP E2).
pub fn notify(issue: &Issue, given: &Given, verb: Notify) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Notify)?;
    issue.require_reporter(verb.reporter)?;
    let reporter = issue.reporters.get(verb.reporter).cloned().unwrap_or_default();
    if reporter.notified {
        return Err(IssueError::AlreadyNotified);
    }
    let by_system = matches!(verb.channel, NoticeChannel::Receipt | NoticeChannel::Nobody);
    // A knock at the door tells the whole village (LOOP V3).
    let exposes = reporter.confidence == Confidence::Confidential
        && matches!(verb.channel, NoticeChannel::Visit);
    if by_system || exposes {
        return Err(IssueError::ChannelUnfit);
    }
    let confidential = reporter.confidence == Confidence::Confidential;
    if confidential && authority::is_of_own_village(issue, given) {
        return Err(IssueError::ConfidentialOwnVillage);
    }
    let (reporter, channel) = (verb.reporter, verb.channel);
    turn.emit(Notified { reporter, also: Vec::new(), channel, at: given.now });
    if turn.issue.stage == Stage::Notified {
        turn.stop(ClockKind::Notice, StopReason::Kept);
        match turn.issue.ending {
            Some(outcome) => closing::close_as(&mut turn, outcome),
            None => await_verdict(&mut turn),
        }
    }
    Ok(turn.done())
}

/// Everybody was told: their verdicts are awaited, unless all have spoken.
pub(super) fn await_verdict(turn: &mut Turn<'_>) {
    turn.start(ClockKind::Verdict);
    closing::close_if_settled(turn);
}
