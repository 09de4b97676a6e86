//! Stored names and versions of the facts of the organisation. Names are for ever.

use crate::shared::sealed::Sealed;
use crate::shared::stored::stored_events;

use super::event::{
    Appointed, AppointmentEnded, AppointmentLapsed, DeviceRegistered, HouseholdRegistered,
    PersonRegistered, PostCreated, ProfilePublished, RosterSet, StandInNamed, UnitAdded,
    UnitMerged, UnitMoved, UnitRenamed, WaiverGranted,
};

stored_events! {
    /// A fact of the organisation.
    OrgEvent, sealed = sealed, {
        "org.unit_added" = 1 => UnitAdded,
        "org.unit_renamed" = 1 => UnitRenamed,
        "org.unit_moved" = 1 => UnitMoved,
        "org.unit_merged" = 1 => UnitMerged,
        "org.profile_published" = 1 => ProfilePublished,
        "org.waiver_granted" = 1 => WaiverGranted,
        "org.roster_set" = 1 => RosterSet,
        "org.post_created" = 1 => PostCreated,
        "org.appointed" = 1 => Appointed,
        "org.appointment_ended" = 1 => AppointmentEnded,
        "org.appointment_lapsed" = 1 => AppointmentLapsed,
        "org.stand_in_named" = 1 => StandInNamed,
        "org.person_registered" = 1 => PersonRegistered,
        "org.household_registered" = 1 => HouseholdRegistered,
        "org.device_registered" = 1 => DeviceRegistered,
    }
}

fn sealed(event: &OrgEvent) -> Vec<&Sealed> {
    match event {
        OrgEvent::HouseholdRegistered(e) => e.address.iter().collect(),
        OrgEvent::UnitAdded(_)
        | OrgEvent::UnitRenamed(_)
        | OrgEvent::UnitMoved(_)
        | OrgEvent::UnitMerged(_)
        | OrgEvent::ProfilePublished(_)
        | OrgEvent::WaiverGranted(_)
        | OrgEvent::RosterSet(_)
        | OrgEvent::PostCreated(_)
        | OrgEvent::Appointed(_)
        | OrgEvent::AppointmentEnded(_)
        | OrgEvent::AppointmentLapsed(_)
        | OrgEvent::StandInNamed(_)
        | OrgEvent::PersonRegistered(_)
        | OrgEvent::DeviceRegistered(_) => Vec::new(),
    }
}
