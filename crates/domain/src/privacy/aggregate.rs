//! The record of privacy as a cqrs-es aggregate: an adapter, nothing is decided here.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};

use super::{Privacy, PrivacyCommand, PrivacyError, PrivacyEvent};
use crate::shared::stored::{Disclosure, Fact, StoredEvent};

pub type PrivacyFact = Fact<PrivacyEvent>;

impl Aggregate for Privacy {
    const TYPE: &'static str = "privacy";
    type Command = PrivacyCommand;
    type Event = PrivacyFact;
    type Error = PrivacyError;
    type Services = ();

    async fn handle(
        &mut self,
        command: PrivacyCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), PrivacyError> {
        for event in self.decide(command)? {
            sink.write(Fact { event, disclosure: Disclosure::Withheld, claims: Vec::new() }, self)
                .await;
        }
        Ok(())
    }

    fn apply(&mut self, fact: PrivacyFact) {
        self.evolve(&fact.event);
    }
}

impl DomainEvent for PrivacyFact {
    fn event_type(&self) -> String {
        self.event.type_name().into()
    }

    fn event_version(&self) -> String {
        self.event.schema().to_string()
    }
}
