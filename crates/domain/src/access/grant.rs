//! Roles: given by somebody else, in an area, for a while.

use super::command::{GrantRole, RevokeRole};
use super::event::{Area, PrincipalKind, RoleGranted, RoleRevoked};
use super::principal::require_other;
use super::{AccessError, AccessEvent, Principal};
use crate::shared::given::Given;
use crate::shared::role::Role;

pub fn grant(
    principal: &Principal,
    given: &Given,
    verb: GrantRole,
) -> Result<Vec<AccessEvent>, AccessError> {
    let GrantRole { role, area, until, reason } = verb;
    principal.require_active()?;
    require_other(principal, given)?;
    if until.is_some_and(|until| until <= given.now) {
        return Err(AccessError::EndsBeforeItStarts);
    }
    require_fitting(principal, role, area)?;
    let mut held = principal.grants_at(given.now, None);
    if held.any(|held| (held.role, held.area, held.until) == (role, area, until)) {
        return Ok(Vec::new());
    }
    let mut held = principal.grants_at(given.now, None);
    if let Some(other) = held.find(|held| !held.role.goes_with(role)) {
        return Err(AccessError::RolesExclude { role, other: other.role });
    }
    let number = principal.numbered + 1;
    Ok(vec![RoleGranted { number, role, area, until, reason, at: given.now }.into()])
}

/// People speak for themselves, machines for those they carry.
fn require_fitting(principal: &Principal, role: Role, area: Area) -> Result<(), AccessError> {
    let machine = principal.kind == PrincipalKind::Machine;
    // Who holds work, or is called to account for it, is somebody: what machines do by themselves is the
    // hotline's part and the residents' side.
    let of_machines = role.is_residents_side() || role == Role::Hotline || role == Role::Auditor;
    if machine && !of_machines {
        return Err(AccessError::NotForMachines(role));
    }
    if !machine && role.is_residents_side() {
        return Err(AccessError::ForMachines(role));
    }
    // Whoever stands aside does so as a person (LOOP A1), and no person administers in two accounts what excludes
    // each other.
    if !machine && principal.person.is_none() {
        return Err(AccessError::NotOnRecord);
    }
    match area {
        Area::Posts if principal.person.is_none() => Err(AccessError::NobodyOnRecord),
        Area::Posts | Area::Unit(_) if role.is_administrator() => {
            Err(AccessError::WholeCounty(role))
        }
        Area::County | Area::Unit(_) if role == Role::Handler => Err(AccessError::OfAPost(role)),
        Area::County | Area::Unit(_) | Area::Posts => Ok(()),
    }
}

pub fn revoke(
    principal: &Principal,
    given: &Given,
    verb: RevokeRole,
) -> Result<Vec<AccessEvent>, AccessError> {
    principal.require_active()?;
    require_other(principal, given)?;
    let RevokeRole { number, reason } = verb;
    if !principal.grants.contains_key(&number) {
        return match number <= principal.numbered && number > 0 {
            true => Ok(Vec::new()),
            false => Err(AccessError::NoSuchNumber(number)),
        };
    }
    Ok(vec![RoleRevoked { number, reason, at: given.now }.into()])
}
