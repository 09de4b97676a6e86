//! A thumb key: it rates the device's latest service, a visit or an answered call (LOOP C6).

use contract::bidao::call::v1 as pb;
use domain::call::CallVerb;
use domain::call::command::PressThumb;
use domain::issue::IssueVerb;
use domain::issue::command::{Rate, RawAnswer};
use domain::shared::ids::DeviceId;

use crate::decide::{Action, Resource, decide};
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::PressThumbRequest,
) -> Result<pb::PressThumbResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let device: DeviceId = wire::id("device_id", &body.device_id)?;
    let thumb = wire::thumb("thumb", body.thumb)?;
    let (_, unit) = api.commands.home_of(device).await?.ok_or(ApiError::NotFound)?;
    let area_path = api.commands.area_path(unit).await?;
    let resource = Resource { area_path, devices: vec![device], ..Resource::default() };
    decide(&caller, Action::PressThumb, &resource)?;
    // The claim is the truth of what was served last; a view would only be a guess.
    let latest =
        api.commands.log.holder("thumb", &device.to_string()).await?.ok_or_else(nothing_to_rate)?;
    let id = latest.id.to_string();
    let in_presence = body.in_presence;
    if latest.kind == "call" {
        let target = api.call_target(&caller, Action::PressThumb, &id).await?;
        let verb = CallVerb::PressThumb(PressThumb { thumb, in_presence });
        let receipt = api.on_call(&caller, Action::PressThumb, &target, write, verb).await?;
        return Ok(pb::PressThumbResponse {
            receipt: Some(receipt),
            call_id: id,
            issue_id: String::new(),
        });
    }
    let target = api.issue_target(&caller, Action::PressThumb, &id).await?;
    let reporter = api.commands.issues.read(latest.id, |issue, _| {
        issue.reporters.iter().position(|reporter| reporter.device == Some(device))
    });
    let reporter = reporter.await?.flatten().ok_or_else(nothing_to_rate)?;
    let verb = IssueVerb::Rate(Rate { reporter, answer: RawAnswer::Thumb(thumb), in_presence });
    let receipt = api.on_issue(&caller, Action::PressThumb, &target, write, verb).await?;
    Ok(pb::PressThumbResponse { receipt: Some(receipt), call_id: String::new(), issue_id: id })
}

fn nothing_to_rate() -> ApiError {
    ApiError::Rule {
        reason: "NOTHING_TO_RATE",
        text: "this device has had no service that could be rated".into(),
        zh: "该呼叫器目前没有可评价的服务".into(),
    }
}
