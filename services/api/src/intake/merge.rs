//! Proposes to merge this file into another. Its reporters keep a notice and a verdict of their own, the earlier total clock governs; a second person decides.

use contract::bidao::intake::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::event::Proposal;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::MergeRequest,
) -> Result<pb::MergeResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Merge, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let into = api.issue_target(&caller, Action::Merge, &body.into_issue_id).await?;
    if !into.is_open {
        return Err(ApiError::Rule {
            reason: "ISSUE_CLOSED",
            text: "a file is merged into an open issue".into(),
            zh: "只能并入未结案的事项".into(),
        });
    }
    let into = into.id;
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let verb = IssueVerb::Propose(Proposal::Merge { into, reason });
    let receipt = api.on_issue(&caller, Action::Merge, &target, write, verb).await?;
    let proposal = api.proposal_of(&target, &receipt).await?;
    Ok(pb::MergeResponse { receipt: Some(receipt), proposal })
}
