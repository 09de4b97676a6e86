//! Who brought what, where: a later file of the same person, place and category is a repeat of an earlier
//! one (LOOP M4), whatever either was called in between.

use std::collections::BTreeSet;

use domain::issue::event::{Reclassified, Registered};
use domain::shared::ids::UnitId;
use domain::shared::matter::Reporter;
use serde::{Deserialize, Serialize};

/// Everybody who brought it, and every category it ever had.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    persons: BTreeSet<String>,
    place: UnitId,
    categories: BTreeSet<String>,
}

impl Subject {
    pub(crate) fn new(e: &Registered) -> Self {
        let categories = BTreeSet::from([e.matter.category.clone()]);
        let mut subject = Self { place: e.matter.place, categories, ..Self::default() };
        subject.brought_by(&e.matter.reporter);
        subject
    }

    /// By household and by device, as some are filed by the one and some by the other; a stranger
    /// repeats nothing.
    pub(crate) fn brought_by(&mut self, reporter: &Reporter) {
        self.persons.extend(reporter.household.map(|id| id.to_string()));
        self.persons.extend(reporter.device.map(|id| id.to_string()));
    }

    pub(crate) fn reclassified(&mut self, e: &Reclassified) {
        self.categories.extend(e.class.category.clone());
    }

    pub(crate) const fn place(&self) -> UnitId {
        self.place
    }

    /// One key per person and category, at the place as the tree has it by now.
    pub(crate) fn keys(&self, place: &str) -> BTreeSet<String> {
        let of = |person: &String| {
            let key = |category: &String| format!("{person}/{place}/{category}");
            self.categories.iter().map(key).collect::<Vec<_>>()
        };
        self.persons.iter().flat_map(of).collect()
    }
}
