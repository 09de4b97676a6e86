//! Who looked at whose identity, who may for a while, and what is held, frozen or erased: the record of
//! privacy of one file. One stream beside each file that anybody asked about, and one for each principal who
//! searches. Nothing here can be taken back (promises P12, P13).

mod aggregate;
mod codec;
pub mod command;
pub mod erasure;
mod error;
pub mod event;
pub mod look;
pub mod request;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use aggregate::PrivacyFact;
pub use codec::PrivacyEvent;
pub use command::{PrivacyCommand, PrivacyVerb};
pub use error::PrivacyError;

use crate::shared::given::Given;
use crate::shared::ids::PersonId;
use crate::shared::moment::Moment;
use event::{Ask, GlassBroken, Pass};

/// The record of one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Privacy {
    /// Numbers given out, to requests and holds together.
    pub numbered: u32,
    /// What waits for a second person.
    pub requests: BTreeMap<u32, Request>,
    /// Who may look, though they may not otherwise.
    pub passes: BTreeMap<u32, Pass>,
    /// 法定留存: as long as one stands nothing is erased.
    pub holds: BTreeSet<u32>,
    /// Stored, and used for nothing (PIPL art. 47 ¶2).
    pub frozen: bool,
    /// What was frozen, for thawing just that.
    #[serde(default)]
    pub frozen_keys: BTreeSet<Uuid>,
    /// Who reported was forgotten, if not more: nothing leads to them any more.
    #[serde(default)]
    pub forgotten: bool,
}

/// What one person asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub ask: Ask,
    pub by: Asker,
    /// Silence is no.
    pub until: Moment,
}

/// A principal, and the person behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    pub principal: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

impl Asker {
    fn of(given: &Given) -> Self {
        Self { principal: given.actor.id.clone(), person: given.actor.person }
    }

    fn is(&self, given: &Given) -> bool {
        let same_person = self.person.is_some() && self.person == given.actor.person;
        self.principal == given.actor.id || same_person
    }
}

impl Privacy {
    /// # Errors
    /// The rule that refuses the command.
    pub fn decide(&self, command: PrivacyCommand) -> Result<Vec<PrivacyEvent>, PrivacyError> {
        let given = &command.given;
        match command.verb {
            PrivacyVerb::Look(verb) => look::look(self, given, verb),
            PrivacyVerb::Search(verb) => Ok(look::search(given, verb)),
            PrivacyVerb::Ask(verb) => request::ask(self, given, verb),
            PrivacyVerb::Approve(verb) => request::approve(self, given, verb),
            PrivacyVerb::Reject(verb) => request::reject(self, given, verb),
            PrivacyVerb::Freeze(verb) => erasure::freeze(self, given, verb),
            PrivacyVerb::Hold(verb) => erasure::hold(self, given, verb),
        }
    }

    pub fn evolve(&mut self, event: &PrivacyEvent) {
        match event {
            PrivacyEvent::IdentityViewed(_) | PrivacyEvent::IdentitySearched(_) => {}
            PrivacyEvent::RequestMade(e) => {
                self.numbered = e.number;
                let request = Request { ask: e.ask, by: e.by.clone(), until: e.until };
                self.requests.insert(e.number, request);
            }
            PrivacyEvent::RequestRejected(e) => {
                self.requests.remove(&e.number);
            }
            PrivacyEvent::PassGranted(e) | PrivacyEvent::GlassBroken(GlassBroken(e)) => {
                self.requests.remove(&e.number);
                self.passes.retain(|_, pass| e.at < pass.until);
                self.passes.insert(e.number, e.pass.clone());
            }
            PrivacyEvent::KeysDestroyed(e) => {
                self.requests.remove(&e.number);
                self.forgotten = true;
            }
            PrivacyEvent::KeysFrozen(e) => {
                self.frozen = true;
                self.frozen_keys = e.key_ids.iter().copied().collect();
            }
            PrivacyEvent::KeysUnfrozen(e) => {
                self.requests.remove(&e.number);
                self.frozen = false;
                self.frozen_keys.clear();
            }
            PrivacyEvent::HoldPlaced(e) => {
                self.numbered = e.number;
                self.holds.insert(e.number);
            }
            PrivacyEvent::HoldLifted(e) => {
                self.requests.remove(&e.number);
                self.holds.remove(&e.hold);
            }
        }
    }

    /// Whether a pass lets this caller look beyond the own sight now.
    #[must_use]
    pub fn breaks_glass(&self, given: &Given) -> bool {
        let pass = |number| self.passes.get(&number).is_some_and(|pass| pass.breaks_glass);
        self.live_passes(given).any(pass)
    }

    /// The pass under which this caller may look now.
    #[must_use]
    pub fn pass_of(&self, given: &Given) -> Option<u32> {
        self.live_passes(given).next()
    }

    fn live_passes(&self, given: &Given) -> impl Iterator<Item = u32> {
        let holds = |pass: &Pass| given.now < pass.until && pass.to.is(given);
        let live = self.passes.iter().filter(move |(_, pass)| holds(pass));
        live.map(|(number, _)| *number)
    }
}
