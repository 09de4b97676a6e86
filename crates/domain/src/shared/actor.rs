//! Who acts: a resident, a device, a member of staff in a post, a hotline agent, a system.

use serde::{Deserialize, Serialize};

use super::ids::{PersonId, PostId, UnitId};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    Resident,
    Device,
    Staff,
    /// A hotline operator or call-back agent.
    Agent,
    #[default]
    System,
    /// A source system whose records are replayed (back-test, migration).
    Import,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub kind: ActorKind,
    /// Stable principal id; never a name or a phone number.
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<PostId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
}

impl Actor {
    #[must_use]
    pub fn system() -> Self {
        Self { id: "bidao".into(), ..Self::default() }
    }

    /// Residents and their devices, the only ones whose word closes or reopens a matter by itself.
    #[must_use]
    pub fn is_residents_side(&self) -> bool {
        matches!(self.kind, ActorKind::Resident | ActorKind::Device)
    }
}
