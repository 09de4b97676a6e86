//! The summoned post did its part.

use contract::bidao::dispatch::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::FinishSupportRequest,
) -> Result<pb::FinishSupportResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::FinishSupport, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let note = api.sealed_if_any(&owner, "note", "note", &body.note).await?;
    let support = wire::line("support", body.support)?;
    let verb = IssueVerb::FinishSupport { support, note };
    let receipt = api.on_issue(&caller, Action::FinishSupport, &target, write, verb).await?;
    Ok(pb::FinishSupportResponse { receipt: Some(receipt) })
}
