//! Writing one record of the organisation.

use domain::org::{OrgCommand, OrgVerb};
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
}
