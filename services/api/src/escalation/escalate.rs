//! The upper level now answers for the issue.

use contract::bidao::escalation::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::Escalate;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::EscalateRequest,
) -> Result<pb::EscalateResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Escalate, &body.issue_id).await?;
    let to = wire::optional_rung("to", body.to)?;
    wire::text("reason", &body.reason, wire::TEXT_CHARS_MAX)?;
    let reason = api.seal(&Owner::issue(target.id.0), "reason", &body.reason).await?;
    let reason = wire::given("reason", reason)?;
    let verb = IssueVerb::Escalate(Escalate { to, reason });
    let receipt = api.on_issue(&caller, Action::Escalate, &target, write, verb).await?;
    Ok(pb::EscalateResponse { receipt: Some(receipt) })
}
