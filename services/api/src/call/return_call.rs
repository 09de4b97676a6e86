//! Somebody called back.

use contract::bidao::call::v1 as pb;
use domain::call::CallVerb;
use domain::call::command::ReturnCall;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ReturnCallRequest,
) -> Result<pb::ReturnCallResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.call_target(&caller, Action::ReturnCall, &body.call_id).await?;
    let by = api.acting_post(&caller, "post_id", &body.post_id).await?;
    let verb = CallVerb::ReturnCall(ReturnCall { by, reached: body.reached });
    let receipt = api.on_call(&caller, Action::ReturnCall, &target, write, verb).await?;
    Ok(pb::ReturnCallResponse { receipt: Some(receipt) })
}
