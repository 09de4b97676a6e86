//! 提级办理: the acting post, of a level above the holder, handles it from now on.

use contract::bidao::escalation::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::TakeOverRequest,
) -> Result<pb::TakeOverResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::TakeOver, &body.issue_id).await?;
    let verb = IssueVerb::TakeOver;
    let receipt = api.on_issue(&caller, Action::TakeOver, &target, write, verb).await?;
    Ok(pb::TakeOverResponse { receipt: Some(receipt) })
}
