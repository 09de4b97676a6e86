//! The unit tree of a county: typed units on rungs, and who is rung in each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::command::{AddUnit, SetRoster};
use super::event::{RosterSet, UnitAdded};
use super::{Org, OrgError, OrgEvent};
use crate::shared::ids::{PostId, UnitId};
use crate::shared::ladder::Rung;
use crate::shared::moment::Moment;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    pub units: BTreeMap<UnitId, Unit>,
    /// Who has which code: codes are looked up by every row of an import.
    codes: BTreeMap<String, UnitId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    pub parent: Option<UnitId>,
    pub name: String,
    pub kind: String,
    pub rung: Rung,
    pub code: String,
    /// Posts in ring order, the chief first, on an ordinary day.
    pub roster: Vec<PostId>,
    /// Rosters for holidays and the like, in the order they were set.
    pub dated: Vec<DatedRoster>,
}

/// A roster that stands before the everyday one while it lasts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedRoster {
    pub from: Moment,
    pub until: Moment,
    pub posts: Vec<PostId>,
}

impl Unit {
    /// The roster that holds at `now`: the dated one set last, else the everyday one.
    #[must_use]
    pub fn roster_at(&self, now: Moment) -> &[PostId] {
        let dated = self.dated.iter().rev().find(|d| d.from <= now && now < d.until);
        dated.map_or(&self.roster, |dated| &dated.posts)
    }
}

impl Tree {
    pub(super) fn add(&mut self, e: &UnitAdded) {
        if !e.code.is_empty() {
            self.codes.insert(e.code.clone(), e.unit);
        }
        self.units.insert(
            e.unit,
            Unit {
                parent: e.parent,
                name: e.name.clone(),
                kind: e.kind.clone(),
                rung: e.rung,
                code: e.code.clone(),
                roster: Vec::new(),
                dated: Vec::new(),
            },
        );
    }

    pub(super) fn roster(&mut self, e: &RosterSet) {
        let Some(unit) = self.units.get_mut(&e.unit) else { return };
        match (e.from, e.until) {
            (Some(from), Some(until)) => {
                unit.dated.push(DatedRoster { from, until, posts: e.posts.clone() });
            }
            (None, _) | (_, None) => unit.roster.clone_from(&e.posts),
        }
    }

    /// The unit with this code.
    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<UnitId> {
        self.codes.get(code).copied()
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
    if tree.by_code(&verb.code).is_some() {
        return Err(OrgError::CodeTaken(verb.code));
    }
    let AddUnit { unit, parent, name, kind, rung, code } = verb;
    Ok(vec![UnitAdded { unit, parent, name, kind, rung, code }.into()])
}

pub fn set_roster(org: &Org, now: Moment, verb: SetRoster) -> Result<Vec<OrgEvent>, OrgError> {
    let Org::Tree(tree) = org else {
        return Err(OrgError::UnknownUnit(verb.unit));
    };
    let unit = tree.units.get(&verb.unit).ok_or(OrgError::UnknownUnit(verb.unit))?;
    let SetRoster { unit: id, posts, from, until } = verb;
    let Some(until) = until else {
        if from.is_some() {
            return Err(OrgError::RosterWithoutEnd);
        }
        let repeated = unit.roster == posts;
        let set = RosterSet { unit: id, posts, from: None, until: None };
        return Ok(if repeated { Vec::new() } else { vec![set.into()] });
    };
    let from = from.unwrap_or(now);
    if until <= from || until <= now {
        return Err(OrgError::RosterWithoutEnd);
    }
    let dated = DatedRoster { from, until, posts };
    if unit.dated.last() == Some(&dated) {
        return Ok(Vec::new());
    }
    let DatedRoster { from, until, posts } = dated;
    Ok(vec![RosterSet { unit: id, posts, from: Some(from), until: Some(until) }.into()])
}
