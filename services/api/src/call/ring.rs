//! Rings a post out of the ladder's turn.

use contract::bidao::call::v1 as pb;
use domain::call::CallVerb;
use domain::call::command::Ring;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RingRequest,
) -> Result<pb::RingResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.call_target(&caller, Action::Ring, &body.call_id).await?;
    let holder = api.acting_post(&caller, "post_id", &body.post_id).await?;
    let verb = CallVerb::Ring(Ring { holder });
    let receipt = api.on_call(&caller, Action::Ring, &target, write, verb).await?;
    Ok(pb::RingResponse { receipt: Some(receipt) })
}
