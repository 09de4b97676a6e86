//! Registers a household; its address is sealed.

use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::RegisterHousehold;
use domain::shared::ids::{HouseholdId, UnitId};

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RegisterHouseholdRequest,
) -> Result<pb::RegisterHouseholdResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let unit: UnitId = wire::id("unit_id", &body.unit_id)?;
    let unit = api.unit_target(&caller, Action::RegisterHousehold, unit).await?;
    wire::optional_text("address", &body.address, 200)?;
    let id = HouseholdId(api.commands.ids.uuid7());
    let address = api.seal(&Owner::household(id.0), "address", &body.address).await?;
    let verb = OrgVerb::RegisterHousehold(RegisterHousehold { household: id, unit, address });
    let done = api.on_org(&caller, Action::RegisterHousehold, id.0, write, verb).await?;
    let household_id = done.receipt.stream.id.to_string();
    Ok(pb::RegisterHouseholdResponse { receipt: Some(receipt(&done)), household_id })
}
