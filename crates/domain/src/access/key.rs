//! Keys of machines: shown once, good for a while, for some of the machine's roles.

use super::command::{IssueKey, RevokeKey};
use super::event::{KeyIssued, KeyRevoked, PrincipalKind};
use super::principal::require_other;
use super::{AccessError, AccessEvent, Principal};
use crate::shared::given::Given;

/// The longest a key is good for, in days: what nobody renews is what nobody watches.
pub const KEY_DAYS_MAX: i64 = 366;
/// Old key and new one beside each other, and a few systems: more is a key per day.
const KEYS_MAX: usize = 16;
const DAY_SECONDS: i64 = 86_400;

pub fn issue(
    principal: &Principal,
    given: &Given,
    verb: IssueKey,
) -> Result<Vec<AccessEvent>, AccessError> {
    let IssueKey { label, secret, mut roles, within } = verb;
    principal.require_active()?;
    require_other(principal, given)?;
    if principal.kind != PrincipalKind::Machine {
        return Err(AccessError::KeysAreForMachines);
    }
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() {
        return Err(AccessError::KeyWithoutRoles);
    }
    let missing = |role: &&_| !principal.grants_at(given.now, None).any(|g| g.role == **role);
    if let Some(role) = roles.iter().find(missing) {
        return Err(AccessError::RoleNotHeld(*role));
    }
    let latest = given.now.plus_seconds(KEY_DAYS_MAX * DAY_SECONDS);
    if secret.until <= given.now || latest < secret.until {
        return Err(AccessError::KeyTooLong { days: KEY_DAYS_MAX });
    }
    let good = principal.keys.values().filter(|key| given.now < key.secret.until);
    if good.count() >= KEYS_MAX {
        return Err(AccessError::TooManyKeys { max: KEYS_MAX });
    }
    let number = principal.numbered + 1;
    Ok(vec![KeyIssued { number, label, secret, roles, within, at: given.now }.into()])
}

pub fn revoke(
    principal: &Principal,
    given: &Given,
    verb: RevokeKey,
) -> Result<Vec<AccessEvent>, AccessError> {
    principal.require_active()?;
    let RevokeKey { number, reason } = verb;
    if !principal.keys.contains_key(&number) {
        return match number <= principal.numbered && number > 0 {
            true => Ok(Vec::new()),
            false => Err(AccessError::NoSuchNumber(number)),
        };
    }
    Ok(vec![KeyRevoked { number, reason, at: given.now }.into()])
}
