//! The first security administrator, made by whoever owns the data: there is nobody yet to allow it.

use commands::facts::Facts;
use domain::access::command::{GrantRole, Invite, Register};
use domain::access::event::{Area, PrincipalKind};
use domain::access::login::INVITATION_HOURS_MAX;
use domain::access::{AccessCommand, AccessVerb};
use domain::org::command::RegisterPerson;
use domain::org::{OrgCommand, OrgVerb};
use domain::shared::actor::Actor;
use domain::shared::ids::PersonId;
use domain::shared::role::Role;
use eventlog::Request;

use crate::auth::secret::Kind;
use crate::{Api, ApiError};

impl Api {
    /// Whether there is, or was, a principal of this name.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn knows(&self, name: &str) -> Result<bool, ApiError> {
        Ok(self.access_record(self.principal_of(name)?).await?.is_registered())
    }

    /// Makes `name` a security administrator, if it is none, with a person on record, and a new invitation for it.
    ///
    /// # Errors
    /// The rule that refuses it, as that another role of this name excludes it; or the log's failure.
    pub async fn bootstrap(&self, name: &str) -> Result<String, ApiError> {
        let principal = self.principal_of(name)?;
        let until = self.now().plus_seconds(INVITATION_HOURS_MAX * 3_600);
        let (invitation, secret) = self.new_secret(Kind::Invitation, principal, 0, until);
        let grant = GrantRole {
            role: Role::Security,
            area: Area::County,
            until: None,
            reason: "初始化安全管理员".into(),
        };
        let facts = self.commands.facts(Actor::system(), None).await?;
        let request = Request {
            origin: self.system_origin("bootstrap"),
            principal: "bootstrap".into(),
            ..Request::default()
        };
        let known = self.access_record(principal).await?.is_registered();
        let first = match known {
            true => None,
            false => Some(AccessVerb::Register(Register {
                name: name.into(),
                kind: PrincipalKind::Person,
                person: Some(self.first_person(&facts, &request).await?),
                subject: None,
            })),
        };
        let rest = [AccessVerb::Grant(grant), AccessVerb::Invite(Invite { secret })];
        for verb in first.into_iter().chain(rest) {
            let command = |now| AccessCommand { given: facts.at(now), verb: verb.clone() };
            self.commands.access.execute(principal, &request, command).await?;
        }
        Ok(invitation)
    }

    async fn first_person(&self, facts: &Facts, request: &Request) -> Result<PersonId, ApiError> {
        let person = PersonId(self.commands.ids.uuid7());
        let verb =
            OrgVerb::RegisterPerson(RegisterPerson { person, name: "安全管理员".into() });
        let command = |now| OrgCommand { given: facts.at(now), verb: verb.clone() };
        self.commands.org.execute(person.0, request, command).await?;
        Ok(person)
    }
}
