//! Posts hold work; persons sit in posts by dated appointments.

use serde::{Deserialize, Serialize};

use super::command::{Appoint, CreatePost, EndAppointment, RegisterPerson};
use super::event::{Appointed, AppointmentEnded, PersonRegistered, PostCreated};
use super::{Org, OrgError, OrgEvent};
use crate::shared::ids::{PersonId, UnitId};
use crate::shared::moment::Moment;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    pub unit: UnitId,
    pub title: String,
    pub appointments: Vec<Appointed>,
}

/// A member of staff. The name is official business; residents' names are sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub name: String,
}

impl Post {
    pub(super) fn new(e: &PostCreated) -> Self {
        Self { unit: e.unit, title: e.title.clone(), appointments: Vec::new() }
    }

    pub(super) fn end(&mut self, e: &AppointmentEnded) {
        for appointment in &mut self.appointments {
            if appointment.person == e.person && appointment.is_valid_at(e.at) {
                appointment.until = Some(e.at);
            }
        }
    }

    /// Who sits in the post at `now`; the latest appointment wins.
    #[must_use]
    pub fn person_at(&self, now: Moment) -> Option<PersonId> {
        self.appointments.iter().rev().find(|a| a.is_valid_at(now)).map(|a| a.person)
    }
}

impl Appointed {
    #[must_use]
    pub fn is_valid_at(&self, now: Moment) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

pub fn create(org: &Org, verb: CreatePost) -> Result<Vec<OrgEvent>, OrgError> {
    match org {
        Org::Absent => {
            let CreatePost { post, unit, title } = verb;
            Ok(vec![PostCreated { post, unit, title }.into()])
        }
        Org::Post(_) => Ok(Vec::new()),
        Org::Tree(_) | Org::Person(_) | Org::Household(_) | Org::Device(_) => {
            Err(OrgError::WrongKind)
        }
    }
}

pub fn appoint(org: &Org, now: Moment, verb: Appoint) -> Result<Vec<OrgEvent>, OrgError> {
    let Org::Post(post) = org else {
        return Err(OrgError::UnknownPost);
    };
    let from = verb.from.unwrap_or(now);
    if verb.until.is_some_and(|until| until <= from) {
        return Err(OrgError::AppointmentEndsBeforeItStarts);
    }
    let appointed = Appointed { person: verb.person, from, until: verb.until };
    if post.appointments.contains(&appointed) {
        return Ok(Vec::new());
    }
    Ok(vec![appointed.into()])
}

pub fn end_appointment(
    org: &Org,
    now: Moment,
    verb: EndAppointment,
) -> Result<Vec<OrgEvent>, OrgError> {
    let Org::Post(post) = org else {
        return Err(OrgError::UnknownPost);
    };
    if !post.appointments.iter().any(|a| a.person == verb.person && a.is_valid_at(now)) {
        return Err(OrgError::NotAppointed);
    }
    Ok(vec![AppointmentEnded { person: verb.person, at: now }.into()])
}

pub fn register_person(org: &Org, verb: RegisterPerson) -> Result<Vec<OrgEvent>, OrgError> {
    match org {
        Org::Absent => Ok(vec![PersonRegistered { person: verb.person, name: verb.name }.into()]),
        Org::Person(_) => Ok(Vec::new()),
        Org::Tree(_) | Org::Post(_) | Org::Household(_) | Org::Device(_) => {
            Err(OrgError::WrongKind)
        }
    }
}
