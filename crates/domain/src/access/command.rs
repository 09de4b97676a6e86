//! Orders to a principal's record.

use super::Secret;
use super::event::{Area, PrincipalKind, Subject};
use crate::shared::given::Given;
use crate::shared::ids::{PersonId, UnitId};
use crate::shared::moment::Moment;
use crate::shared::role::Role;
use crate::shared::sealed::Sealed;

#[derive(Clone, Debug)]
pub struct AccessCommand {
    pub given: Given,
    pub verb: AccessVerb,
}

#[derive(Clone, Debug)]
pub enum AccessVerb {
    Register(Register),
    Retire(Retire),
    Grant(GrantRole),
    Revoke(RevokeRole),
    IssueKey(IssueKey),
    RevokeKey(RevokeKey),
    Invite(Invite),
    SetPassword(SetPassword),
    LogIn(LogIn),
    /// A wrong password was given.
    FailLogin,
    LogOut(LogOut),
    RevokeTokens(RevokeTokens),
}

#[derive(Clone, Debug)]
pub struct Register {
    pub name: String,
    pub kind: PrincipalKind,
    pub person: Option<PersonId>,
    pub subject: Option<Subject>,
}

#[derive(Clone, Debug)]
pub struct Retire {
    pub reason: String,
}

#[derive(Clone, Debug)]
pub struct GrantRole {
    pub role: Role,
    pub area: Area,
    pub until: Option<Moment>,
    pub reason: String,
}

#[derive(Clone, Debug)]
pub struct RevokeRole {
    pub number: u32,
    pub reason: String,
}

#[derive(Clone, Debug)]
pub struct IssueKey {
    pub label: String,
    pub secret: Secret,
    pub roles: Vec<Role>,
    pub within: Option<UnitId>,
}

#[derive(Clone, Debug)]
pub struct RevokeKey {
    pub number: u32,
    pub reason: String,
}

#[derive(Clone, Debug)]
pub struct Invite {
    pub secret: Secret,
}

#[derive(Clone, Debug)]
pub struct SetPassword {
    /// The digest of the invitation that was shown; `None` where the old password was given.
    pub invitation: Option<String>,
    pub password: Sealed,
}

#[derive(Clone, Debug)]
pub struct LogIn {
    pub secret: Secret,
}

#[derive(Clone, Debug)]
pub struct LogOut {
    pub number: u32,
}

#[derive(Clone, Debug)]
pub struct RevokeTokens {
    pub reason: String,
}
