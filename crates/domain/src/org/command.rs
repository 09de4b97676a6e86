//! Orders to the organisation's records.

use super::event::Absence;
use crate::shared::given::Given;
use crate::shared::ids::{DeviceId, HouseholdId, PersonId, PostId, UnitId};
use crate::shared::ladder::Rung;
use crate::shared::moment::Moment;
use crate::shared::sealed::Sealed;

#[derive(Clone, Debug)]
pub struct OrgCommand {
    pub given: Given,
    pub verb: OrgVerb,
}

#[derive(Clone, Debug)]
pub enum OrgVerb {
    AddUnit(AddUnit),
    RenameUnit(RenameUnit),
    MoveUnit(MoveUnit),
    MergeUnits(MergeUnits),
    SetRoster(SetRoster),
    PublishProfile(PublishProfile),
    GrantWaiver(GrantWaiver),
    CreatePost(CreatePost),
    Appoint(Appoint),
    EndAppointment(EndAppointment),
    Lapse(Lapse),
    Delegate(Delegate),
    RegisterPerson(RegisterPerson),
    RegisterHousehold(RegisterHousehold),
    RegisterDevice(RegisterDevice),
}

#[derive(Clone, Debug)]
pub struct AddUnit {
    pub unit: UnitId,
    pub parent: Option<UnitId>,
    pub name: String,
    /// The county's own word for the type, as 网格, 片区, 社区.
    pub kind: String,
    pub rung: Rung,
    /// region_code12 or a suffix of it; may be empty.
    pub code: String,
}

#[derive(Clone, Debug)]
pub struct RenameUnit {
    pub unit: UnitId,
    pub name: String,
}

#[derive(Clone, Debug)]
pub struct MoveUnit {
    pub unit: UnitId,
    pub parent: UnitId,
}

/// `unit` is closed; what stands below it stands below `into`.
#[derive(Clone, Debug)]
pub struct MergeUnits {
    pub unit: UnitId,
    pub into: UnitId,
}

/// The text of a profile, TOML.
#[derive(Clone, Debug)]
pub struct PublishProfile {
    pub text: String,
}

/// A rule of the profile need not be kept by this unit for a time.
#[derive(Clone, Debug)]
pub struct GrantWaiver {
    pub unit: UnitId,
    pub rule: String,
    pub reason: String,
    pub until: Moment,
}

/// Posts in ring order, the chief first. With dates it stands before the everyday roster while they
/// last: a holiday roster.
#[derive(Clone, Debug)]
pub struct SetRoster {
    pub unit: UnitId,
    pub posts: Vec<PostId>,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
}

#[derive(Clone, Debug)]
pub struct CreatePost {
    pub post: PostId,
    pub unit: UnitId,
    pub title: String,
}

#[derive(Clone, Debug)]
pub struct Appoint {
    pub person: PersonId,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
}

#[derive(Clone, Debug)]
pub struct EndAppointment {
    pub person: PersonId,
}

/// The end that an appointment or a stand-in's turn was given has come.
#[derive(Clone, Debug)]
pub struct Lapse {
    pub person: PersonId,
    pub until: Moment,
}

/// Somebody sits in the post for its person, between two dates (LOOP P1).
#[derive(Clone, Debug)]
pub struct Delegate {
    pub person: PersonId,
    pub from: Option<Moment>,
    pub until: Moment,
    pub reason: Absence,
}

#[derive(Clone, Debug)]
pub struct RegisterPerson {
    pub person: PersonId,
    pub name: String,
}

#[derive(Clone, Debug)]
pub struct RegisterHousehold {
    pub household: HouseholdId,
    pub unit: UnitId,
    pub address: Option<Sealed>,
}

#[derive(Clone, Debug)]
pub struct RegisterDevice {
    pub device: DeviceId,
    pub household: HouseholdId,
}
