//! 退回下级 of a referral, once, with reasons.

use contract::bidao::escalation::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::SendDownRequest,
) -> Result<pb::SendDownResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::SendDown, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let verb = IssueVerb::SendDown { reason };
    let receipt = api.on_issue(&caller, Action::SendDown, &target, write, verb).await?;
    Ok(pb::SendDownResponse { receipt: Some(receipt) })
}
