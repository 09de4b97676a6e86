//! Closes a unit; everything of it belongs to another from now on.

use commands::streams;
use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::MergeUnits;
use domain::shared::ids::UnitId;

use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::MergeUnitsRequest,
) -> Result<pb::MergeUnitsResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let unit: UnitId = wire::id("unit_id", &body.unit_id)?;
    let into: UnitId = wire::id("into_id", &body.into_id)?;
    api.unit_target(&caller, Action::MergeUnits, unit).await?;
    let into = api.unit_target(&caller, Action::MergeUnits, into).await?;
    let verb = OrgVerb::MergeUnits(MergeUnits { unit, into });
    let tree = streams::tree(&api.commands.county6);
    let done = api.on_org(&caller, Action::MergeUnits, tree, write, verb).await?;
    Ok(pb::MergeUnitsResponse { receipt: Some(receipt(&done)) })
}
