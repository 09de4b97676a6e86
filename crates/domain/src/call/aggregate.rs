//! The call as a cqrs-es aggregate: an adapter, nothing is decided here.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};

use super::{Call, CallCommand, CallError, CallEvent};
use crate::shared::ids::DeviceId;
use crate::shared::stored::{ClaimOp, Disclosure, Fact, StoredEvent};
use crate::shared::verdict::Thumb;

pub type CallFact = Fact<CallEvent>;

impl Aggregate for Call {
    const TYPE: &'static str = "call";
    type Command = CallCommand;
    type Event = CallFact;
    type Error = CallError;
    type Services = ();

    async fn handle(
        &mut self,
        command: CallCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), CallError> {
        for event in self.decide(command)? {
            let fact = Fact { claims: claims(&event), disclosure: Disclosure::Public, event };
            sink.write(fact, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, fact: CallFact) {
        self.evolve(&fact.event);
    }
}

impl DomainEvent for CallFact {
    fn event_type(&self) -> String {
        self.event.type_name().into()
    }

    fn event_version(&self) -> String {
        self.event.schema().to_string()
    }
}

/// Presses are one call only while the earlier one rings or waits for its return call (LOOP C4),
/// and a thumb rates the latest service (LOOP C6).
fn claims(event: &CallEvent) -> Vec<ClaimOp> {
    let thumb =
        |device: DeviceId| ClaimOp::Replace { scope: "thumb".into(), key: device.to_string() };
    let free = || ClaimOp::Release { scope: "device".into() };
    match event {
        CallEvent::Pressed(e) => e
            .device
            .map(|device| ClaimOp::Take {
                scope: "device".into(),
                key: device.to_string(),
                reroute: true,
            })
            .into_iter()
            .collect(),
        CallEvent::Answered(e) => std::iter::once(free()).chain(e.device.map(thumb)).collect(),
        CallEvent::VisitOrdered(_) => vec![free()],
        // Further thumbs of this device belong here until somebody has called back.
        CallEvent::ThumbUnbound(e) if e.thumb == Thumb::Down => vec![ClaimOp::Take {
            scope: "unbound_thumb".into(),
            key: e.device.to_string(),
            reroute: true,
        }],
        CallEvent::FollowUpEnded(_) => vec![ClaimOp::Release { scope: "unbound_thumb".into() }],
        CallEvent::FollowedUp(e) if e.verdict.is_some() => {
            vec![ClaimOp::Release { scope: "unbound_thumb".into() }]
        }
        CallEvent::PressedAgain(_)
        | CallEvent::ThumbUnbound(_)
        | CallEvent::EmergencyAlerted(_)
        | CallEvent::FollowUpOrdered(_)
        | CallEvent::FollowedUp(_)
        | CallEvent::ClockRecounted(_)
        | CallEvent::ThumbPressed(_)
        | CallEvent::Rang(_)
        | CallEvent::Missed(_)
        | CallEvent::ReturnCallTried(_)
        | CallEvent::DispositionRecorded(_)
        | CallEvent::Escalated(_)
        | CallEvent::ClockStarted(_)
        | CallEvent::ClockStopped(_)
        | CallEvent::ClockExpired(_) => Vec::new(),
    }
}
