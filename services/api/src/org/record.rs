//! Writing one record of the organisation.

use domain::org::{Org, OrgCommand, OrgVerb};
use domain::shared::ids::PersonId;
use domain::shared::ladder::Rung;
use eventlog::Done;
use uuid::Uuid;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) const NAME_CHARS_MAX: usize = 100;

impl Api {
    /// Executes one verb on the record in `stream`.
    pub(super) async fn on_org(
        &self,
        caller: &Caller,
        action: Action,
        stream: Uuid,
        write: Write,
        verb: OrgVerb,
    ) -> Result<Done, ApiError> {
        let facts = self.commands.facts(caller.actor.clone(), None).await?;
        let request = self.request(caller, action, write);
        let command = |now| OrgCommand { given: facts.at(now), verb: verb.clone() };
        Ok(self.commands.org.execute(stream, &request, command).await?)
    }

    /// The rung the profile in force puts a type of unit on.
    pub(super) async fn rung_of_kind(&self, kind: &str) -> Result<Rung, ApiError> {
        let known = self.commands.tree(|tree| {
            tree.profile().map(|profile| {
                let kinds = profile.document.kinds();
                profile.document.level(kind.trim()).map(|level| level.rung).ok_or(kinds)
            })
        });
        match known.await?.flatten() {
            Some(Ok(rung)) => Ok(rung),
            Some(Err(kinds)) => Err(ApiError::shape(
                "kind",
                &format!("must be a type of the profile: {kinds}"),
                &format!("方案中没有“{}”这一单位类型,可用类型:{kinds}", kind.trim()),
            )),
            None => Err(ApiError::shape("rung", "must be given", "必须填写")),
        }
    }

    /// Refuses a person nobody registered.
    pub(crate) async fn require_person(
        &self,
        field: &str,
        person: PersonId,
    ) -> Result<(), ApiError> {
        let known =
            self.commands.org.read(person.0, |org, _| matches!(org, Org::Person(_))).await?;
        if known == Some(true) {
            return Ok(());
        }
        Err(ApiError::shape(field, "must be a registered person", "没有登记此人"))
    }
}
