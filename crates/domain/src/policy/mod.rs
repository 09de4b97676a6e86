//! Published policies and calendars: immutable documents, one of them in force (ADR 5).

mod aggregate;
mod codec;
pub mod command;
mod error;
pub mod event;
pub mod mode;
pub mod publish;
pub mod validation;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use aggregate::PolicyFact;
pub use codec::PolicyEvent;
pub use command::{PolicyCommand, PolicyVerb};
pub use error::PolicyError;

use crate::shared::calendar::{Calendar, CalendarDocument};
use crate::shared::terms::{PolicyBook, PolicyDocument, PolicyRef, Wartime};

/// All documents of a county.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Policies {
    pub documents: Vec<(PolicyRef, Arc<PolicyDocument>)>,
    pub calendars: BTreeMap<String, CalendarDocument>,
    pub in_force: Option<PolicyRef>,
    /// Areas that are, or were, in wartime (平战结合).
    pub wartime: Vec<Wartime>,
    /// The same, ready to travel with commands.
    #[serde(skip)]
    book: Arc<PolicyBook>,
}

impl Policies {
    /// # Errors
    /// The rule that refuses the command.
    pub fn decide(&self, command: PolicyCommand) -> Result<Vec<PolicyEvent>, PolicyError> {
        match command.verb {
            PolicyVerb::PublishPolicy(verb) => publish::publish(self, verb),
            PolicyVerb::PublishCalendar(verb) => publish::publish_calendar(self, verb),
            PolicyVerb::SwitchMode(verb) => mode::switch(self, &command.given, verb),
        }
    }

    pub fn evolve(&mut self, event: &PolicyEvent) {
        match event {
            PolicyEvent::PolicyPublished(e) => {
                self.documents.push((e.policy.clone(), Arc::new(e.document.clone())));
                self.in_force = Some(e.policy.clone());
            }
            PolicyEvent::CalendarPublished(e) => {
                self.calendars.insert(e.calendar.id.clone(), e.calendar.clone());
            }
            PolicyEvent::ModeSwitched(e) => {
                let declared = self.wartime.iter_mut().filter(|war| war.unit == e.unit);
                declared.for_each(|war| war.until = war.until.min(e.at));
                let from = e.at;
                self.wartime.extend(e.until.map(|until| Wartime { unit: e.unit, from, until }));
            }
        }
        self.book = Arc::new(self.make_book());
    }

    /// A snapshot that travels with commands.
    #[must_use]
    pub fn book(&self) -> Arc<PolicyBook> {
        Arc::clone(&self.book)
    }

    fn make_book(&self) -> PolicyBook {
        let calendar = |document: &CalendarDocument| Calendar::try_new(document).map(Arc::new).ok();
        PolicyBook {
            documents: self.documents.iter().cloned().collect(),
            calendars: self
                .calendars
                .iter()
                .filter_map(|(id, document)| Some((id.clone(), calendar(document)?)))
                .collect(),
            in_force: self.in_force.clone(),
            wartime: self.wartime.clone(),
        }
    }
}
