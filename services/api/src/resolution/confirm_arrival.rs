//! The resident's side says that somebody came; it fulfils the duty, whoever recorded what.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ConfirmArrivalRequest,
) -> Result<pb::ConfirmArrivalResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::ConfirmArrival, &body.issue_id).await?;
    let came_at = wire::optional_time("came_at", body.came_at.as_ref())?;
    if came_at.is_some_and(|claimed| claimed > api.now()) {
        return Err(ApiError::shape("came_at", "must not lie in the future", "不能晚于现在"));
    }
    let verb = IssueVerb::ConfirmArrival { reporter: body.reporter as usize, came_at };
    let receipt = api.on_issue(&caller, Action::ConfirmArrival, &target, write, verb).await?;
    Ok(pb::ConfirmArrivalResponse { receipt: Some(receipt) })
}
