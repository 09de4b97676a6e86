//! Gives a unit another name.

use commands::streams;
use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::RenameUnit;
use domain::shared::ids::UnitId;

use super::record::NAME_CHARS_MAX;
use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RenameUnitRequest,
) -> Result<pb::RenameUnitResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let unit: UnitId = wire::id("unit_id", &body.unit_id)?;
    let unit = api.unit_target(&caller, Action::RenameUnit, unit).await?;
    let name = wire::text("name", &body.name, NAME_CHARS_MAX)?.trim().into();
    let verb = OrgVerb::RenameUnit(RenameUnit { unit, name });
    let tree = streams::tree(&api.commands.county6);
    let done = api.on_org(&caller, Action::RenameUnit, tree, write, verb).await?;
    Ok(pb::RenameUnitResponse { receipt: Some(receipt(&done)) })
}
