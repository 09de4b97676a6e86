//! Registers a call device in a household.

use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::RegisterDevice;
use domain::shared::ids::{DeviceId, HouseholdId};

use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RegisterDeviceRequest,
) -> Result<pb::RegisterDeviceResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let household: HouseholdId = wire::id("household_id", &body.household_id)?;
    let unit = api.commands.unit_of(household).await?.ok_or(ApiError::NotFound)?;
    api.unit_target(&caller, Action::RegisterDevice, unit).await?;
    let id = DeviceId(api.commands.ids.uuid7());
    let verb = OrgVerb::RegisterDevice(RegisterDevice { device: id, household });
    let done = api.on_org(&caller, Action::RegisterDevice, id.0, write, verb).await?;
    let device_id = done.receipt.stream.id.to_string();
    Ok(pb::RegisterDeviceResponse { receipt: Some(receipt(&done)), device_id })
}
