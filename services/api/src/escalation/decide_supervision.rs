//! The supervising unit accepts the report, or asks for another.

use contract::bidao::escalation::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::DecideSupervisionRequest,
) -> Result<pb::DecideSupervisionResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::DecideSupervision, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed_if_any(&owner, "reason", "reason", &body.reason).await?;
    let supervision = wire::line("supervision", body.supervision)?;
    let verb = IssueVerb::DecideSupervision { supervision, accepted: body.accepted, reason };
    let receipt = api.on_issue(&caller, Action::DecideSupervision, &target, write, verb).await?;
    Ok(pb::DecideSupervisionResponse { receipt: Some(receipt) })
}
