//! The published documents and calendars, and the areas at war: a snapshot that travels with commands.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::ids::UnitId;
use super::moment::Moment;
use super::period::Counting;
use super::terms::{Mode, PolicyDocument, PolicyRef};

/// Every published document and calendar, by reference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyBook {
    pub documents: BTreeMap<PolicyRef, Arc<PolicyDocument>>,
    pub calendars: BTreeMap<String, Arc<Calendar>>,
    pub in_force: Option<PolicyRef>,
    /// Areas that are, or were, in wartime: what began then stays under it (LOOP C1).
    pub wartime: Vec<Wartime>,
}

/// Wartime in a unit and below it; it ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wartime {
    pub unit: UnitId,
    pub from: Moment,
    pub until: Moment,
}

impl PolicyBook {
    /// The mode of a place whose unit and units above are `units`.
    #[must_use]
    pub fn mode_at(&self, at: Moment, mut units: impl Iterator<Item = UnitId>) -> Mode {
        let covers = |war: &Wartime| war.from <= at && at < war.until;
        let at_war = |unit| self.wartime.iter().any(|war| war.unit == unit && covers(war));
        if units.any(at_war) { Mode::Wartime } else { Mode::Peace }
    }

    #[must_use]
    pub fn document(&self, reference: &PolicyRef) -> Option<&PolicyDocument> {
        self.documents.get(reference).map(AsRef::as_ref)
    }

    /// How this document's periods are counted. A calendar that is not there covers no year, so its
    /// deadlines come out provisional.
    #[must_use]
    pub fn counting<'a>(&'a self, document: &PolicyDocument, none: &'a Calendar) -> Counting<'a> {
        Counting {
            calendar: self.calendars.get(&document.calendar).map_or(none, AsRef::as_ref),
            closing_time: document.closing_time,
        }
    }
}
