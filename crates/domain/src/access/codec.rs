//! Stored names and versions of the facts of access. Names are for ever.

use super::event::{
    Invited, KeyIssued, KeyRevoked, LoggedIn, LoggedOut, LoginFailed, PasswordSet,
    PrincipalRegistered, PrincipalRetired, RoleGranted, RoleRevoked, TokensRevoked,
};
use crate::shared::sealed::Sealed;
use crate::shared::stored::stored_events;

stored_events! {
    /// A fact of access.
    AccessEvent, sealed = sealed, {
        "access.principal_registered" = 1 => PrincipalRegistered,
        "access.principal_retired" = 1 => PrincipalRetired,
        "access.role_granted" = 1 => RoleGranted,
        "access.role_revoked" = 1 => RoleRevoked,
        "access.key_issued" = 1 => KeyIssued,
        "access.key_revoked" = 1 => KeyRevoked,
        "access.invited" = 1 => Invited,
        "access.password_set" = 1 => PasswordSet,
        "access.logged_in" = 1 => LoggedIn,
        "access.login_failed" = 1 => LoginFailed,
        "access.logged_out" = 1 => LoggedOut,
        "access.tokens_revoked" = 1 => TokensRevoked,
    }
}

fn sealed(event: &AccessEvent) -> Vec<&Sealed> {
    match event {
        AccessEvent::PasswordSet(e) => vec![&e.password],
        AccessEvent::PrincipalRegistered(_)
        | AccessEvent::PrincipalRetired(_)
        | AccessEvent::RoleGranted(_)
        | AccessEvent::RoleRevoked(_)
        | AccessEvent::KeyIssued(_)
        | AccessEvent::KeyRevoked(_)
        | AccessEvent::Invited(_)
        | AccessEvent::LoggedIn(_)
        | AccessEvent::LoginFailed(_)
        | AccessEvent::LoggedOut(_)
        | AccessEvent::TokensRevoked(_) => Vec::new(),
    }
}
