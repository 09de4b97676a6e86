//! A record of the organisation as a cqrs-es aggregate: an adapter, nothing is decided here.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};

use super::{Org, OrgCommand, OrgError, OrgEvent};
use crate::shared::stored::{Disclosure, Fact, StoredEvent};

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
            sink.write(Fact { event, disclosure: Disclosure::Withheld, claims: Vec::new() }, self)
                .await;
        }
        Ok(())
    }

    fn apply(&mut self, fact: OrgFact) {
        self.evolve(&fact.event);
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
