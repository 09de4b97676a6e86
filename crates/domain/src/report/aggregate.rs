//! The closed periods as a cqrs-es aggregate: an adapter, nothing is decided here.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};

use super::{ReportCommand, ReportError, ReportEvent, Reports};
use crate::shared::stored::{Disclosure, Fact, StoredEvent};

pub type ReportFact = Fact<ReportEvent>;

impl Aggregate for Reports {
    const TYPE: &'static str = "report";
    type Command = ReportCommand;
    type Event = ReportFact;
    type Error = ReportError;
    type Services = ();

    async fn handle(
        &mut self,
        command: ReportCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), ReportError> {
        for event in self.decide(command)? {
            sink.write(Fact { event, disclosure: Disclosure::Public, claims: Vec::new() }, self)
                .await;
        }
        Ok(())
    }

    fn apply(&mut self, fact: ReportFact) {
        self.evolve(&fact.event);
    }
}

impl DomainEvent for ReportFact {
    fn event_type(&self) -> String {
        self.event.type_name().into()
    }

    fn event_version(&self) -> String {
        self.event.schema().to_string()
    }
}
