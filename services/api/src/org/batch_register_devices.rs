//! Registers many call devices, each with an answer of its own.

use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::RegisterDevice;
use domain::shared::ids::{DeviceId, HouseholdId};

use super::batch::{Batch, Made, each, failed, write_of};
use crate::decide::Action;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::BatchRegisterDevicesRequest,
) -> Result<pb::BatchRegisterDevicesResponse, ApiError> {
    let action = Action::BatchRegisterDevices;
    let batch = Batch::begin(api, caller, action, (body.items.len(), body.dry_run)).await?;
    let results = each(&batch, body.items, one).await;
    Ok(pb::BatchRegisterDevicesResponse { failed: failed(&results), results })
}

async fn one(batch: Batch, item: pb::DeviceItem) -> Result<Made, ApiError> {
    let write = write_of(&item, &item.request_id)?;
    let device = DeviceId(batch.id("device", "device_id", (&item.device_id, &item.code))?);
    let named = (item.household_id.as_str(), item.household_code.as_str());
    let household = HouseholdId(batch.id("household", "household_id", named)?);
    let unknown = || {
        let code = item.household_code.trim();
        ApiError::shape(
            "household_code",
            &format!("must name a registered household; there is none for '{code}'"),
            &format!("没有登记编码为“{code}”的住户"),
        )
    };
    let unit = batch.api.commands.unit_of(household).await?.ok_or_else(unknown)?;
    batch.unit(&unit.to_string(), "").await.map_err(|_| unknown())?;
    let verb = OrgVerb::RegisterDevice(RegisterDevice { device, household });
    batch.record(device.0, write, verb).await
}
