//! 转紧急: 110, 119 or 120 was called, at once; the village's duty to come runs beside it.

use contract::bidao::call::v1 as pb;
use domain::call::CallVerb;
use domain::call::command::AlertEmergency;

use super::record_disposition::matter;
use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

const REFERENCE_CHARS_MAX: usize = 100;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::AlertEmergencyRequest,
) -> Result<pb::AlertEmergencyResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let action = Action::AlertEmergency;
    let target = api.call_target(&caller, action, &body.call_id).await?;
    wire::text("reference", &body.reference, REFERENCE_CHARS_MAX)?;
    let asked = wire::given("matter", body.matter.clone())?;
    let visit = matter(&api, &caller, &target, action, "matter", &asked).await?;
    let (service, reference) = (body.service, body.reference);
    let verb = CallVerb::AlertEmergency(AlertEmergency { service, reference, visit });
    let receipt = api.on_call(&caller, action, &target, write, verb).await?;
    api.reactions_to(receipt.position).await;
    let issue_ids = super::issues_of(&api, &target, &receipt).await?;
    Ok(pb::AlertEmergencyResponse { receipt: Some(receipt), issue_ids })
}
