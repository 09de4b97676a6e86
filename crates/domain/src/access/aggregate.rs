//! A principal as a cqrs-es aggregate: an adapter, nothing is decided here but what is unique.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};

use super::{AccessCommand, AccessError, AccessEvent, Principal};
use crate::shared::stored::{ClaimOp, Disclosure, Fact, StoredEvent};

pub type AccessFact = Fact<AccessEvent>;

impl Aggregate for Principal {
    const TYPE: &'static str = "access";
    type Command = AccessCommand;
    type Event = AccessFact;
    type Error = AccessError;
    type Services = ();

    async fn handle(
        &mut self,
        command: AccessCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), AccessError> {
        for event in self.decide(command)? {
            let mut claims = unique(&event);
            claims.extend(authority(self, &event));
            sink.write(Fact { event, disclosure: Disclosure::Withheld, claims }, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, fact: AccessFact) {
        self.evolve(&fact.event);
    }
}

/// One principal a person, and one an identity at the provider: two would get round what excludes each other.
fn unique(event: &AccessEvent) -> Vec<ClaimOp> {
    match event {
        AccessEvent::PrincipalRegistered(e) => {
            let person = e.person.map(|person| ("access_person", person.to_string()));
            let subject = e.subject.as_ref().map(|subject| ("access_subject", subject.key()));
            let taken = person.into_iter().chain(subject);
            let take = |(scope, key): (&str, String)| ClaimOp::Take {
                scope: scope.into(),
                key,
                reroute: false,
            };
            taken.map(take).collect()
        }
        AccessEvent::PrincipalRetired(_) => ["access_person", "access_subject"]
            .map(|scope| ClaimOp::Release { scope: scope.into() })
            .into(),
        AccessEvent::RoleGranted(_)
        | AccessEvent::RoleRevoked(_)
        | AccessEvent::KeyIssued(_)
        | AccessEvent::KeyRevoked(_)
        | AccessEvent::Invited(_)
        | AccessEvent::PasswordSet(_)
        | AccessEvent::LoggedIn(_)
        | AccessEvent::LoginFailed(_)
        | AccessEvent::LoggedOut(_)
        | AccessEvent::TokensRevoked(_) => Vec::new(),
    }
}

/// The claim that every command of this principal checks: one that was allowed under an earlier authority
/// finds it gone, however close together the two are.
fn authority(principal: &Principal, event: &AccessEvent) -> Vec<ClaimOp> {
    if !event.changes_authority() {
        return Vec::new();
    }
    let scope = AUTHORITY.to_owned();
    let name = match event {
        AccessEvent::PrincipalRegistered(e) => &e.name,
        AccessEvent::PrincipalRetired(_)
        | AccessEvent::RoleGranted(_)
        | AccessEvent::RoleRevoked(_)
        | AccessEvent::KeyIssued(_)
        | AccessEvent::KeyRevoked(_)
        | AccessEvent::Invited(_)
        | AccessEvent::PasswordSet(_)
        | AccessEvent::LoggedIn(_)
        | AccessEvent::LoginFailed(_)
        | AccessEvent::LoggedOut(_)
        | AccessEvent::TokensRevoked(_) => &principal.name,
    };
    let key = authority_key(name, principal.epoch + 1);
    vec![ClaimOp::Release { scope: scope.clone() }, ClaimOp::Take { scope, key, reroute: false }]
}

/// Scope of the claims that stand for a principal's authority as it is now.
pub const AUTHORITY: &str = "authority";

#[must_use]
pub fn authority_key(name: &str, epoch: u64) -> String {
    format!("{name}/{epoch}")
}

impl DomainEvent for AccessFact {
    fn event_type(&self) -> String {
        self.event.type_name().into()
    }

    fn event_version(&self) -> String {
        self.event.schema().to_string()
    }
}
