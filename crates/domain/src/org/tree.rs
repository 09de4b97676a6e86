//! The unit tree of a county: typed units on rungs, and who is rung in each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::command::{AddUnit, SetRoster};
use super::event::{RosterSet, UnitAdded};
use super::{Org, OrgError, OrgEvent};
use crate::shared::ids::{PostId, UnitId};
use crate::shared::ladder::Rung;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    pub units: BTreeMap<UnitId, Unit>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    pub parent: Option<UnitId>,
    pub name: String,
    pub kind: String,
    pub rung: Rung,
    pub code: String,
    /// Posts in ring order, the chief first.
    pub roster: Vec<PostId>,
}

impl Tree {
    pub(super) fn add(&mut self, e: &UnitAdded) {
        self.units.insert(
            e.unit,
            Unit {
                parent: e.parent,
                name: e.name.clone(),
                kind: e.kind.clone(),
                rung: e.rung,
                code: e.code.clone(),
                roster: Vec::new(),
            },
        );
    }

    pub(super) fn roster(&mut self, e: &RosterSet) {
        if let Some(unit) = self.units.get_mut(&e.unit) {
            unit.roster.clone_from(&e.posts);
        }
    }

    /// The unit and those above it, lowest first.
    pub fn upwards(&self, unit: UnitId) -> impl Iterator<Item = (UnitId, &Unit)> {
        let first = self.units.get(&unit).map(|found| (unit, found));
        std::iter::successors(first, |(_, below)| {
            let parent = below.parent?;
            self.units.get(&parent).map(|found| (parent, found))
        })
    }

    /// `/county/township/village/grid` by unit ids: what scopes and roll-ups are made of.
    #[must_use]
    pub fn area_path(&self, unit: UnitId) -> String {
        let mut ids: Vec<_> = self.upwards(unit).map(|(id, _)| id.to_string()).collect();
        ids.reverse();
        ids.iter().fold(String::new(), |path, id| path + "/" + id)
    }
}

pub fn add_unit(org: &Org, verb: AddUnit) -> Result<Vec<OrgEvent>, OrgError> {
    let empty = Tree::default();
    let tree = match org {
        Org::Absent => &empty,
        Org::Tree(tree) => tree,
        Org::Post(_) | Org::Person(_) | Org::Household(_) | Org::Device(_) => {
            return Err(OrgError::WrongKind);
        }
    };
    if tree.units.contains_key(&verb.unit) {
        return Ok(Vec::new());
    }
    match verb.parent {
        None if !tree.units.is_empty() => return Err(OrgError::SecondRoot),
        None if verb.rung != Rung::County => return Err(OrgError::RootNotCounty),
        None => {}
        Some(parent) => {
            let above = tree.units.get(&parent).ok_or(OrgError::UnknownUnit(parent))?;
            if above.rung < verb.rung || (above.rung == verb.rung && verb.rung == Rung::County) {
                return Err(OrgError::RungAboveParent);
            }
        }
    }
    if !verb.code.is_empty() && tree.units.values().any(|unit| unit.code == verb.code) {
        return Err(OrgError::CodeTaken(verb.code));
    }
    let AddUnit { unit, parent, name, kind, rung, code } = verb;
    Ok(vec![UnitAdded { unit, parent, name, kind, rung, code }.into()])
}

pub fn set_roster(org: &Org, verb: SetRoster) -> Result<Vec<OrgEvent>, OrgError> {
    let Org::Tree(tree) = org else {
        return Err(OrgError::UnknownUnit(verb.unit));
    };
    let unit = tree.units.get(&verb.unit).ok_or(OrgError::UnknownUnit(verb.unit))?;
    if unit.roster == verb.posts {
        return Ok(Vec::new());
    }
    Ok(vec![RosterSet { unit: verb.unit, posts: verb.posts }.into()])
}
