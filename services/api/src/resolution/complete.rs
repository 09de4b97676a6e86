//! The handler says it is done.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::Complete;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::CompleteRequest,
) -> Result<pb::CompleteResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Complete, &body.issue_id).await?;
    wire::text("summary", &body.summary, wire::TEXT_CHARS_MAX)?;
    let summary = api.seal(&Owner::issue(target.id.0), "summary", &body.summary).await?;
    let verb = IssueVerb::Complete(Complete { summary });
    let receipt = api.on_issue(&caller, Action::Complete, &target, write, verb).await?;
    Ok(pb::CompleteResponse { receipt: Some(receipt) })
}
