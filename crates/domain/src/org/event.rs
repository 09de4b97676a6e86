//! Facts of the organisation.

use serde::{Deserialize, Serialize};

use super::profile::{ProfileDocument, ProfileRef};
use crate::shared::ids::{DeviceId, HouseholdId, PersonId, PostId, UnitId};
use crate::shared::ladder::Rung;
use crate::shared::moment::Moment;
use crate::shared::sealed::Sealed;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitAdded {
    pub unit: UnitId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<UnitId>,
    pub name: String,
    pub kind: String,
    pub rung: Rung,
    pub code: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitRenamed {
    pub unit: UnitId,
    pub name: String,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitMoved {
    pub unit: UnitId,
    pub parent: UnitId,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitMerged {
    pub unit: UnitId,
    pub into: UnitId,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfilePublished {
    pub profile: ProfileRef,
    pub document: ProfileDocument,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaiverGranted {
    pub unit: UnitId,
    pub rule: String,
    pub reason: String,
    pub until: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterSet {
    pub unit: UnitId,
    pub posts: Vec<PostId>,
    /// With an end it is a dated roster; without, the everyday one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostCreated {
    pub post: PostId,
    pub unit: UnitId,
    pub title: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointed {
    pub person: PersonId,
    pub from: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentEnded {
    pub person: PersonId,
    pub at: Moment,
}

/// An appointment, or a stand-in's turn, is over by its own date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentLapsed {
    pub person: PersonId,
    pub until: Moment,
}

/// Why somebody else sits in a post for a time; a closed list, so that no diagnosis is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    Meeting,
    Leave,
    Illness,
    Training,
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandInNamed {
    pub person: PersonId,
    pub from: Moment,
    pub until: Moment,
    pub reason: Absence,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRegistered {
    pub person: PersonId,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseholdRegistered {
    pub household: HouseholdId,
    pub unit: UnitId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Sealed>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRegistered {
    pub device: DeviceId,
    pub household: HouseholdId,
}
