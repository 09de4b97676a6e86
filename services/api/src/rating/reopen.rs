//! The resident asks for a closed issue again.

use contract::bidao::rating::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::Reopen;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ReopenRequest,
) -> Result<pb::ReopenResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Reopen, &body.issue_id).await?;
    wire::optional_text("reason", &body.reason, wire::TEXT_CHARS_MAX)?;
    let reason = api.seal(&Owner::issue(target.id.0), "reason", &body.reason).await?;
    let verb = IssueVerb::Reopen(Reopen { reporter: body.reporter as usize, reason });
    let receipt = api.on_issue(&caller, Action::Reopen, &target, write, verb).await?;
    Ok(pb::ReopenResponse { receipt: Some(receipt) })
}
