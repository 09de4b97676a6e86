//! What the RPCs of access share: whose record it is, and the words of the wire.

use commands::streams;
use contract::bidao::access::v1 as pb;
use domain::access::event::Area;
use domain::access::{AccessCommand, AccessVerb, Grant, Principal};
use domain::shared::role::Role;
use eventlog::{Done, Request};
use uuid::Uuid;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) const REASON_CHARS_MAX: usize = 200;

impl Api {
    /// The record of the principal of this name, whether it is there or not.
    pub(super) fn principal_of(&self, name: &str) -> Result<Uuid, ApiError> {
        let name = wire::text("name", name, 100)?;
        Ok(streams::principal(&self.commands.county6, name))
    }

    /// Executes one verb on a principal's record.
    pub(super) async fn on_access(
        &self,
        caller: &Caller,
        action: Action,
        principal: Uuid,
        write: Write,
        verb: AccessVerb,
    ) -> Result<Done, ApiError> {
        self.access_as(caller, principal, &self.request(caller, action, write), verb).await
    }

    /// As [`Api::on_access`], of a request that is made already.
    pub(super) async fn access_as(
        &self,
        caller: &Caller,
        principal: Uuid,
        request: &Request,
        verb: AccessVerb,
    ) -> Result<Done, ApiError> {
        let facts = self.commands.facts(caller.actor.clone(), None).await?;
        let command = |now| AccessCommand { given: facts.at(now), verb: verb.clone() };
        Ok(self.commands.access.execute(principal, request, command).await?)
    }

    /// The record as it stands; nothing for a name that nobody has.
    pub(super) async fn access_record(&self, principal: Uuid) -> Result<Principal, ApiError> {
        let known = self.commands.access.read(principal, |known, _| known.clone()).await?;
        Ok(known.unwrap_or_default())
    }
}

pub(super) fn role(field: &str, value: i32) -> Result<Role, ApiError> {
    let unknown =
        || ApiError::shape(field, "must be one of the enum's named values", "取值不在可选范围内");
    match pb::Role::try_from(value).map_err(|_| unknown())? {
        pb::Role::Unspecified => wire::given(field, None),
        pb::Role::Resident => Ok(Role::Resident),
        pb::Role::Device => Ok(Role::Device),
        pb::Role::Hotline => Ok(Role::Hotline),
        pb::Role::Dispatcher => Ok(Role::Dispatcher),
        pb::Role::Handler => Ok(Role::Handler),
        pb::Role::FollowUp => Ok(Role::FollowUp),
        pb::Role::Leader => Ok(Role::Leader),
        pb::Role::Operator => Ok(Role::Operator),
        pb::Role::Security => Ok(Role::Security),
        pb::Role::Auditor => Ok(Role::Auditor),
        pb::Role::Discipline => Ok(Role::Discipline),
    }
}

pub(super) fn role_of(role: Role) -> i32 {
    let role = match role {
        Role::Resident => pb::Role::Resident,
        Role::Device => pb::Role::Device,
        Role::Hotline => pb::Role::Hotline,
        Role::Dispatcher => pb::Role::Dispatcher,
        Role::Handler => pb::Role::Handler,
        Role::FollowUp => pb::Role::FollowUp,
        Role::Leader => pb::Role::Leader,
        Role::Operator => pb::Role::Operator,
        Role::Security => pb::Role::Security,
        Role::Auditor => pb::Role::Auditor,
        Role::Discipline => pb::Role::Discipline,
    };
    role.into()
}

/// `*`, `posts`, or a unit.
pub(super) fn area(text: &str) -> Result<Area, ApiError> {
    match text {
        "*" => Ok(Area::County),
        "posts" => Ok(Area::Posts),
        unit => Ok(Area::Unit(wire::id("within", unit)?)),
    }
}

pub(super) fn grant((number, grant): (&u32, &Grant)) -> pb::Grant {
    let within = match grant.area {
        Area::County => "*".into(),
        Area::Posts => "posts".into(),
        Area::Unit(unit) => unit.to_string(),
    };
    let until = grant.until.and_then(wire::timestamp);
    pb::Grant { number: *number, role: role_of(grant.role), within, until }
}

pub(super) fn reason(text: &str) -> Result<String, ApiError> {
    Ok(wire::text("reason", text, REASON_CHARS_MAX)?.trim().into())
}
