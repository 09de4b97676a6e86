//! Proposes 转交 to another procedure or body, which is named; a second person decides.

use contract::bidao::intake::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::event::{Outcome, Proposal};

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::TransferRequest,
) -> Result<pb::TransferResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Transfer, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let remedy = api.sealed(&owner, "remedy", "remedy", &body.remedy).await?;
    let competent_body = wire::text("competent_body", &body.competent_body, 200)?.to_owned();
    let verb = IssueVerb::Propose(Proposal::End {
        outcome: Outcome::Transferred,
        reason,
        remedy,
        competent_body: Some(competent_body),
    });
    let receipt = api.on_issue(&caller, Action::Transfer, &target, write, verb).await?;
    let proposal = api.proposal_of(&target, &receipt).await?;
    Ok(pb::TransferResponse { receipt: Some(receipt), proposal })
}
