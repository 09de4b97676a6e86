//! Who there is to call upon: one unit tree per county, and a stream for each post, person,
//! household and device.

mod aggregate;
pub mod changes;
mod codec;
pub mod command;
mod error;
pub mod event;
pub mod household;
pub mod post;
pub mod profile;
pub mod ratio;
pub mod tree;
pub mod validation;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use aggregate::{DEVICE_OF, OrgFact};
pub use codec::OrgEvent;
pub use command::{OrgCommand, OrgVerb};
pub use error::OrgError;
pub use household::{Device, Household};
pub use post::{Person, Post};
pub use tree::{Tree, Unit};

/// One record of the organisation; which kind it is, its first event says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Org {
    #[default]
    Absent,
    Tree(Tree),
    Post(Post),
    Person(Person),
    Household(Household),
    Device(Device),
}

impl Org {
    /// # Errors
    /// The rule that refuses the command.
    pub fn decide(&self, command: OrgCommand) -> Result<Vec<OrgEvent>, OrgError> {
        let now = command.given.now;
        match command.verb {
            OrgVerb::AddUnit(verb) => tree::add_unit(self, verb),
            OrgVerb::RenameUnit(verb) => changes::rename_unit(self, now, verb),
            OrgVerb::MoveUnit(verb) => changes::move_unit(self, now, verb),
            OrgVerb::MergeUnits(verb) => changes::merge_units(self, now, verb),
            OrgVerb::PublishProfile(verb) => profile::publish(self, verb),
            OrgVerb::GrantWaiver(verb) => changes::grant_waiver(self, now, verb),
            OrgVerb::SetRoster(verb) => tree::set_roster(self, now, verb),
            OrgVerb::CreatePost(verb) => post::create(self, verb),
            OrgVerb::Appoint(verb) => post::appoint(self, now, verb),
            OrgVerb::EndAppointment(verb) => post::end_appointment(self, now, verb),
            OrgVerb::Lapse(verb) => post::lapse(self, now, verb),
            OrgVerb::Delegate(verb) => post::delegate(self, now, verb),
            OrgVerb::RegisterPerson(verb) => post::register_person(self, verb),
            OrgVerb::RegisterHousehold(verb) => household::register(self, verb),
            OrgVerb::RegisterDevice(verb) => household::register_device(self, verb),
        }
    }

    pub fn evolve(&mut self, event: &OrgEvent) {
        match event {
            OrgEvent::UnitAdded(_)
            | OrgEvent::UnitRenamed(_)
            | OrgEvent::UnitMoved(_)
            | OrgEvent::UnitMerged(_)
            | OrgEvent::ProfilePublished(_)
            | OrgEvent::WaiverGranted(_)
            | OrgEvent::RosterSet(_) => {
                if *self == Self::Absent {
                    *self = Self::Tree(Tree::default());
                }
                if let Self::Tree(tree) = self {
                    tree.evolve(event);
                }
            }
            OrgEvent::PostCreated(e) => *self = Self::Post(Post::new(e)),
            OrgEvent::Appointed(e) => {
                if let Self::Post(post) = self {
                    post.appointments.push(e.clone());
                }
            }
            OrgEvent::AppointmentEnded(e) => {
                if let Self::Post(post) = self {
                    post.end(e);
                }
            }
            OrgEvent::AppointmentLapsed(e) => {
                if let Self::Post(post) = self {
                    post.lapsed.push(e.clone());
                }
            }
            OrgEvent::StandInNamed(e) => {
                if let Self::Post(post) = self {
                    post.stand_ins.push(e.clone());
                }
            }
            OrgEvent::PersonRegistered(e) => *self = Self::Person(Person { name: e.name.clone() }),
            OrgEvent::HouseholdRegistered(e) => *self = Self::Household(Household { unit: e.unit }),
            OrgEvent::DeviceRegistered(e) => {
                *self = Self::Device(Device { household: e.household })
            }
        }
    }
}
