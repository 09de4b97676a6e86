//! Registers many members of staff, each with an answer of its own.

use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::RegisterPerson;
use domain::shared::ids::PersonId;

use super::batch::{Batch, Made, each, failed, write_of};
use super::record::NAME_CHARS_MAX;
use crate::decide::{Action, Resource, decide};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::BatchRegisterPersonsRequest,
) -> Result<pb::BatchRegisterPersonsResponse, ApiError> {
    let action = Action::BatchRegisterPersons;
    decide(&caller, action, &Resource::at(String::new()), api.now())?;
    let batch = Batch::begin(api, caller, action, (body.items.len(), body.dry_run)).await?;
    let results = each(&batch, body.items, one).await;
    Ok(pb::BatchRegisterPersonsResponse { failed: failed(&results), results })
}

async fn one(batch: Batch, item: pb::PersonItem) -> Result<Made, ApiError> {
    let write = write_of(&item, &item.request_id)?;
    let name = wire::text("name", &item.name, NAME_CHARS_MAX)?.trim().into();
    let person = PersonId(batch.id("person", "person_id", (&item.person_id, &item.code))?);
    let verb = OrgVerb::RegisterPerson(RegisterPerson { person, name });
    batch.record(person.0, write, verb).await
}
