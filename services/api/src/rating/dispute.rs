//! The handler's unit disputes the verdict: somebody independent asks again. Neither verdict nor figures change.

use contract::bidao::rating::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::DisputeRequest,
) -> Result<pb::DisputeResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Dispute, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let verb = IssueVerb::Dispute { reason };
    let receipt = api.on_issue(&caller, Action::Dispute, &target, write, verb).await?;
    Ok(pb::DisputeResponse { receipt: Some(receipt) })
}
