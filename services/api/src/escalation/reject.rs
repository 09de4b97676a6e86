//! A second person rejects what was proposed.

use contract::bidao::escalation::v1 as pb;
use domain::issue::IssueVerb;

use super::approve::require_desk;
use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RejectRequest,
) -> Result<pb::RejectResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Reject, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed_if_any(&owner, "reason", "reason", &body.reason).await?;
    let proposal = wire::line("proposal", body.proposal)?;
    require_desk(&api, &caller, &target, proposal).await?;
    let verb = IssueVerb::Reject { number: proposal, reason };
    let receipt = api.on_issue(&caller, Action::Reject, &target, write, verb).await?;
    Ok(pb::RejectResponse { receipt: Some(receipt) })
}
