//! Posts hold work; persons sit in posts by dated appointments.

use serde::{Deserialize, Serialize};

use super::command::{Appoint, CreatePost, Delegate, EndAppointment, Lapse, RegisterPerson};
use super::event::{
    Appointed, AppointmentEnded, AppointmentLapsed, PersonRegistered, PostCreated, StandInNamed,
};
use super::{Org, OrgError, OrgEvent};
use crate::shared::ids::{PersonId, UnitId};
use crate::shared::moment::Moment;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    pub unit: UnitId,
    pub title: String,
    pub appointments: Vec<Appointed>,
    pub stand_ins: Vec<StandInNamed>,
    /// Ends by date that have been recorded.
    pub lapsed: Vec<AppointmentLapsed>,
}

/// A member of staff. The name is official business; residents' names are sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub name: String,
}

impl Post {
    pub(super) fn new(e: &PostCreated) -> Self {
        Self {
            unit: e.unit,
            title: e.title.clone(),
            appointments: Vec::new(),
            stand_ins: Vec::new(),
            lapsed: Vec::new(),
        }
    }

    pub(super) fn end(&mut self, e: &AppointmentEnded) {
        for appointment in &mut self.appointments {
            if appointment.person == e.person && appointment.is_valid_at(e.at) {
                appointment.until = Some(e.at);
            }
        }
        for stand_in in &mut self.stand_ins {
            // One that has not begun yet is called off.
            if stand_in.person == e.person && e.at < stand_in.until {
                stand_in.until = e.at;
            }
        }
    }

    /// Who answers for the post at `now`: the stand-in named last, else the person appointed last.
    #[must_use]
    pub fn person_at(&self, now: Moment) -> Option<PersonId> {
        self.stand_in_at(now).or_else(|| self.appointed_at(now))
    }

    #[must_use]
    pub fn stand_in_at(&self, now: Moment) -> Option<PersonId> {
        self.stand_ins.iter().rev().find(|s| s.is_valid_at(now)).map(|s| s.person)
    }

    /// Whose post it is at `now`, present or not.
    #[must_use]
    pub fn appointed_at(&self, now: Moment) -> Option<PersonId> {
        self.appointments.iter().rev().find(|a| a.is_valid_at(now)).map(|a| a.person)
    }
}

impl StandInNamed {
    #[must_use]
    pub fn is_valid_at(&self, now: Moment) -> bool {
        self.from <= now && now < self.until
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
        Org::Post(known) if known.unit == verb.unit && known.title == verb.title => Ok(Vec::new()),
        Org::Post(_) => Err(OrgError::RegisteredOtherwise),
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
    let sits = post.appointments.iter().any(|a| a.person == verb.person && a.is_valid_at(now))
        || post.stand_ins.iter().any(|s| s.person == verb.person && now < s.until);
    if !sits {
        return Err(OrgError::NotAppointed);
    }
    Ok(vec![AppointmentEnded { person: verb.person, at: now }.into()])
}

/// What ended by its own date is recorded once, so that the post's work can move (LOOP P1); an
/// appointment that was ended before is not.
pub fn lapse(org: &Org, now: Moment, verb: Lapse) -> Result<Vec<OrgEvent>, OrgError> {
    let Org::Post(post) = org else {
        return Err(OrgError::UnknownPost);
    };
    let lapsed = AppointmentLapsed { person: verb.person, until: verb.until };
    let sat = post
        .appointments
        .iter()
        .any(|a| a.person == lapsed.person && a.until == Some(lapsed.until))
        || post.stand_ins.iter().any(|s| s.person == lapsed.person && s.until == lapsed.until);
    if !sat || now < lapsed.until {
        return Err(OrgError::NotAppointed);
    }
    if post.lapsed.contains(&lapsed) {
        return Ok(Vec::new());
    }
    Ok(vec![lapsed.into()])
}

/// A stand-in sits for somebody: the one who is appointed cannot stand in for himself.
pub fn delegate(org: &Org, now: Moment, verb: Delegate) -> Result<Vec<OrgEvent>, OrgError> {
    let Org::Post(post) = org else {
        return Err(OrgError::UnknownPost);
    };
    let Delegate { person, from, until, reason } = verb;
    let from = from.unwrap_or(now);
    if until <= from || until <= now {
        return Err(OrgError::StandInEndsBeforeItStarts);
    }
    if post.appointed_at(from) == Some(person) {
        return Err(OrgError::StandsInForSelf);
    }
    let named = StandInNamed { person, from, until, reason };
    if post.stand_ins.contains(&named) {
        return Ok(Vec::new());
    }
    Ok(vec![named.into()])
}

pub fn register_person(org: &Org, verb: RegisterPerson) -> Result<Vec<OrgEvent>, OrgError> {
    match org {
        Org::Absent => Ok(vec![PersonRegistered { person: verb.person, name: verb.name }.into()]),
        Org::Person(known) if known.name == verb.name => Ok(Vec::new()),
        Org::Person(_) => Err(OrgError::RegisteredOtherwise),
        Org::Tree(_) | Org::Post(_) | Org::Household(_) | Org::Device(_) => {
            Err(OrgError::WrongKind)
        }
    }
}
