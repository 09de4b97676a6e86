//! Undoes a merge: a file of its own again, its total clock from its own start.

use contract::bidao::intake::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::UnmergeRequest,
) -> Result<pb::UnmergeResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Unmerge, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let verb = IssueVerb::Unmerge { reason: Some(reason) };
    let receipt = api.on_issue(&caller, Action::Unmerge, &target, write, verb).await?;
    Ok(pb::UnmergeResponse { receipt: Some(receipt) })
}
