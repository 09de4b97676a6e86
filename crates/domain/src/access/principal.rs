//! Registering a principal, and retiring it.

use super::command::{Register, Retire};
use super::event::{PrincipalKind, PrincipalRegistered, PrincipalRetired};
use super::{AccessError, AccessEvent, Principal};
use crate::shared::given::Given;

const NAME_CHARS_MAX: usize = 100;
/// Under which the system itself acts.
const RESERVED: [&str; 7] =
    ["anonymous", "bidao", "bootstrap", "escalator", "reactions", "receipts", "system"];

/// A name is for ever: a retired principal's is given to nobody else, as its acts stand under it.
pub fn register(
    principal: &Principal,
    given: &Given,
    verb: Register,
) -> Result<Vec<AccessEvent>, AccessError> {
    let Register { name, kind, person, subject } = verb;
    if !is_name(&name) {
        return Err(AccessError::NoName(name));
    }
    if RESERVED.contains(&name.as_str()) {
        return Err(AccessError::NameTaken);
    }
    if kind == PrincipalKind::Machine && person.is_some() {
        return Err(AccessError::MachineWithPerson);
    }
    if principal.is_registered() {
        let same =
            (principal.kind, principal.person, &principal.subject) == (kind, person, &subject);
        return if same && !principal.retired {
            Ok(Vec::new())
        } else {
            Err(AccessError::NameTaken)
        };
    }
    Ok(vec![PrincipalRegistered { name, kind, person, subject, at: given.now }.into()])
}

pub fn retire(
    principal: &Principal,
    given: &Given,
    verb: Retire,
) -> Result<Vec<AccessEvent>, AccessError> {
    if principal.retired {
        return Ok(Vec::new());
    }
    principal.require_active()?;
    require_other(principal, given)?;
    Ok(vec![PrincipalRetired { reason: verb.reason, at: given.now }.into()])
}

/// Nobody gives to themselves, and nobody locks out the one who would have to let them in again.
pub(super) fn require_other(principal: &Principal, given: &Given) -> Result<(), AccessError> {
    let person = principal.person.is_some() && principal.person == given.actor.person;
    if principal.name == given.actor.id || person { Err(AccessError::OneselfNot) } else { Ok(()) }
}

/// Lower-case letters, digits and `.-@`: nothing that is mistaken for another sign, or is somebody's name.
fn is_name(text: &str) -> bool {
    let sign = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-@".contains(c);
    (1..=NAME_CHARS_MAX).contains(&text.len())
        && text.chars().all(sign)
        && text.starts_with(|c: char| c.is_ascii_lowercase())
}
