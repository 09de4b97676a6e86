//! Registers many households; their addresses are sealed.

use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::RegisterHousehold;
use domain::shared::ids::HouseholdId;

use super::batch::{Batch, Made, each, failed, write_of};
use crate::decide::Action;
use crate::sealing::Owner;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::BatchRegisterHouseholdsRequest,
) -> Result<pb::BatchRegisterHouseholdsResponse, ApiError> {
    let action = Action::BatchRegisterHouseholds;
    let batch = Batch::begin(api, caller, action, (body.items.len(), body.dry_run)).await?;
    let results = each(&batch, body.items, one).await;
    Ok(pb::BatchRegisterHouseholdsResponse { failed: failed(&results), results })
}

async fn one(batch: Batch, item: pb::HouseholdItem) -> Result<Made, ApiError> {
    let write = write_of(&item, &item.request_id)?;
    wire::optional_text("address", &item.address, 200)?;
    let household =
        HouseholdId(batch.id("household", "household_id", (&item.household_id, &item.code))?);
    let unit = batch.unit(&item.unit_id, &item.unit_code).await?;
    // A dry run leaves no key behind.
    let address = if batch.dry_run {
        None
    } else {
        batch.api.seal(&Owner::household(household.0), "address", &item.address).await?
    };
    let verb = OrgVerb::RegisterHousehold(RegisterHousehold { household, unit, address });
    batch.record(household.0, write, verb).await
}
