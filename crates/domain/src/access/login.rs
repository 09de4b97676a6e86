//! Passwords and sessions, for counties without an identity provider.

use super::command::{Invite, LogIn, LogOut, RevokeTokens, SetPassword};
use super::event::{
    Invited, LoggedIn, LoggedOut, LoginFailed, PasswordSet, PrincipalKind, TokensRevoked,
};
use super::principal::require_other;
use super::{AccessError, AccessEvent, Principal};
use crate::shared::given::Given;

/// Wrong passwords in a row until the account is locked, and for how long (GB/T 22239-2019 8.1.4.1 asks for
/// a limit and leaves the figure open; ASVS 5.0 6.3.1).
const FAILURES_MAX: u32 = 5;
const LOCKED_SECONDS: i64 = 15 * 60;
/// A link that lies in a mailbox for longer is found by somebody else.
pub const INVITATION_HOURS_MAX: i64 = 72;
/// A working day with its evening; who goes on logs in again.
pub const SESSION_HOURS_MAX: i64 = 12;
pub const SESSIONS_MAX: usize = 16;
const HOUR_SECONDS: i64 = 3_600;

pub fn invite(
    principal: &Principal,
    given: &Given,
    verb: Invite,
) -> Result<Vec<AccessEvent>, AccessError> {
    principal.require_active()?;
    require_other(principal, given)?;
    if principal.kind == PrincipalKind::Machine {
        return Err(AccessError::PasswordsAreForPeople);
    }
    require_short(given, &verb.secret, INVITATION_HOURS_MAX)?;
    Ok(vec![Invited { secret: verb.secret, at: given.now }.into()])
}

/// By whoever was invited, once; or by the principal, who gave the old password.
pub fn set_password(
    principal: &Principal,
    given: &Given,
    verb: SetPassword,
) -> Result<Vec<AccessEvent>, AccessError> {
    principal.require_active()?;
    match (&verb.invitation, &principal.invitation) {
        (Some(shown), Some(known)) if *shown == known.digest && given.now < known.until => {}
        (Some(_), _) => return Err(AccessError::InvitationOver),
        (None, _) if principal.password.is_some() => require_open(principal, given)?,
        (None, _) => return Err(AccessError::NoPassword),
    }
    Ok(vec![PasswordSet { password: verb.password, at: given.now }.into()])
}

pub fn log_in(
    principal: &Principal,
    given: &Given,
    verb: LogIn,
) -> Result<Vec<AccessEvent>, AccessError> {
    principal.require_active()?;
    require_open(principal, given)?;
    require_short(given, &verb.secret, SESSION_HOURS_MAX)?;
    let number = principal.numbered + 1;
    Ok(vec![LoggedIn { number, secret: verb.secret, at: given.now }.into()])
}

/// Counted until the account is locked; a locked one counts nothing, so that nobody fills the log.
pub fn fail(principal: &Principal, given: &Given) -> Result<Vec<AccessEvent>, AccessError> {
    principal.require_active()?;
    require_open(principal, given)?;
    let failures = match principal.locked_until {
        // The lock is over: counting begins anew.
        Some(_) => 1,
        None => principal.failures + 1,
    };
    let locked = (failures >= FAILURES_MAX).then(|| given.now.plus_seconds(LOCKED_SECONDS));
    Ok(vec![LoginFailed { failures, locked_until: locked, at: given.now }.into()])
}

pub fn log_out(
    principal: &Principal,
    given: &Given,
    verb: LogOut,
) -> Result<Vec<AccessEvent>, AccessError> {
    match principal.sessions.contains_key(&verb.number) {
        true => Ok(vec![LoggedOut { number: verb.number, at: given.now }.into()]),
        false => Ok(Vec::new()),
    }
}

/// By the principal itself, who lost a laptop, or by the security administrator.
pub fn revoke_tokens(
    principal: &Principal,
    given: &Given,
    verb: RevokeTokens,
) -> Result<Vec<AccessEvent>, AccessError> {
    principal.require_active()?;
    Ok(vec![TokensRevoked { reason: verb.reason, at: given.now }.into()])
}

fn require_open(principal: &Principal, given: &Given) -> Result<(), AccessError> {
    match principal.locked_until {
        Some(until) if given.now < until => Err(AccessError::Locked { until }),
        Some(_) | None => Ok(()),
    }
}

fn require_short(given: &Given, secret: &super::Secret, hours: i64) -> Result<(), AccessError> {
    let latest = given.now.plus_seconds(hours * HOUR_SECONDS);
    let fits = given.now < secret.until && secret.until <= latest;
    if fits { Ok(()) } else { Err(AccessError::TooLong { hours }) }
}
