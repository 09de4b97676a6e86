//! Stored names and versions of the facts of an issue. Names are for ever; code may be renamed.

use crate::shared::clock::{ClockExpired, ClockStarted, ClockStopped};
use crate::shared::sealed::Sealed;
use crate::shared::stored::stored_events;

use super::event::{
    Accepted, Arrived, Closed, Completed, Dispatched, Escalated, EscalationCause, FollowUpOrdered,
    FollowedUp, Notified, Progressed, Rated, Registered, Reopened, ReporterAttached,
};

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
        "issue.reopened" = 1 => Reopened,
        "issue.closed" = 1 => Closed,
        "issue.escalated" = 1 => Escalated,
        "issue.clock_started" = 1 => ClockStarted,
        "issue.clock_stopped" = 1 => ClockStopped,
        "issue.clock_expired" = 1 => ClockExpired,
    }
}

fn sealed(event: &IssueEvent) -> Vec<&Sealed> {
    match event {
        IssueEvent::Registered(e) => e.matter.sealed(),
        IssueEvent::ReporterAttached(e) => e.reporter.sealed().collect(),
        IssueEvent::Arrived(e) => e.note.iter().collect(),
        IssueEvent::Progressed(e) => vec![&e.note],
        IssueEvent::Completed(e) => e.summary.iter().collect(),
        IssueEvent::FollowedUp(e) => e.note.iter().collect(),
        IssueEvent::Reopened(e) => e.reason.iter().collect(),
        IssueEvent::Escalated(e) => match &e.cause {
            EscalationCause::Person { reason } => vec![reason],
            EscalationCause::Clock { .. } | EscalationCause::NotSolved => Vec::new(),
        },
        IssueEvent::Dispatched(_)
        | IssueEvent::Accepted(_)
        | IssueEvent::Notified(_)
        | IssueEvent::Rated(_)
        | IssueEvent::FollowUpOrdered(_)
        | IssueEvent::Closed(_)
        | IssueEvent::ClockStarted(_)
        | IssueEvent::ClockStopped(_)
        | IssueEvent::ClockExpired(_) => Vec::new(),
    }
}
