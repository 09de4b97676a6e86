//! The post being rung did not answer.

use contract::bidao::call::v1 as pb;
use domain::call::CallVerb;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::MissRequest,
) -> Result<pb::MissResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.call_target(&caller, Action::Miss, &body.call_id).await?;
    let verb = CallVerb::Miss;
    let receipt = api.on_call(&caller, Action::Miss, &target, write, verb).await?;
    Ok(pb::MissResponse { receipt: Some(receipt) })
}
