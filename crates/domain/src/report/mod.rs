//! Closed periods (月报): the figures of a month as they stood when it was closed. A later correction is a
//! new figure beside the old one (LOOP M1).

mod aggregate;
pub mod close;
mod codec;
pub mod command;
mod error;
pub mod event;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use aggregate::ReportFact;
pub use codec::ReportEvent;
pub use command::{ReportCommand, ReportVerb};
pub use error::ReportError;

/// The closed months of one unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reports {
    /// How often each month was closed; the first time, and corrections.
    pub closed: BTreeMap<String, u32>,
}

impl Reports {
    /// # Errors
    /// The rule that refuses the command.
    pub fn decide(&self, command: ReportCommand) -> Result<Vec<ReportEvent>, ReportError> {
        match command.verb {
            ReportVerb::CloseMonth(verb) => close::close_month(self, &command.given, *verb),
        }
    }

    pub fn evolve(&mut self, event: &ReportEvent) {
        match event {
            ReportEvent::MonthClosed(e) => {
                self.closed.insert(e.month.clone(), e.number);
            }
        }
    }
}
