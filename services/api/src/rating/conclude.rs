//! 终结, proposed by the county after the policy's number of reopens and decided by a second person there. It stays counted as dissatisfied.

use contract::bidao::rating::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::event::{Outcome, Proposal};

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ConcludeRequest,
) -> Result<pb::ConcludeResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Conclude, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let remedy = api.sealed(&owner, "remedy", "remedy", &body.remedy).await?;
    let verb = IssueVerb::Propose(Proposal::End {
        outcome: Outcome::Concluded,
        reason,
        remedy,
        competent_body: None,
    });
    let receipt = api.on_issue(&caller, Action::Conclude, &target, write, verb).await?;
    let proposal = api.proposal_of(&target, &receipt).await?;
    Ok(pb::ConcludeResponse { receipt: Some(receipt), proposal })
}
