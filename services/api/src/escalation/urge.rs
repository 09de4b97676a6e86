//! 催办. It moves no clock.

use contract::bidao::escalation::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::UrgeRequest,
) -> Result<pb::UrgeResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Urge, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let note = api.sealed_if_any(&owner, "note", "note", &body.note).await?;
    let verb = IssueVerb::Urge { note };
    let receipt = api.on_issue(&caller, Action::Urge, &target, write, verb).await?;
    Ok(pb::UrgeResponse { receipt: Some(receipt) })
}
