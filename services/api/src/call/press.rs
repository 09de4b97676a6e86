//! The green key: a new call, or one more press of the call that rings already.

use contract::bidao::call::v1 as pb;
use domain::call::command::Press;
use domain::call::{CallCommand, CallVerb};
use domain::shared::ids::{CallId, DeviceId, HouseholdId, UnitId};

use eventlog::Done;

use crate::decide::{Action, Resource, decide};
use crate::sealing::Owner;
use crate::write::{Write, done_before_freeze, receipt};
use crate::{Api, ApiError, Caller, wire};

const CALLER_CHARS_MAX: usize = 50;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::PressRequest,
) -> Result<pb::PressResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?
        .pressed_at(body.occurred_at.as_ref(), api.now())?;
    let device = wire::optional_id::<DeviceId>("device_id", &body.device_id)?;
    let (household, unit) = home(&api, device, &body.unit_id).await?;
    let area_path = api.commands.area_path(unit).await?;
    if area_path.is_empty() {
        return Err(ApiError::NotFound);
    }
    let resource = Resource { devices: device.into_iter().collect(), ..Resource::at(area_path) };
    decide(&caller, Action::Press, &resource, api.now())?;
    wire::optional_text("caller", &body.caller, CALLER_CHARS_MAX)?;
    let call = CallId(api.id_by(&caller, Action::Press, &write)?);
    let request = api.request(&caller, Action::Press, write);
    let number = match api.seal(&Owner::call(call.0), "caller", &body.caller).await {
        Ok(number) => number,
        Err(error) => {
            let done = done_before_freeze(error, api.commands.calls.done_before(&request)).await?;
            return Ok(answer(&done));
        }
    };
    let press = Press { call, device, household, unit, caller: number };
    let facts = api.commands.facts(caller.actor.clone(), Some(unit)).await?;
    let command = |now| CallCommand { given: facts.at(now), verb: CallVerb::Press(press.clone()) };
    let done = api.commands.calls.execute(call.0, &request, command).await?;
    Ok(answer(&done))
}

fn answer(done: &Done) -> pb::PressResponse {
    let call_id = done.receipt.stream.id.to_string();
    pb::PressResponse { receipt: Some(receipt(done)), call_id }
}

/// Whose press it is, and where: by the device, or by the unit named.
async fn home(
    api: &Api,
    device: Option<DeviceId>,
    unit: &str,
) -> Result<(Option<HouseholdId>, UnitId), ApiError> {
    match device {
        Some(device) => {
            let (household, unit) =
                api.commands.home_of(device).await?.ok_or(ApiError::NotFound)?;
            Ok((Some(household), unit))
        }
        None if unit.is_empty() => {
            Err(ApiError::shape("device_id", "must be given, or unit_id", "请填写呼叫器或所在单位"))
        }
        None => Ok((None, wire::id("unit_id", unit)?)),
    }
}
