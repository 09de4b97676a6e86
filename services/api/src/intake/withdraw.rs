//! 撤回. The resident's own word holds at once; what staff enter holds when the resident's side confirms it to somebody who handles nothing of it (Approve).

use contract::bidao::intake::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::event::{Outcome, Proposal};

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::WithdrawRequest,
) -> Result<pb::WithdrawResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Withdraw, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let remedy = api.sealed(&owner, "remedy", "remedy", &body.remedy).await?;
    let verb = IssueVerb::Propose(Proposal::End {
        outcome: Outcome::Withdrawn,
        reason,
        remedy,
        competent_body: None,
    });
    let receipt = api.on_issue(&caller, Action::Withdraw, &target, write, verb).await?;
    let proposal = api.proposal_of(&target, &receipt).await?;
    Ok(pb::WithdrawResponse { receipt: Some(receipt), proposal })
}
