//! The issue as a cqrs-es aggregate: an adapter, nothing is decided here.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};

use super::event::ArrivalOutcome;
use super::{Issue, IssueCommand, IssueError, IssueEvent};
use crate::shared::matter::{Source, Track};
use crate::shared::stored::{ClaimOp, Disclosure, Fact, StoredEvent};

pub type IssueFact = Fact<IssueEvent>;

impl Aggregate for Issue {
    const TYPE: &'static str = "issue";
    type Command = IssueCommand;
    type Event = IssueFact;
    type Error = IssueError;
    type Services = ();

    async fn handle(
        &mut self,
        command: IssueCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), IssueError> {
        for event in self.decide(command)? {
            let claims = self.claims(&event);
            let disclosure = self.disclosure(&event);
            sink.write(Fact { event, disclosure, claims }, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, fact: IssueFact) {
        self.evolve(&fact.event);
    }
}

impl DomainEvent for IssueFact {
    fn event_type(&self) -> String {
        self.event.type_name().into()
    }

    fn event_version(&self) -> String {
        self.event.schema().to_string()
    }
}

impl Issue {
    /// Nothing of the supervision track, and nobody who stands aside, leaves the county's own streams
    /// (LOOP A1).
    fn disclosure(&self, event: &IssueEvent) -> Disclosure {
        let track = if let IssueEvent::Registered(e) = event { e.matter.track } else { self.track };
        let names_somebody = matches!(event, IssueEvent::PartyNamed(_));
        if names_somebody || track == Track::Supervision {
            Disclosure::Withheld
        } else {
            Disclosure::Public
        }
    }

    /// A source's record is one issue for ever; a case number names one issue; a thumb rates the
    /// latest service (LOOP C6).
    fn claims(&self, event: &IssueEvent) -> Vec<ClaimOp> {
        let take =
            |scope: &str, key: String, reroute| ClaimOp::Take { scope: scope.into(), key, reroute };
        if let IssueEvent::Registered(e) = event {
            let mut claims = vec![take("case_no", e.case_no.clone(), false)];
            if let Source::External { system, id } = &e.matter.source {
                claims.push(take("ref", format!("{system}/{id}"), true));
            }
            return claims;
        }
        if let IssueEvent::ReceiptIssued(e) = event {
            return vec![take("receipt", e.digest.clone(), false)];
        }
        let served = matches!(event, IssueEvent::ArrivalConfirmed(_) | IssueEvent::Completed(_))
            || matches!(event, IssueEvent::Arrived(e) if e.outcome == ArrivalOutcome::Met);
        let devices = self.active_reporters().filter_map(|(_, reporter)| reporter.device);
        devices
            .filter(|_| served)
            .map(|device| ClaimOp::Replace { scope: "thumb".into(), key: device.to_string() })
            .collect()
    }
}
