//! A second person approves what was proposed. Whoever proposed it, handled it or profits by it may not.

use contract::bidao::escalation::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ApproveRequest,
) -> Result<pb::ApproveResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Approve, &body.issue_id).await?;
    let proposal = wire::line("proposal", body.proposal)?;
    let verb = IssueVerb::Approve { number: proposal };
    let receipt = api.on_issue(&caller, Action::Approve, &target, write, verb).await?;
    Ok(pb::ApproveResponse { receipt: Some(receipt) })
}
