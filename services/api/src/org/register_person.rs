//! Registers a member of staff.

use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::RegisterPerson;
use domain::shared::ids::PersonId;

use super::record::NAME_CHARS_MAX;
use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RegisterPersonRequest,
) -> Result<pb::RegisterPersonResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let name = wire::text("name", &body.name, NAME_CHARS_MAX)?.trim().into();
    let id = PersonId(api.commands.ids.uuid7());
    let verb = OrgVerb::RegisterPerson(RegisterPerson { person: id, name });
    let done = api.on_org(&caller, Action::RegisterPerson, id.0, write, verb).await?;
    let person_id = done.receipt.stream.id.to_string();
    Ok(pb::RegisterPersonResponse { receipt: Some(receipt(&done)), person_id })
}
