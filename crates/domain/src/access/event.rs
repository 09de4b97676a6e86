//! Facts of access. None of them leaves the county's own streams.

use serde::{Deserialize, Serialize};

use super::{AccessEvent, Secret};
use crate::shared::ids::{PersonId, UnitId};
use crate::shared::moment::Moment;
use crate::shared::role::Role;
use crate::shared::sealed::Sealed;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    #[default]
    Person,
    /// A hotline system, a device gateway, a portal, an integrator.
    Machine,
}

/// Whom a token of the county's identity provider is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub issuer: String,
    pub subject: String,
}

impl Subject {
    /// As it is claimed: of one principal in the whole log.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}\u{1f}{}", self.issuer, self.subject)
    }
}

/// Where a role counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    County,
    Unit(UnitId),
    /// Wherever the person sits now: the units of the posts of its appointments.
    Posts,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrincipalRegistered {
    pub name: String,
    pub kind: PrincipalKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrincipalRetired {
    pub reason: String,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoleGranted {
    pub number: u32,
    pub role: Role,
    pub area: Area,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
    pub reason: String,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoleRevoked {
    pub number: u32,
    pub reason: String,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyIssued {
    pub number: u32,
    /// What it is for, as `12345 平台`.
    pub label: String,
    pub secret: Secret,
    pub roles: Vec<Role>,
    /// Where alone it is good, whatever the roles reach; everywhere they do when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<UnitId>,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyRevoked {
    pub number: u32,
    pub reason: String,
    pub at: Moment,
}

/// Whoever has the secret sets the first password, or a new one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invited {
    pub secret: Secret,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PasswordSet {
    /// Its argon2id hash, sealed: a hash in an open log would be guessed at for ever.
    pub password: Sealed,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoggedIn {
    pub number: u32,
    pub secret: Secret,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoginFailed {
    /// In a row.
    pub failures: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_until: Option<Moment>,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoggedOut {
    pub number: u32,
    pub at: Moment,
}

/// Everything issued before is refused: sessions, keys, and the identity provider's tokens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokensRevoked {
    pub reason: String,
    pub at: Moment,
}

impl AccessEvent {
    /// Whether what the principal may do, or with what it gets in, is another thing after this.
    #[must_use]
    pub const fn changes_authority(&self) -> bool {
        match self {
            Self::PrincipalRegistered(_)
            | Self::PrincipalRetired(_)
            | Self::RoleGranted(_)
            | Self::RoleRevoked(_)
            | Self::KeyRevoked(_)
            | Self::PasswordSet(_)
            | Self::LoggedOut(_)
            | Self::TokensRevoked(_) => true,
            Self::KeyIssued(_) | Self::Invited(_) | Self::LoggedIn(_) | Self::LoginFailed(_) => {
                false
            }
        }
    }
}
