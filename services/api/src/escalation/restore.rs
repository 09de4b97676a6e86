//! 恢复计入, on appeal.

use contract::bidao::escalation::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RestoreRequest,
) -> Result<pb::RestoreResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Restore, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let verb = IssueVerb::Restore { reason };
    let receipt = api.on_issue(&caller, Action::Restore, &target, write, verb).await?;
    Ok(pb::RestoreResponse { receipt: Some(receipt) })
}
