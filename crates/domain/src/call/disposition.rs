//! What became of an answered call (LOOP C2): the closed list, and the issues it registers.

use super::command::{AlertEmergency, Disposition, RecordDisposition};
use super::event::{
    DispositionKind, DispositionRecorded, EmergencyAlert, EmergencyAlerted, FollowUpReason,
    Registration,
};
use super::lifecycle::Verb;
use super::{Call, CallError, CallEvent, Turn, expiry, follow_up};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ids::IssueId;
use crate::shared::matter::{Matter, Reporter, Urgency};
use crate::shared::terms::PolicyDocument;

pub fn record(
    call: &Call,
    given: &Given,
    verb: RecordDisposition,
) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::RecordDisposition)?;
    let mut turn = Turn::try_new(call, given, &call.policy)?;
    let visit = verb.disposition.visit();
    if let Disposition::Registered(matters) = &verb.disposition {
        require_no_accusation(turn.document, matters)?;
    }
    let mut fact = disposed(call, verb.disposition)?;
    fact.note = verb.note;
    let kind = fact.kind;
    turn.stop(ClockKind::Disposition, StopReason::Kept);
    turn.emit(fact);
    match kind {
        // Nobody spoke: somebody calls back, and goes there when nobody speaks then either (LOOP C2).
        DispositionKind::Silent if call.called_back => {
            expiry::order_visit(&mut turn, visit.unwrap_or_default(), "无声来电");
        }
        DispositionKind::Silent => turn.owe_return_call(),
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
    let registration = (!call.alerted).then(|| emergency_visit(call, verb.visit));
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

/// The village's arrival duty runs beside the emergency service (LOOP C5).
fn emergency_visit(call: &Call, (issue, matter): (IssueId, Matter)) -> Registration {
    Registration {
        issue,
        matter: Matter { must_visit: true, emergency: true, urgency: Urgency::Urgent, ..matter },
        started_at: call.pressed_at,
        policy: Some(call.policy.clone()),
    }
}

fn disposed(call: &Call, disposition: Disposition) -> Result<DispositionRecorded, CallError> {
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
        reporter: Reporter {
            household: call.household,
            device: call.device,
            ..Reporter::default()
        },
        emergency: None,
        note: None,
    };
    Ok(match disposition {
        Disposition::AnsweredAtOnce => plain(DispositionKind::AnsweredAtOnce),
        Disposition::MisPress => plain(DispositionKind::MisPress),
        Disposition::Attached(issue) => {
            DispositionRecorded { attached_to: Some(issue), ..plain(DispositionKind::Attached) }
        }
        Disposition::Registered(matters) if matters.is_empty() => {
            return Err(CallError::NothingRegistered);
        }
        Disposition::Registered(matters) => DispositionRecorded {
            registrations: matters.into_iter().map(registration).collect(),
            ..plain(DispositionKind::Registered)
        },
        Disposition::Silent(_) => plain(DispositionKind::Silent),
        Disposition::Emergency { service, reference, visit } => DispositionRecorded {
            registrations: Vec::from_iter((!call.alerted).then(|| emergency_visit(call, visit))),
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
