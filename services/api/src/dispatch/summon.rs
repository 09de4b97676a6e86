//! 吹哨: another unit is called in, with clocks of its own that climb on their own line.

use contract::bidao::dispatch::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::Summon;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::SummonRequest,
) -> Result<pb::SummonResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Summon, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let task = api.sealed_if_any(&owner, "task", "task", &body.task).await?;
    let to = api.seat("post_id", &body.post_id).await?;
    let verb = IssueVerb::Summon(Summon { to, task });
    let receipt = api.on_issue(&caller, Action::Summon, &target, write, verb).await?;
    Ok(pb::SummonResponse { receipt: Some(receipt) })
}
