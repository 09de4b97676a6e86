//! Public events of issues: no reporter, no free text, no post, nobody who stands aside.

use contract::bidao::issue::v1 as pb;
use domain::issue::IssueEvent;
use domain::issue::event::{
    Class, Ended, Escalated, EscalationCause, FollowedUp, Rated, Reclassified, Registered,
};
use domain::shared::matter::{Source, Track};

use super::words::{nature, rung, size, time, urgency, verdict, word};
use super::{Translated, told};

/// One line per event, so that what is told of each is seen at a glance.
#[rustfmt::skip]
pub fn translate(fact: &IssueEvent, issue_id: String) -> Translated {
    match fact {
        IssueEvent::Registered(e) => told(&registered(e, issue_id)),
        IssueEvent::ReporterAttached(e) => told(&pb::ReporterAttachedEvent { issue_id, at: time(e.at) }),
        IssueEvent::ReporterDetached(e) => told(&pb::ReporterDetachedEvent { issue_id, reporters: count(&e.also), at: time(e.at) }),
        IssueEvent::Admitted(e) => told(&pb::AdmittedEvent { issue_id, at: time(e.at) }),
        IssueEvent::Dispatched(e) => told(&pb::DispatchedEvent { issue_id, unit_id: e.to.unit.to_string(), rung: rung(e.rung), by_policy: e.by_policy, at: time(e.at) }),
        IssueEvent::Accepted(e) => told(&pb::AcceptedEvent { issue_id, unit_id: e.by.unit.to_string(), implied: e.implied, at: time(e.at) }),
        IssueEvent::ContactMade(e) => told(&pb::ContactMadeEvent { issue_id, reached: e.reached, at: time(e.at) }),
        IssueEvent::Departed(e) => told(&pb::DepartedEvent { issue_id, at: time(e.at) }),
        IssueEvent::Arrived(e) => told(&pb::ArrivedEvent { issue_id, unit_id: e.by.unit.to_string(), outcome: word(&e.outcome), at: time(e.at) }),
        IssueEvent::ArrivalConfirmed(e) => told(&pb::ArrivalConfirmedEvent { issue_id, at: time(e.at) }),
        IssueEvent::Progressed(e) => told(&pb::ProgressedEvent { issue_id, at: time(e.at) }),
        IssueEvent::Completed(e) => told(&pb::CompletedEvent { issue_id, at: time(e.at) }),
        IssueEvent::Notified(e) => told(&pb::NotifiedEvent { issue_id, channel: word(&e.channel), reporters: count(&e.also), at: time(e.at) }),
        IssueEvent::Informed(e) => told(&pb::InformedEvent { issue_id, channel: word(&e.channel), at: time(e.at) }),
        IssueEvent::Rated(e) => told(&rated(e, issue_id)),
        IssueEvent::FollowUpOrdered(e) => told(&pb::FollowUpOrderedEvent { issue_id, reason: word(&e.why) }),
        IssueEvent::FollowedUp(e) => told(&followed_up(e, issue_id)),
        IssueEvent::FollowUpEnded(e) => told(&pb::FollowUpEndedEvent { issue_id, at: time(e.at) }),
        IssueEvent::Reopened(e) => told(&pb::ReopenedEvent { issue_id, reason: word(&e.why), count: e.count, at: time(e.at) }),
        IssueEvent::Closed(e) => told(&pb::ClosedEvent { issue_id, outcome: e.outcome.name().into(), at: time(e.at) }),
        IssueEvent::Ended(e) => told(&ended(e, issue_id)),
        IssueEvent::Unmerged(e) => told(&pb::UnmergedEvent { issue_id, from_issue_id: e.from.to_string(), at: time(e.at) }),
        IssueEvent::Escalated(e) => told(&escalated(e, issue_id)),
        IssueEvent::ReferredUp(e) => told(&pb::ReferredUpEvent { issue_id, reason: word(&e.why), to: rung(e.to), at: time(e.at) }),
        IssueEvent::SentDown(e) => told(&pb::SentDownEvent { issue_id, at: time(e.at) }),
        IssueEvent::TakenOver(e) => told(&pb::TakenOverEvent { issue_id, unit_id: e.by.unit.to_string(), rung: rung(e.rung), at: time(e.at) }),
        IssueEvent::HandedOver(e) => told(&pb::HandedOverEvent { issue_id, unit_id: e.to.unit.to_string(), rung: rung(e.rung), reason: word(&e.why), at: time(e.at) }),
        IssueEvent::Objected(e) => told(&pb::ObjectedEvent { issue_id, unit_id: e.by.unit.to_string(), at: time(e.at) }),
        IssueEvent::ObjectionRuled(e) => told(&pb::ObjectionRuledEvent { issue_id, upheld: e.upheld, at: time(e.at) }),
        IssueEvent::Summoned(e) => told(&pb::SummonedEvent { issue_id, support: e.support.into(), unit_id: e.to.unit.to_string(), rung: rung(e.rung), at: time(e.at) }),
        IssueEvent::Joined(e) => told(&pb::JoinedEvent { issue_id, support: e.support.into(), at: time(e.at) }),
        IssueEvent::SupportFinished(e) => told(&pb::SupportFinishedEvent { issue_id, support: e.support.into(), at: time(e.at) }),
        IssueEvent::SupportEscalated(e) => told(&pb::SupportEscalatedEvent { issue_id, support: e.support.into(), from: rung(e.from), to: rung(e.to), clock: e.clock.name().into(), at: time(e.at) }),
        IssueEvent::Held(e) => told(&pb::HeldEvent { issue_id, kind: word(&e.kind), until: time(e.until), at: time(e.at) }),
        IssueEvent::Resumed(e) => told(&pb::ResumedEvent { issue_id, reason: word(&e.why), at: time(e.at) }),
        IssueEvent::Reclassified(e) => told(&reclassified(e, issue_id)),
        IssueEvent::PolicyReplaced(e) => told(&pb::PolicyReplacedEvent { issue_id, policy_id: e.policy.id.clone(), policy_version: e.policy.version, at: time(e.at) }),
        IssueEvent::Excluded(e) => told(&pb::ExcludedEvent { issue_id, at: time(e.at) }),
        IssueEvent::Restored(e) => told(&pb::RestoredEvent { issue_id, at: time(e.at) }),
        IssueEvent::Urged(e) => told(&pb::UrgedEvent { issue_id, at: time(e.at) }),
        IssueEvent::Supervised(e) => told(&pb::SupervisedEvent { issue_id, supervision: e.supervision.into(), unit_id: e.by.to_string(), rung: rung(e.rung), at: time(e.at) }),
        IssueEvent::SupervisionReported(e) => told(&pb::SupervisionReportedEvent { issue_id, supervision: e.supervision.into(), at: time(e.at) }),
        IssueEvent::SupervisionDecided(e) => told(&pb::SupervisionDecidedEvent { issue_id, supervision: e.supervision.into(), accepted: e.accepted, at: time(e.at) }),
        IssueEvent::ClockStarted(e) => told(&pb::ClockStartedEvent { issue_id, clock: e.clock.name().into(), generation: e.generation, due_at: time(e.due_at) }),
        IssueEvent::ClockStopped(e) => told(&pb::ClockStoppedEvent { issue_id, clock: e.clock.name().into(), generation: e.generation, reason: word(&e.reason) }),
        IssueEvent::ClockExpired(e) => told(&pb::ClockExpiredEvent { issue_id, clock: e.clock.name().into(), generation: e.generation, due_at: time(e.due_at), fired_at: time(e.fired_at) }),
        IssueEvent::ClockRecounted(e) => told(&pb::ClockRecountedEvent { issue_id, clock: e.clock.name().into(), generation: e.generation, due_at: time(e.due_at) }),
        // Who stands aside, what is still only asked for, and what is written for those who work on it.
        IssueEvent::PartyNamed(_)
        | IssueEvent::TookPart(_)
        | IssueEvent::Proposed(_)
        | IssueEvent::ProposalDecided(_)
        | IssueEvent::Disputed(_)
        | IssueEvent::Commented(_)
        | IssueEvent::ReceiptIssued(_)
        | IssueEvent::EvidenceAttached(_) => Ok(None),
    }
}

/// One, and the others told of in the same event.
fn count(also: &[usize]) -> u32 {
    u32::try_from(also.len() + 1).unwrap_or(u32::MAX)
}

fn registered(e: &Registered, issue_id: String) -> pb::RegisteredEvent {
    let (external_system, external_id) = match &e.matter.source {
        Source::External { system, id } => (system.clone(), id.clone()),
        Source::Call { .. } | Source::InPerson | Source::Proactive | Source::OnBehalf { .. } => {
            (String::new(), String::new())
        }
    };
    let track = if e.matter.track == Track::Petition { "petition" } else { "service" };
    pb::RegisteredEvent {
        issue_id,
        case_no: e.case_no.clone(),
        nature: nature(e.matter.nature),
        category: e.matter.category.clone(),
        urgency: urgency(e.matter.urgency),
        size: size(e.matter.size),
        track: track.into(),
        place_unit_id: e.matter.place.to_string(),
        competent_unit_id: e.competent.map(|unit| unit.to_string()).unwrap_or_default(),
        rung: rung(e.rung),
        proactive: matches!(e.matter.source, Source::Proactive),
        external_system,
        external_id,
        started_at: time(e.started_at),
        registered_at: time(e.registered_at),
        total_due_at: e.total_due_at.and_then(time),
    }
}

fn rated(e: &Rated, issue_id: String) -> pb::RatedEvent {
    let verdict = Some(verdict(e.verdict));
    pb::RatedEvent { issue_id, verdict, in_presence: e.in_presence, at: time(e.at) }
}

fn followed_up(e: &FollowedUp, issue_id: String) -> pb::FollowedUpEvent {
    let verdict = e.verdict.map(verdict);
    pb::FollowedUpEvent { issue_id, verdict, by_mistake: e.by_mistake, at: time(e.at) }
}

fn ended(e: &Ended, issue_id: String) -> pb::EndedEvent {
    pb::EndedEvent {
        issue_id,
        outcome: e.outcome.name().into(),
        merged_into_issue_id: e.merged_into.map(|into| into.to_string()).unwrap_or_default(),
        at: time(e.at),
    }
}

fn escalated(e: &Escalated, issue_id: String) -> pb::EscalatedEvent {
    let (cause, clock) = match &e.cause {
        EscalationCause::Clock { clock, .. } => ("clock", clock.name()),
        EscalationCause::NotSolved => ("not_solved", ""),
        EscalationCause::Person { .. } => ("person", ""),
        EscalationCause::Merged => ("merged", ""),
    };
    pb::EscalatedEvent {
        issue_id,
        from: rung(e.from),
        to: rung(e.to),
        cause: cause.into(),
        clock: clock.into(),
        at: time(e.at),
    }
}

fn reclassified(e: &Reclassified, issue_id: String) -> pb::ReclassifiedEvent {
    let Class { nature: of_nature, category, urgency: of_urgency, size: of_size, .. } = &e.class;
    pb::ReclassifiedEvent {
        issue_id,
        nature: of_nature.map(nature).unwrap_or_default(),
        category: category.clone().unwrap_or_default(),
        urgency: of_urgency.map(urgency).unwrap_or_default(),
        size: of_size.map(size).unwrap_or_default(),
        slower: e.slower,
        at: time(e.at),
        competent_unit_id: e.home.map(|unit| unit.to_string()).unwrap_or_default(),
    }
}
