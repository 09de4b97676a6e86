//! The red key before an answer.

use contract::bidao::call::v1 as pb;
use domain::call::CallVerb;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::HangUpRequest,
) -> Result<pb::HangUpResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.call_target(&caller, Action::HangUp, &body.call_id).await?;
    let verb = CallVerb::HangUp;
    let receipt = api.on_call(&caller, Action::HangUp, &target, write, verb).await?;
    Ok(pb::HangUpResponse { receipt: Some(receipt) })
}
