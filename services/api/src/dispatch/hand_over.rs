//! 交接: open work moves from one post to another; its clocks run on.

use contract::bidao::dispatch::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::HandOver;
use domain::issue::event::HandOverReason;
use domain::shared::ids::PostId;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::HandOverRequest,
) -> Result<pb::HandOverResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let mut target = api.issue_target(&caller, Action::HandOver, &body.issue_id).await?;
    let from: PostId = wire::id("from_post_id", &body.from_post_id)?;
    let to = api.seat_if_any("post_id", &body.post_id).await?;
    if to.is_none() {
        // Who is next is looked for from the unit that hands over.
        target.home = api.commands.holder(from).await?.ok_or(ApiError::NotFound)?.unit;
    }
    let verb = IssueVerb::HandOver(HandOver { from, to, why: HandOverReason::Reassigned });
    let receipt = api.on_issue(&caller, Action::HandOver, &target, write, verb).await?;
    Ok(pb::HandOverResponse { receipt: Some(receipt) })
}
