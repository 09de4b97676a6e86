//! Dispatches an issue to a post, or to the first candidate on its ladder.

use contract::bidao::dispatch::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::Dispatch;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::DispatchRequest,
) -> Result<pb::DispatchResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Dispatch, &body.issue_id).await?;
    let lowest = wire::optional_rung("lowest_rung", body.lowest_rung)?;
    let to = api.seat_if_any("post_id", &body.post_id).await?;
    let verb = IssueVerb::Dispatch(Dispatch { to, lowest });
    let receipt = api.on_issue(&caller, Action::Dispatch, &target, write, verb).await?;
    Ok(pb::DispatchResponse { receipt: Some(receipt) })
}
