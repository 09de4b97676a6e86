//! A record of the organisation as a cqrs-es aggregate: an adapter, nothing is decided here.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};

use super::{Org, OrgCommand, OrgError, OrgEvent};
use crate::shared::stored::{ClaimOp, Disclosure, Fact, StoredEvent};

pub type OrgFact = Fact<OrgEvent>;

impl Aggregate for Org {
    const TYPE: &'static str = "org";
    type Command = OrgCommand;
    type Event = OrgFact;
    type Error = OrgError;
    type Services = ();

    async fn handle(
        &mut self,
        command: OrgCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), OrgError> {
        for event in self.decide(command)? {
            let (disclosure, claims) = (disclosure(&event), claims(&event));
            sink.write(Fact { event, disclosure, claims }, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, fact: OrgFact) {
        self.evolve(&fact.event);
    }
}

/// A household is known by the device that came to it last: whoever files for the household is rated by its
/// keys (LOOP C6).
fn claims(event: &OrgEvent) -> Vec<ClaimOp> {
    let OrgEvent::DeviceRegistered(e) = event else { return Vec::new() };
    let scope = DEVICE_OF.to_owned();
    vec![ClaimOp::Replace { scope, key: e.household.to_string() }]
}

/// Scope of the claims that say which device a household has.
pub const DEVICE_OF: &str = "device_of";

/// The tree is known to everybody; who works and lives in it stays in the county's own streams.
fn disclosure(event: &OrgEvent) -> Disclosure {
    match event {
        OrgEvent::UnitAdded(_)
        | OrgEvent::UnitRenamed(_)
        | OrgEvent::UnitMoved(_)
        | OrgEvent::UnitMerged(_) => Disclosure::Public,
        OrgEvent::ProfilePublished(_)
        | OrgEvent::WaiverGranted(_)
        | OrgEvent::RosterSet(_)
        | OrgEvent::PostCreated(_)
        | OrgEvent::Appointed(_)
        | OrgEvent::AppointmentEnded(_)
        | OrgEvent::AppointmentLapsed(_)
        | OrgEvent::StandInNamed(_)
        | OrgEvent::PersonRegistered(_)
        | OrgEvent::HouseholdRegistered(_)
        | OrgEvent::DeviceRegistered(_) => Disclosure::Withheld,
    }
}

impl DomainEvent for OrgFact {
    fn event_type(&self) -> String {
        self.event.type_name().into()
    }

    fn event_version(&self) -> String {
        self.event.schema().to_string()
    }
}
