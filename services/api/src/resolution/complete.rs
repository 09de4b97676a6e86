//! The handler says it is done.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::Complete;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::CompleteRequest,
) -> Result<pb::CompleteResponse, ApiError> {
    let write =
        Write::of(&body, &body.request_id, &body.etag)?.on_behalf_of(&body.on_behalf_of_post_id)?;
    let target = api.issue_target(&caller, Action::Complete, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let summary = Some(api.sealed(&owner, "summary", "summary", &body.summary).await?);
    let over_support =
        api.sealed_if_any(&owner, "over_support", "over_support", &body.over_support).await?;
    let verb = IssueVerb::Complete(Complete { summary, over_support });
    let receipt = api.on_issue(&caller, Action::Complete, &target, write, verb).await?;
    Ok(pb::CompleteResponse { receipt: Some(receipt) })
}
