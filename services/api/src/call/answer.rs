//! A post answers.

use contract::bidao::call::v1 as pb;
use domain::call::CallVerb;
use domain::call::command::Answer;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::AnswerRequest,
) -> Result<pb::AnswerResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.call_target(&caller, Action::Answer, &body.call_id).await?;
    let by = api.acting_post(&caller, "post_id", &body.post_id).await?;
    let verb = CallVerb::Answer(Answer { by });
    let receipt = api.on_call(&caller, Action::Answer, &target, write, verb).await?;
    Ok(pb::AnswerResponse { receipt: Some(receipt) })
}
