//! Rules on an objection. Upheld: to the post named, or one rung up. The unit fixed by it may not return the issue.

use contract::bidao::dispatch::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::RuleOnObjection;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RuleOnObjectionRequest,
) -> Result<pb::RuleOnObjectionResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::RuleOnObjection, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed_if_any(&owner, "reason", "reason", &body.reason).await?;
    let to = api.seat_if_any("post_id", &body.post_id).await?;
    let verb = IssueVerb::RuleOnObjection(RuleOnObjection { upheld: body.upheld, to, reason });
    let receipt = api.on_issue(&caller, Action::RuleOnObjection, &target, write, verb).await?;
    Ok(pb::RuleOnObjectionResponse { receipt: Some(receipt) })
}
