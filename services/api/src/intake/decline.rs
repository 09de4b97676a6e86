//! Proposes 不予受理: the body that is competent is named; a second person decides.

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
    body: pb::DeclineRequest,
) -> Result<pb::DeclineResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Decline, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let remedy = api.sealed(&owner, "remedy", "remedy", &body.remedy).await?;
    let competent_body = wire::text("competent_body", &body.competent_body, 200)?.to_owned();
    let verb = IssueVerb::Propose(Proposal::End {
        outcome: Outcome::Declined,
        reason,
        remedy,
        competent_body: Some(competent_body),
    });
    let receipt = api.on_issue(&caller, Action::Decline, &target, write, verb).await?;
    let proposal = api.proposal_of(&target, &receipt).await?;
    Ok(pb::DeclineResponse { receipt: Some(receipt), proposal })
}
