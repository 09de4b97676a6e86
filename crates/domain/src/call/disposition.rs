//! What became of an answered call (LOOP C2): the closed list, and the issues it registers.

use super::command::{AlertEmergency, Disposition, RecordDisposition};
use super::event::{
    DispositionKind, DispositionRecorded, EmergencyAlert, EmergencyAlerted, FollowUpReason,
    Registration,
};
use super::lifecycle::Verb;
use super::{Call, CallError, CallEvent, Turn, expiry, follow_up};
use crate::shared::actor::ActorKind;
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ids::IssueId;
use crate::shared::ladder::Rung;
use crate::shared::matter::{Matter, Reporter, Urgency};
use crate::shared::terms::PolicyDocument;

pub fn record(
    call: &Call,
    given: &Given,
    verb: RecordDisposition,
) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::RecordDisposition)?;
    require_who_answered(call, given)?;
    let mut turn = Turn::try_new(call, given, &call.policy)?;
    let visit = verb.disposition.visit();
    if let Disposition::Registered(matters) = &verb.disposition {
        require_no_accusation(turn.document, matters)?;
    }
    let accuses = !verb.accusations.is_empty();
    let mut fact = disposed(call, turn.document, verb.disposition, accuses)?;
    fact.note = verb.note;
    fact.accusations = verb.accusations;
    fact.retention = turn.kept();
    fact.actor_id.clone_from(&given.actor.id);
    fact.person = given.actor.person;
    let kind = fact.kind;
    turn.stop(ClockKind::Disposition, StopReason::Kept);
    turn.emit(fact);
    match kind {
        // Nobody spoke: somebody calls back, and goes there when nobody speaks then either (LOOP C2).
        DispositionKind::Silent if call.called_back => {
            expiry::order_visit(&mut turn, visit.unwrap_or_default(), "无声来电");
        }
        DispositionKind::Silent => turn.owe_return_call(),
        // Also one in which somebody was accused: it is like any other (LOOP A1), and who is asked is asked about
        // the answer to the call.
        DispositionKind::AnsweredAtOnce | DispositionKind::MisPress
            if given.is_drawn(turn.terms.sample_percent) =>
        {
            follow_up::order(&mut turn, FollowUpReason::Sample);
        }
        DispositionKind::AnsweredAtOnce
        | DispositionKind::MisPress
        | DispositionKind::Registered
        | DispositionKind::Attached
        | DispositionKind::Emergency => {}
    }
    Ok(turn.done())
}

/// Whoever spoke to the resident says what became of it: the post's unit, one above it, or a desk of the
/// county; not the village that let it ring out (LOOP C2).
fn require_who_answered(call: &Call, given: &Given) -> Result<(), CallError> {
    let desk = given.actor.kind != ActorKind::Staff || given.actor_rung == Some(Rung::County);
    let Some(answered) = call.answered_by.as_ref().filter(|_| !desk).map(|by| by.unit) else {
        return Ok(());
    };
    let own = given.ladder.has_become([&answered], given.actor.unit);
    let above = given.ladder.upwards(Some(answered)).iter();
    let heads = above.into_iter().any(|(_, unit)| Some(*unit) == given.actor.unit);
    if own || heads { Ok(()) } else { Err(CallError::NotWhoAnswered) }
}

/// An accusation is registered as one, with the body competent for the rank (LOOP A1).
pub(super) fn require_no_accusation(
    document: &PolicyDocument,
    matters: &[(IssueId, Matter)],
) -> Result<(), CallError> {
    if matters.iter().any(|(_, matter)| document.takes_for_accusation(matter)) {
        return Err(CallError::Accusation);
    }
    Ok(())
}

/// At once, whatever the call's stage: no answer and no disposition delays it (LOOP C5).
pub fn alert_emergency(
    call: &Call,
    given: &Given,
    verb: AlertEmergency,
) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::AlertEmergency)?;
    let mut turn = Turn::try_new(call, given, &call.policy)?;
    let alert = alert(verb.service, verb.reference)?;
    let visit = plain_visit(turn.document, verb.visit);
    let registration = (!call.alerted).then(|| emergency_visit(call, visit));
    turn.emit(EmergencyAlerted { alert, registration, at: given.now });
    Ok(turn.done())
}

fn alert(service: String, reference: String) -> Result<EmergencyAlert, CallError> {
    if ["110", "119", "120"].contains(&service.as_str()) {
        Ok(EmergencyAlert { service, reference })
    } else {
        Err(CallError::UnknownEmergencyService(service))
    }
}

/// An alert is never refused; but whom somebody accuses stands on no village's board (LOOP A1): the visit
/// goes without that category, and the accusation is registered as one.
fn plain_visit(document: &PolicyDocument, visit: (IssueId, Matter)) -> (IssueId, Matter) {
    let (issue, mut matter) = visit;
    if document.takes_for_accusation(&Matter { emergency: false, ..matter.clone() }) {
        matter.category = String::new();
    }
    (issue, matter)
}

/// The village's arrival duty runs beside the emergency service (LOOP C5).
fn emergency_visit(call: &Call, (issue, matter): (IssueId, Matter)) -> Registration {
    Registration {
        issue,
        matter: Matter { must_visit: true, emergency: true, urgency: Urgency::Urgent, ..matter },
        started_at: call.pressed_at,
        policy: Some(call.policy.clone()),
    }
}

fn disposed(
    call: &Call,
    document: &PolicyDocument,
    disposition: Disposition,
    accuses: bool,
) -> Result<DispositionRecorded, CallError> {
    let registration = |(issue, matter): (IssueId, Matter)| Registration {
        issue,
        matter,
        started_at: call.pressed_at,
        policy: Some(call.policy.clone()),
    };
    let plain = |kind| DispositionRecorded {
        kind,
        registrations: Vec::new(),
        attached_to: None,
        accusations: Vec::new(),
        reporter: Reporter {
            household: call.household,
            device: call.device,
            ..Reporter::default()
        },
        emergency: None,
        note: None,
        retention: None,
        actor_id: String::new(),
        person: None,
    };
    Ok(match disposition {
        Disposition::AnsweredAtOnce => plain(DispositionKind::AnsweredAtOnce),
        Disposition::MisPress => plain(DispositionKind::MisPress),
        Disposition::Attached(issue) => {
            DispositionRecorded { attached_to: Some(issue), ..plain(DispositionKind::Attached) }
        }
        Disposition::Registered(matters) if matters.is_empty() && !accuses => {
            return Err(CallError::NothingRegistered);
        }
        // An accusation leaves no mark in the village that rang: it was answered, and nobody comes (LOOP A1).
        Disposition::Registered(matters) if matters.is_empty() => {
            plain(DispositionKind::AnsweredAtOnce)
        }
        Disposition::Registered(matters) => DispositionRecorded {
            registrations: matters.into_iter().map(registration).collect(),
            ..plain(DispositionKind::Registered)
        },
        Disposition::Silent(_) => plain(DispositionKind::Silent),
        Disposition::Emergency { service, reference, visit } => DispositionRecorded {
            registrations: Vec::from_iter(
                (!call.alerted).then(|| emergency_visit(call, plain_visit(document, visit))),
            ),
            emergency: Some(alert(service, reference)?),
            ..plain(DispositionKind::Emergency)
        },
    })
}

impl Disposition {
    /// The issue a visit would be registered as.
    const fn visit(&self) -> Option<IssueId> {
        if let Self::Silent(visit) = self { Some(*visit) } else { None }
    }
}
