//! Moves a unit below another parent.

use commands::streams;
use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::MoveUnit;
use domain::shared::ids::UnitId;

use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::MoveUnitRequest,
) -> Result<pb::MoveUnitResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let unit: UnitId = wire::id("unit_id", &body.unit_id)?;
    let parent: UnitId = wire::id("parent_id", &body.parent_id)?;
    let unit = api.unit_target(&caller, Action::MoveUnit, unit).await?;
    let parent = api.unit_target(&caller, Action::MoveUnit, parent).await?;
    let verb = OrgVerb::MoveUnit(MoveUnit { unit, parent });
    let tree = streams::tree(&api.commands.county6);
    let done = api.on_org(&caller, Action::MoveUnit, tree, write, verb).await?;
    // It goes on standing aside from what it stood aside from: named in its files before the answer.
    api.reactions_to(done.receipt.position).await;
    Ok(pb::MoveUnitResponse { receipt: Some(receipt(&done)) })
}
