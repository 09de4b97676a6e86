//! The published documents as a cqrs-es aggregate: an adapter, nothing is decided here.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};

use super::{Policies, PolicyCommand, PolicyError, PolicyEvent};
use crate::shared::stored::{Disclosure, Fact, StoredEvent};

pub type PolicyFact = Fact<PolicyEvent>;

impl Aggregate for Policies {
    const TYPE: &'static str = "policy";
    type Command = PolicyCommand;
    type Event = PolicyFact;
    type Error = PolicyError;
    type Services = ();

    async fn handle(
        &mut self,
        command: PolicyCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), PolicyError> {
        for event in self.decide(command)? {
            sink.write(Fact { event, disclosure: Disclosure::Public, claims: Vec::new() }, self)
                .await;
        }
        Ok(())
    }

    fn apply(&mut self, fact: PolicyFact) {
        self.evolve(&fact.event);
    }
}

impl DomainEvent for PolicyFact {
    fn event_type(&self) -> String {
        self.event.type_name().into()
    }

    fn event_version(&self) -> String {
        self.event.schema().to_string()
    }
}
