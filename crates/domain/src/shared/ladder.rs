//! The ladder grid → village → township → county, and the posts that may hold work on each rung.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::actor::Actor;
use super::ids::{PersonId, PostId, UnitId};

/// A rung of escalation. Unit types are data; which rung a type stands on is part of that data.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    #[default]
    Grid,
    Village,
    Township,
    County,
}

impl Rung {
    /// One rung up; the county is the top and answers for whatever reaches it.
    #[must_use]
    pub const fn up(self) -> Self {
        match self {
            Self::Grid => Self::Village,
            Self::Village => Self::Township,
            Self::Township | Self::County => Self::County,
        }
    }

    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Grid => "网格",
            Self::Village => "村",
            Self::Township => "乡镇",
            Self::County => "县",
        }
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Village => "village",
            Self::Township => "township",
            Self::County => "county",
        }
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A post that holds, or may hold, work; the person is who sat in it at decision time.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Holder {
    pub unit: UnitId,
    pub post: PostId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The person sits there for somebody else (代班), so that figures can tell the two apart (M2).
    #[serde(default, skip_serializing_if = "is_false")]
    pub stand_in: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Posts and persons that may not hold, see or be told (回避).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recused {
    pub posts: BTreeSet<PostId>,
    pub persons: BTreeSet<PersonId>,
    /// Whole units, where the unit is accused.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub units: BTreeSet<UnitId>,
}

impl Recused {
    #[must_use]
    pub fn covers(&self, holder: &Holder) -> bool {
        self.posts.contains(&holder.post)
            || self.units.contains(&holder.unit)
            || holder.person.is_some_and(|person| self.persons.contains(&person))
    }

    /// As [`Recused::covers`], of somebody who acts.
    #[must_use]
    pub fn covers_actor(&self, actor: &Actor) -> bool {
        actor.post.is_some_and(|post| self.posts.contains(&post))
            || actor.unit.is_some_and(|unit| self.units.contains(&unit))
            || actor.person.is_some_and(|person| self.persons.contains(&person))
    }
}

/// Candidates by rung, in the order the roster names them. Looked up from the org tree at decision
/// time and carried by the command, so that the domain picks and nobody else does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ladder {
    pub rungs: BTreeMap<Rung, Vec<Holder>>,
    /// The unit asked about and those above it, lowest first.
    pub units: Vec<(Rung, UnitId)>,
    /// Units among them that nobody answers for now: no roster, or every post on it vacant (LOOP C3).
    pub gaps: Vec<UnitId>,
    /// Units that were merged, each with the open one it is now: facts keep the id they were made with.
    pub heirs: BTreeMap<UnitId, UnitId>,
    /// Units that a command names and that may stand beside this ladder, each with itself and those above
    /// it, lowest first.
    pub lineage: BTreeMap<UnitId, Vec<(Rung, UnitId)>>,
}

impl Ladder {
    /// The first candidate on `lowest` or above whom `fits` allows. A post where nobody sits is taken
    /// only when no rung has one where somebody does.
    #[must_use]
    pub fn pick(&self, lowest: Rung, fits: impl Fn(&Holder) -> bool) -> Option<(Rung, &Holder)> {
        let all = || {
            let rungs = self.rungs.range(lowest..);
            rungs.flat_map(|(rung, holders)| holders.iter().map(|holder| (*rung, holder)))
        };
        let occupied = all().find(|(_, holder)| holder.person.is_some() && fits(holder));
        occupied.or_else(|| all().find(|(_, holder)| fits(holder)))
    }

    /// The rung of a unit on this ladder.
    #[must_use]
    pub fn rung_of(&self, unit: UnitId) -> Option<Rung> {
        let named = self.units.iter().find(|(_, known)| *known == unit).map(|(rung, _)| *rung);
        named.or_else(|| {
            let mut rungs = self.rungs.iter();
            rungs.find(|(_, posts)| posts.iter().any(|p| p.unit == unit)).map(|(rung, _)| *rung)
        })
    }

    /// The unit itself, or the one it was merged into.
    #[must_use]
    pub fn heir(&self, unit: UnitId) -> UnitId {
        self.heirs.get(&unit).copied().unwrap_or(unit)
    }

    /// Whether one of `units`, as they were once, is this unit now.
    pub fn has_become<'a>(
        &self,
        units: impl IntoIterator<Item = &'a UnitId>,
        now: Option<UnitId>,
    ) -> bool {
        let now = now.map(|unit| self.heir(unit));
        units.into_iter().any(|unit| Some(self.heir(*unit)) == now)
    }

    /// Whether this unit is one of `units`, has become one, or stands below one: what a
    /// village is accused of, its grids are not asked to judge.
    pub fn is_within(&self, units: &BTreeSet<UnitId>, unit: Option<UnitId>) -> bool {
        let mut above = self.upwards(unit).iter();
        self.has_become(units, unit) || above.any(|(_, above)| self.has_become(units, Some(*above)))
    }

    /// The unit and those above it, lowest first; nothing for a unit that the command did not name and that
    /// is not on this ladder.
    #[must_use]
    pub fn upwards(&self, unit: Option<UnitId>) -> &[(Rung, UnitId)] {
        let Some(unit) = unit.map(|unit| self.heir(unit)) else {
            return &[];
        };
        if let Some(lineage) = self.lineage.get(&unit) {
            return lineage;
        }
        let on = self.units.iter().position(|(_, known)| *known == unit);
        on.and_then(|place| self.units.get(place..)).unwrap_or_default()
    }

    /// Everybody who may be rung, lowest rung first: the ring order of a call.
    pub fn ring_order(&self) -> impl Iterator<Item = &Holder> {
        self.rungs.values().flatten()
    }
}
