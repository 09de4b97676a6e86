//! The holding post accepts.

use contract::bidao::dispatch::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::AcceptRequest,
) -> Result<pb::AcceptResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Accept, &body.issue_id).await?;
    let verb = IssueVerb::Accept;
    let receipt = api.on_issue(&caller, Action::Accept, &target, write, verb).await?;
    Ok(pb::AcceptResponse { receipt: Some(receipt) })
}
