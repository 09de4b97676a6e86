//! Who may get in, and as what: principals with their roles, keys, passwords and sessions. One stream per
//! principal. A token proves who comes; what that principal may do stands here, and counts from the moment
//! it is written.

mod aggregate;
mod codec;
pub mod command;
mod error;
pub mod event;
pub mod grant;
pub mod key;
pub mod login;
pub mod principal;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use aggregate::{AUTHORITY, AccessFact, authority_key};
pub use codec::AccessEvent;
pub use command::{AccessCommand, AccessVerb};
pub use error::AccessError;

use crate::shared::ids::{PersonId, UnitId};
use crate::shared::moment::Moment;
use crate::shared::role::Role;
use crate::shared::sealed::Sealed;
use event::{Area, PrincipalKind, Subject};

/// One principal: somebody of the staff, or a machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Principal {
    /// Empty before it is registered.
    pub name: String,
    pub kind: PrincipalKind,
    pub person: Option<PersonId>,
    /// As the county's identity provider calls it.
    pub subject: Option<Subject>,
    pub grants: BTreeMap<u32, Grant>,
    pub keys: BTreeMap<u32, ServiceKey>,
    pub password: Option<Sealed>,
    /// Wrong passwords in a row.
    pub failures: u32,
    pub locked_until: Option<Moment>,
    pub invitation: Option<Secret>,
    pub sessions: BTreeMap<u32, Secret>,
    /// Tokens issued before this moment are refused.
    pub tokens_from: Option<Moment>,
    pub retired: bool,
    /// Numbers given out, to grants, keys and sessions together.
    pub numbered: u32,
    /// How often its authority changed: what was decided under an earlier one is decided again.
    pub epoch: u64,
}

/// A role in an area, for a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    pub role: Role,
    pub area: Area,
    pub until: Option<Moment>,
}

/// A machine's key: some of the principal's roles, until it expires.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceKey {
    pub secret: Secret,
    /// Of the roles the principal has, those this key may use.
    pub roles: Vec<Role>,
    /// Where alone it is good.
    #[serde(default)]
    pub within: Option<UnitId>,
}

/// What proves knowledge of a secret of 256 random bits: its SHA-256, hex; good until its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    pub digest: String,
    pub until: Moment,
}

impl Principal {
    /// # Errors
    /// The rule that refuses the command.
    pub fn decide(&self, command: AccessCommand) -> Result<Vec<AccessEvent>, AccessError> {
        let given = &command.given;
        match command.verb {
            AccessVerb::Register(verb) => principal::register(self, given, verb),
            AccessVerb::Retire(verb) => principal::retire(self, given, verb),
            AccessVerb::Grant(verb) => grant::grant(self, given, verb),
            AccessVerb::Revoke(verb) => grant::revoke(self, given, verb),
            AccessVerb::IssueKey(verb) => key::issue(self, given, verb),
            AccessVerb::RevokeKey(verb) => key::revoke(self, given, verb),
            AccessVerb::Invite(verb) => login::invite(self, given, verb),
            AccessVerb::SetPassword(verb) => login::set_password(self, given, verb),
            AccessVerb::LogIn(verb) => login::log_in(self, given, verb),
            AccessVerb::FailLogin => login::fail(self, given),
            AccessVerb::LogOut(verb) => login::log_out(self, given, verb),
            AccessVerb::RevokeTokens(verb) => login::revoke_tokens(self, given, verb),
        }
    }

    pub fn evolve(&mut self, event: &AccessEvent) {
        self.epoch += u64::from(event.changes_authority());
        match event {
            AccessEvent::PrincipalRegistered(e) => {
                self.name.clone_from(&e.name);
                self.kind = e.kind;
                self.person = e.person;
                self.subject.clone_from(&e.subject);
            }
            AccessEvent::PrincipalRetired(_) => {
                self.retired = true;
                self.password = None;
                self.invitation = None;
                self.grants.clear();
                self.keys.clear();
                self.sessions.clear();
            }
            AccessEvent::RoleGranted(e) => {
                self.numbered = e.number;
                let grant = Grant { role: e.role, area: e.area, until: e.until };
                self.grants.insert(e.number, grant);
            }
            AccessEvent::RoleRevoked(e) => {
                self.grants.remove(&e.number);
            }
            AccessEvent::KeyIssued(e) => {
                self.numbered = e.number;
                let (secret, roles, within) = (e.secret.clone(), e.roles.clone(), e.within);
                let key = ServiceKey { secret, roles, within };
                self.keys.insert(e.number, key);
            }
            AccessEvent::KeyRevoked(e) => {
                self.keys.remove(&e.number);
            }
            AccessEvent::Invited(e) => self.invitation = Some(e.secret.clone()),
            AccessEvent::PasswordSet(e) => {
                self.password = Some(e.password.clone());
                self.invitation = None;
                self.failures = 0;
                self.locked_until = None;
                self.sessions.clear();
            }
            AccessEvent::LoggedIn(e) => {
                self.numbered = e.number;
                self.failures = 0;
                self.locked_until = None;
                self.sessions.retain(|_, session| e.at < session.until);
                self.sessions.insert(e.number, e.secret.clone());
                // Whoever lost a token cannot end its session: the oldest makes room.
                while self.sessions.len() > login::SESSIONS_MAX {
                    self.sessions.pop_first();
                }
            }
            AccessEvent::LoginFailed(e) => {
                self.failures = e.failures;
                self.locked_until = e.locked_until;
            }
            AccessEvent::LoggedOut(e) => {
                self.sessions.remove(&e.number);
            }
            AccessEvent::TokensRevoked(e) => {
                self.tokens_from = Some(e.at);
                self.sessions.clear();
                self.keys.clear();
                self.invitation = None;
            }
        }
    }

    #[must_use]
    pub fn is_registered(&self) -> bool {
        !self.name.is_empty()
    }

    /// Registered, and not retired.
    ///
    /// # Errors
    /// Otherwise.
    pub fn require_active(&self) -> Result<(), AccessError> {
        match (self.is_registered(), self.retired) {
            (true, false) => Ok(()),
            (false, _) => Err(AccessError::NoSuchPrincipal),
            (true, true) => Err(AccessError::Retired),
        }
    }

    /// Its roles in force at `now`; of those, what a key may use when `key` names one.
    pub fn grants_at(&self, now: Moment, key: Option<u32>) -> impl Iterator<Item = &Grant> {
        let key = key.map(|number| self.keys.get(&number));
        self.grants.values().filter(move |grant| {
            let of_key = match key {
                None => true,
                Some(None) => false,
                Some(Some(key)) => key.roles.contains(&grant.role),
            };
            of_key && !self.retired && grant.until.is_none_or(|until| now < until)
        })
    }
}
