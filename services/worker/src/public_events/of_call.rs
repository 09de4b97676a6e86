//! Public events of calls: no caller, no device, no household, no post.

use contract::bidao::call::v1 as pb;
use domain::call::CallEvent;
use domain::call::event::Registration;
use domain::shared::ids::IssueId;
use domain::shared::matter::{Confidence, Track};

use super::words::{rung, thumb, time, verdict, word};
use super::{Translated, told};

/// One line per event, so that what is told of each is seen at a glance.
#[rustfmt::skip]
pub fn translate(fact: &CallEvent, call_id: String) -> Translated {
    match fact {
        CallEvent::Pressed(e) => told(&pb::PressedEvent { call_id, unit_id: e.unit.to_string(), rung: rung(e.rung), pressed_at: time(e.pressed_at), roster_gap: !e.gaps.is_empty() }),
        CallEvent::PressedAgain(e) => told(&pb::PressedAgainEvent { call_id, pressed_at: time(e.pressed_at) }),
        CallEvent::Rang(e) => told(&pb::RangEvent { call_id, unit_id: e.holder.unit.to_string(), place: u32::try_from(e.place).unwrap_or(u32::MAX) }),
        CallEvent::Missed(e) => told(&pb::MissedEvent { call_id, reason: word(&e.why) }),
        CallEvent::Answered(e) => told(&pb::AnsweredEvent { call_id, unit_id: e.by.unit.to_string(), by_return_call: e.by_return_call, stand_in: e.by.stand_in, answered_at: time(e.answered_at) }),
        CallEvent::ReturnCallTried(e) => told(&pb::ReturnCallTriedEvent { call_id, unit_id: e.by.unit.to_string() }),
        CallEvent::DispositionRecorded(e) => told(&pb::DispositionRecordedEvent { call_id, disposition: word(&e.kind), issue_ids: issues(&e.registrations, e.attached_to) }),
        CallEvent::VisitOrdered(_) => told(&pb::VisitOrderedEvent { call_id, issue_ids: issues(fact.registrations(), None) }),
        CallEvent::ThumbPressed(e) => told(&pb::ThumbPressedEvent { call_id, thumb: thumb(e.thumb), in_presence: e.in_presence }),
        CallEvent::Escalated(e) => told(&pb::EscalatedEvent { call_id, from: rung(e.from), to: rung(e.to), clock: e.clock.name().into() }),
        CallEvent::EmergencyAlerted(e) => told(&pb::EmergencyAlertedEvent { call_id, service: service(&e.alert.service), issue_ids: issues(fact.registrations(), None), at: time(e.at) }),
        CallEvent::FollowUpOrdered(e) => told(&pb::FollowUpOrderedEvent { call_id, reason: word(&e.why) }),
        CallEvent::FollowedUp(e) => told(&pb::FollowedUpEvent { call_id, verdict: e.verdict.map(verdict), issue_ids: issues(&e.registrations, None), at: time(e.at) }),
        CallEvent::FollowUpEnded(e) => told(&pb::FollowUpEndedEvent { call_id, issue_ids: issues(fact.registrations(), None), at: time(e.at) }),
        CallEvent::ClockStarted(e) => told(&pb::ClockStartedEvent { call_id, clock: e.clock.name().into(), generation: e.generation, due_at: time(e.due_at) }),
        CallEvent::ClockStopped(e) => told(&pb::ClockStoppedEvent { call_id, clock: e.clock.name().into(), generation: e.generation, reason: word(&e.reason) }),
        CallEvent::ClockExpired(e) => told(&pb::ClockExpiredEvent { call_id, clock: e.clock.name().into(), generation: e.generation, due_at: time(e.due_at), fired_at: time(e.fired_at) }),
        CallEvent::ClockRecounted(e) => told(&pb::ClockRecountedEvent { call_id, clock: e.clock.name().into(), generation: e.generation, due_at: time(e.due_at) }),
        // A key pressed by chance, on somebody's device.
        CallEvent::ThumbUnbound(_) => Ok(None),
    }
}

/// Issues that others may know of: an accusation is registered in silence (LOOP A1), and nothing that was told in
/// confidence is traced to a call (LOOP V3).
fn issues(registrations: &[Registration], attached_to: Option<IssueId>) -> Vec<String> {
    let told = registrations.iter().filter(|r| {
        let kept = r.matter.reporter.confidence == Confidence::Confidential;
        r.matter.track != Track::Supervision && !kept
    });
    told.map(|registration| registration.issue)
        .chain(attached_to)
        .map(|id| id.to_string())
        .collect()
}

/// The number that was called; whatever else a person wrote there stays inside.
fn service(written: &str) -> String {
    let known = ["110", "119", "120"].into_iter().find(|number| *number == written);
    known.unwrap_or_default().into()
}
