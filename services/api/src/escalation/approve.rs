//! A second person approves what was proposed. Whoever proposed it, handled it or profits by it may not.

use contract::bidao::escalation::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::{Action, Role};
use crate::sealing::Owner;
use crate::targets::IssueTarget;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ApproveRequest,
) -> Result<pb::ApproveResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Approve, &body.issue_id).await?;
    let proposal = wire::line("proposal", body.proposal)?;
    require_desk(&api, &caller, &target, proposal).await?;
    let owner = Owner::issue(target.id.0);
    let field = "confirmation";
    let confirmed = api.sealed_if_any(&owner, "confirmed", field, &body.confirmation).await?;
    let verb = IssueVerb::Approve { number: proposal, confirmed };
    let receipt = api.on_issue(&caller, Action::Approve, &target, write, verb).await?;
    Ok(pb::ApproveResponse { receipt: Some(receipt) })
}

/// Any desk hears that a resident takes a matter back; what a level decides, its dispatchers and leaders
/// decide (LOOP E2, I6, M5).
pub(super) async fn require_desk(
    api: &Api,
    caller: &Caller,
    target: &IssueTarget,
    number: u16,
) -> Result<(), ApiError> {
    let proposal = api.proposal(target, number).await?;
    let decides = [Role::Dispatcher, Role::Leader];
    let may = caller.roles.iter().any(|role| decides.contains(role));
    if may || proposal.is_none_or(|proposal| proposal.is_withdrawal()) {
        return Ok(());
    }
    Err(ApiError::Denied)
}
