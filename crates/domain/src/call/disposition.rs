//! What became of an answered call (LOOP C2): the closed list, and the issues it registers.

use super::command::{Disposition, RecordDisposition};
use super::event::{DispositionKind, DispositionRecorded, EmergencyAlert, Registration};
use super::lifecycle::Verb;
use super::{Call, CallError, CallEvent, Turn};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ids::IssueId;
use crate::shared::matter::{Matter, Reporter, Urgency};

pub fn record(
    call: &Call,
    given: &Given,
    verb: RecordDisposition,
) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::RecordDisposition)?;
    let mut turn = Turn::try_new(call, given, &call.policy)?;
    let mut fact = disposed(call, verb.disposition)?;
    fact.note = verb.note;
    turn.stop(ClockKind::Disposition, StopReason::Kept);
    turn.emit(fact);
    Ok(turn.done())
}

fn disposed(call: &Call, disposition: Disposition) -> Result<DispositionRecorded, CallError> {
    let registration = |(issue, matter): (IssueId, Matter)| Registration {
        issue,
        matter,
        started_at: call.pressed_at,
        policy: Some(call.policy.clone()),
    };
    let visit = |(issue, matter): (IssueId, Matter)| {
        registration((issue, Matter { must_visit: true, urgency: Urgency::Urgent, ..matter }))
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
        Disposition::Silent { visit: matter } => DispositionRecorded {
            registrations: vec![visit(matter)],
            ..plain(DispositionKind::Silent)
        },
        Disposition::Emergency { service, reference, visit: matter } => {
            if !["110", "119", "120"].contains(&service.as_str()) {
                return Err(CallError::UnknownEmergencyService(service));
            }
            DispositionRecorded {
                // The village's arrival duty runs beside the emergency service (LOOP C5).
                registrations: vec![visit(matter)],
                emergency: Some(EmergencyAlert { service, reference }),
                ..plain(DispositionKind::Emergency)
            }
        }
    })
}
