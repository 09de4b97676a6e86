//! Proposes other terms for running work: wartime, or a new law. Proposed and decided by two persons of the county.

use contract::bidao::escalation::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::event::Proposal;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ReplacePolicyRequest,
) -> Result<pb::ReplacePolicyResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::ReplacePolicy, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let policy = api.published(&body.policy_id, body.policy_version).await?;
    wire::text("terms", &body.terms, 100)?;
    let verb =
        IssueVerb::Propose(Proposal::ReplacePolicy { policy, terms: body.terms.clone(), reason });
    let receipt = api.on_issue(&caller, Action::ReplacePolicy, &target, write, verb).await?;
    let proposal = api.proposal_of(&target, &receipt).await?;
    Ok(pb::ReplacePolicyResponse { receipt: Some(receipt), proposal })
}
