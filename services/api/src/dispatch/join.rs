//! 报到: the summoned post reports in.

use contract::bidao::dispatch::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::JoinRequest,
) -> Result<pb::JoinResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Join, &body.issue_id).await?;
    let support = wire::line("support", body.support)?;
    let verb = IssueVerb::Join { support };
    let receipt = api.on_issue(&caller, Action::Join, &target, write, verb).await?;
    Ok(pb::JoinResponse { receipt: Some(receipt) })
}
