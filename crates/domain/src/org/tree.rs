//! The unit tree of a county: typed units on rungs, and who is rung in each.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::command::{AddUnit, SetRoster};
use super::event::{RosterSet, UnitAdded, UnitMerged};
use super::profile::Profile;
use super::ratio::Waivers;
use super::{Org, OrgError, OrgEvent};
use crate::shared::ids::{PostId, UnitId};
use crate::shared::ladder::Rung;
use crate::shared::moment::Moment;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    pub units: BTreeMap<UnitId, Unit>,
    /// Who has which code: codes are looked up by every row of an import.
    codes: BTreeMap<String, UnitId>,
    /// Units that are closed, and where each went.
    merged: BTreeMap<UnitId, UnitId>,
    /// Published profiles; the last one is in force.
    pub profiles: Vec<Profile>,
    pub waivers: Waivers,
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
    pub(super) fn evolve(&mut self, event: &OrgEvent) {
        match event {
            OrgEvent::UnitAdded(e) => self.add(e),
            OrgEvent::UnitRenamed(e) => {
                if let Some(unit) = self.units.get_mut(&e.unit) {
                    unit.name.clone_from(&e.name);
                }
            }
            OrgEvent::UnitMoved(e) => {
                if let Some(unit) = self.units.get_mut(&e.unit) {
                    unit.parent = Some(e.parent);
                }
            }
            OrgEvent::UnitMerged(e) => self.merge(e),
            OrgEvent::RosterSet(e) => self.roster(e),
            OrgEvent::ProfilePublished(e) => self.profiles.push(Profile {
                profile: e.profile.clone(),
                document: Arc::new(e.document.clone()),
                text: e.text.clone(),
            }),
            OrgEvent::WaiverGranted(e) => {
                self.waivers.entry(e.unit).or_default().insert(e.rule.clone(), e.clone());
            }
            OrgEvent::PostCreated(_)
            | OrgEvent::Appointed(_)
            | OrgEvent::AppointmentEnded(_)
            | OrgEvent::AppointmentLapsed(_)
            | OrgEvent::StandInNamed(_)
            | OrgEvent::PersonRegistered(_)
            | OrgEvent::HouseholdRegistered(_)
            | OrgEvent::DeviceRegistered(_) => {}
        }
    }

    fn merge(&mut self, e: &UnitMerged) {
        self.units.remove(&e.unit);
        self.merged.insert(e.unit, e.into);
        for unit in self.units.values_mut().filter(|unit| unit.parent == Some(e.unit)) {
            unit.parent = Some(e.into);
        }
    }

    /// The unit itself, or the open one that it was merged into.
    #[must_use]
    pub fn resolve(&self, unit: UnitId) -> UnitId {
        let mut at = unit;
        while let Some(into) = self.merged.get(&at) {
            at = *into;
        }
        at
    }

    /// Every unit that was merged, with the open one it is now.
    #[must_use]
    pub fn heirs(&self) -> BTreeMap<UnitId, UnitId> {
        self.merged.keys().map(|unit| (*unit, self.resolve(*unit))).collect()
    }

    /// The profile in force.
    #[must_use]
    pub fn profile(&self) -> Option<&Profile> {
        self.profiles.last()
    }

    pub(super) fn known(&self, unit: UnitId) -> Result<&Unit, OrgError> {
        self.units.get(&unit).ok_or(OrgError::UnknownUnit(unit))
    }

    /// Whether a unit of this type and rung may stand below `parent`.
    pub(super) fn admits(
        &self,
        kind: &str,
        rung: Rung,
        parent: Option<&Unit>,
    ) -> Result<(), OrgError> {
        if parent.is_some_and(|p| p.rung < rung || (p.rung == rung && rung == Rung::County)) {
            return Err(OrgError::RungAboveParent);
        }
        match self.profile() {
            Some(profile) => profile.document.admits(kind, rung, parent.map(|p| p.kind.as_str())),
            None => Ok(()),
        }
    }

    fn add(&mut self, e: &UnitAdded) {
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

    fn roster(&mut self, e: &RosterSet) {
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
        self.codes.get(code).map(|unit| self.resolve(*unit))
    }

    /// The unit and those above it, lowest first; for a merged unit, the one it went into.
    pub fn upwards(&self, unit: UnitId) -> impl Iterator<Item = (UnitId, &Unit)> {
        let unit = self.resolve(unit);
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

/// The tree of this record; an absent one is `empty`.
pub(super) fn of<'a>(org: &'a Org, empty: &'a Tree) -> Result<&'a Tree, OrgError> {
    match org {
        Org::Absent => Ok(empty),
        Org::Tree(tree) => Ok(tree),
        Org::Post(_) | Org::Person(_) | Org::Household(_) | Org::Device(_) => {
            Err(OrgError::WrongKind)
        }
    }
}

pub fn add_unit(org: &Org, verb: AddUnit) -> Result<Vec<OrgEvent>, OrgError> {
    let empty = Tree::default();
    let tree = of(org, &empty)?;
    if tree.units.contains_key(&verb.unit) || tree.merged.contains_key(&verb.unit) {
        return Ok(Vec::new());
    }
    let parent = match verb.parent {
        None if !tree.units.is_empty() => return Err(OrgError::SecondRoot),
        None if verb.rung != Rung::County => return Err(OrgError::RootNotCounty),
        None => None,
        Some(parent) => Some(tree.known(parent)?),
    };
    tree.admits(&verb.kind, verb.rung, parent)?;
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
    let unit = tree.known(verb.unit)?;
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
