//! Proposes more time for the holder; the total clock does not move. Decided one level up.

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
    body: pb::ExtendRequest,
) -> Result<pb::ExtendResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Extend, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let by = wire::period("by", &body.by)?;
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let verb = IssueVerb::Propose(Proposal::Extend { by, reason });
    let receipt = api.on_issue(&caller, Action::Extend, &target, write, verb).await?;
    let proposal = api.proposal_of(&target, &receipt).await?;
    Ok(pb::ExtendResponse { receipt: Some(receipt), proposal })
}
