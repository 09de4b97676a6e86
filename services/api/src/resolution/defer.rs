//! 挂账: proposes to defer until a review. The county decides; it stays open and counts as unsolved, and the resident is told.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::event::Proposal;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::DeferRequest,
) -> Result<pb::DeferResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Defer, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let review_on = wire::date("review_on", &body.review_on)?;
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let verb = IssueVerb::Propose(Proposal::Defer { review_on, reason });
    let receipt = api.on_issue(&caller, Action::Defer, &target, write, verb).await?;
    let proposal = api.proposal_of(&target, &receipt).await?;
    Ok(pb::DeferResponse { receipt: Some(receipt), proposal })
}
