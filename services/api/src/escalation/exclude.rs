//! 剔除: proposes to leave the issue out of the adjusted rates; the raw rates keep it. Both persons come from above every unit that worked on it.

use contract::bidao::escalation::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::event::Proposal;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ExcludeRequest,
) -> Result<pb::ExcludeResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Exclude, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let verb = IssueVerb::Propose(Proposal::Exclude { reason });
    let receipt = api.on_issue(&caller, Action::Exclude, &target, write, verb).await?;
    let proposal = api.proposal_of(&target, &receipt).await?;
    Ok(pb::ExcludeResponse { receipt: Some(receipt), proposal })
}
