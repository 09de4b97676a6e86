//! 派单异议: the holder says another unit is competent. Made once; until the ruling the first receiver answers and its clocks run.

use contract::bidao::dispatch::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ObjectRequest,
) -> Result<pb::ObjectResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Object, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let verb = IssueVerb::Object { reason };
    let receipt = api.on_issue(&caller, Action::Object, &target, write, verb).await?;
    Ok(pb::ObjectResponse { receipt: Some(receipt) })
}
