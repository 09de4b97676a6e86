//! Stored names and versions of the facts of an issue. Names are for ever; code may be renamed.

use super::event::{
    Accepted, Admitted, ArrivalConfirmed, Arrived, Closed, Commented, Completed, ContactMade,
    Departed, Dispatched, Disputed, Ended, Escalated, EscalationCause, EvidenceAttached, Excluded,
    FollowUpEnded, FollowUpOrdered, FollowedUp, HandedOver, Held, Informed, Joined, Notified,
    Objected, ObjectionRuled, PartyNamed, PolicyReplaced, Progressed, ProposalDecided, Proposed,
    Rated, ReceiptIssued, Reclassified, ReferredUp, Registered, Reopened, ReporterAttached,
    ReporterDetached, Restored, Resumed, SentDown, Summoned, Supervised, SupervisionDecided,
    SupervisionReported, SupportEscalated, SupportFinished, TakenOver, TookPart, Unmerged, Urged,
};
use crate::shared::clock::{ClockExpired, ClockRecounted, ClockStarted, ClockStopped};
use crate::shared::matter::Reporter;
use crate::shared::sealed::Sealed;
use crate::shared::stored::stored_events;

stored_events! {
    /// A fact of an issue.
    IssueEvent, sealed = sealed, {
        "issue.registered" = 1 => Registered,
        "issue.reporter_attached" = 1 => ReporterAttached,
        "issue.dispatched" = 1 => Dispatched,
        "issue.accepted" = 1 => Accepted,
        "issue.arrived" = 1 => Arrived,
        "issue.progressed" = 1 => Progressed,
        "issue.completed" = 1 => Completed,
        "issue.notified" = 1 => Notified,
        "issue.rated" = 1 => Rated,
        "issue.follow_up_ordered" = 1 => FollowUpOrdered,
        "issue.followed_up" = 1 => FollowedUp,
        "issue.follow_up_ended" = 1 => FollowUpEnded,
        "issue.reopened" = 1 => Reopened,
        "issue.closed" = 1 => Closed,
        "issue.escalated" = 1 => Escalated,
        "issue.clock_started" = 1 => ClockStarted,
        "issue.clock_stopped" = 1 => ClockStopped,
        "issue.clock_expired" = 1 => ClockExpired,
        "issue.clock_recounted" = 1 => ClockRecounted,
        "issue.reporter_detached" = 1 => ReporterDetached,
        "issue.admitted" = 1 => Admitted,
        "issue.contact_made" = 1 => ContactMade,
        "issue.departed" = 1 => Departed,
        "issue.arrival_confirmed" = 1 => ArrivalConfirmed,
        "issue.objected" = 1 => Objected,
        "issue.objection_ruled" = 1 => ObjectionRuled,
        "issue.summoned" = 1 => Summoned,
        "issue.joined" = 1 => Joined,
        "issue.support_finished" = 1 => SupportFinished,
        "issue.support_escalated" = 1 => SupportEscalated,
        "issue.handed_over" = 1 => HandedOver,
        "issue.referred_up" = 1 => ReferredUp,
        "issue.sent_down" = 1 => SentDown,
        "issue.taken_over" = 1 => TakenOver,
        "issue.held" = 1 => Held,
        "issue.resumed" = 1 => Resumed,
        "issue.proposed" = 1 => Proposed,
        "issue.proposal_decided" = 1 => ProposalDecided,
        "issue.ended" = 1 => Ended,
        "issue.unmerged" = 1 => Unmerged,
        "issue.reclassified" = 1 => Reclassified,
        "issue.policy_replaced" = 1 => PolicyReplaced,
        "issue.excluded" = 1 => Excluded,
        "issue.restored" = 1 => Restored,
        "issue.informed" = 1 => Informed,
        "issue.took_part" = 1 => TookPart,
        "issue.party_named" = 1 => PartyNamed,
        "issue.urged" = 1 => Urged,
        "issue.supervised" = 1 => Supervised,
        "issue.supervision_reported" = 1 => SupervisionReported,
        "issue.supervision_decided" = 1 => SupervisionDecided,
        "issue.disputed" = 1 => Disputed,
        "issue.commented" = 1 => Commented,
        "issue.receipt_issued" = 1 => ReceiptIssued,
        "issue.evidence_attached" = 1 => EvidenceAttached,
    }
}

fn sealed(event: &IssueEvent) -> Vec<&Sealed> {
    match event {
        IssueEvent::Registered(e) => e.matter.sealed(),
        IssueEvent::ReporterAttached(e) => e.reporter.sealed().collect(),
        IssueEvent::Arrived(e) => e.note.iter().collect(),
        IssueEvent::Progressed(e) => vec![&e.note],
        IssueEvent::Completed(e) => e.summary.iter().chain(&e.over_support).collect(),
        IssueEvent::FollowedUp(e) => e.note.iter().collect(),
        IssueEvent::Reopened(e) => e.reason.iter().collect(),
        IssueEvent::Escalated(e) => match &e.cause {
            EscalationCause::Person { reason } => vec![reason],
            EscalationCause::Clock { .. }
            | EscalationCause::NotSolved
            | EscalationCause::Merged => Vec::new(),
        },
        IssueEvent::ContactMade(e) => e.note.iter().collect(),
        IssueEvent::Objected(e) => vec![&e.reason],
        IssueEvent::ObjectionRuled(e) => e.reason.iter().collect(),
        IssueEvent::Summoned(e) => e.task.iter().collect(),
        IssueEvent::SupportFinished(e) => e.note.iter().collect(),
        IssueEvent::ReferredUp(e) => vec![&e.note],
        IssueEvent::SentDown(e) => vec![&e.reason],
        IssueEvent::Held(e) => vec![&e.reason],
        IssueEvent::Resumed(e) => e.answer.iter().collect(),
        IssueEvent::Proposed(e) => e.proposal.sealed(),
        IssueEvent::ProposalDecided(e) => e.reason.iter().chain(&e.confirmed).collect(),
        IssueEvent::Ended(e) => e.reporters.iter().flat_map(Reporter::sealed).collect(),
        IssueEvent::Unmerged(e) => e.reason.iter().collect(),
        IssueEvent::Restored(e) => vec![&e.reason],
        IssueEvent::Informed(e) => e.note.iter().collect(),
        IssueEvent::Urged(e) => e.note.iter().collect(),
        IssueEvent::Supervised(e) => vec![&e.demand],
        IssueEvent::SupervisionReported(e) => vec![&e.report],
        IssueEvent::SupervisionDecided(e) => e.reason.iter().collect(),
        IssueEvent::Disputed(e) => vec![&e.reason],
        IssueEvent::Commented(e) => vec![&e.note],
        IssueEvent::EvidenceAttached(e) => {
            let picture = e.kept.as_ref().map(|kept| &kept.picture);
            [Some(&e.file_name), picture].into_iter().flatten().collect()
        }
        IssueEvent::ReporterDetached(_)
        | IssueEvent::ReceiptIssued(_)
        | IssueEvent::FollowUpEnded(_)
        | IssueEvent::Admitted(_)
        | IssueEvent::Departed(_)
        | IssueEvent::ArrivalConfirmed(_)
        | IssueEvent::Joined(_)
        | IssueEvent::SupportEscalated(_)
        | IssueEvent::HandedOver(_)
        | IssueEvent::TakenOver(_)
        | IssueEvent::Reclassified(_)
        | IssueEvent::PolicyReplaced(_)
        | IssueEvent::Excluded(_)
        | IssueEvent::PartyNamed(_)
        | IssueEvent::TookPart(_)
        | IssueEvent::Dispatched(_)
        | IssueEvent::Accepted(_)
        | IssueEvent::Notified(_)
        | IssueEvent::Rated(_)
        | IssueEvent::FollowUpOrdered(_)
        | IssueEvent::Closed(_)
        | IssueEvent::ClockStarted(_)
        | IssueEvent::ClockStopped(_)
        | IssueEvent::ClockExpired(_)
        | IssueEvent::ClockRecounted(_) => Vec::new(),
    }
}
