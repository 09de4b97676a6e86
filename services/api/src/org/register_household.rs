//! Registers a household; its address is sealed.

use contract::bidao::org::v1 as pb;
use domain::org::command::RegisterHousehold;
use domain::org::{OrgCommand, OrgVerb};
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
    let id = HouseholdId(api.id_by(&caller, Action::RegisterHousehold, &write)?);
    let address = api.seal(&Owner::household(id.0), "address", &body.address).await?;
    let verb = OrgVerb::RegisterHousehold(RegisterHousehold { household: id, unit, address });
    let facts = api.commands.facts(caller.actor.clone(), None).await?;
    let request = api.request(&caller, Action::RegisterHousehold, write);
    let command = |now| OrgCommand { given: facts.at(now), verb: verb.clone() };
    let done = api.commands.org.execute(id.0, &request, command).await?;
    let household_id = done.receipt.stream.id.to_string();
    Ok(pb::RegisterHouseholdResponse { receipt: Some(receipt(&done)), household_id })
}
