//! The county looked at a deferred issue: a next review, or back to work. The resident is told.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::ReviewDeferral;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ReviewDeferralRequest,
) -> Result<pb::ReviewDeferralResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::ReviewDeferral, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let next_review = match body.next_review.as_str() {
        "" => None,
        day => Some(wire::date("next_review", day)?),
    };
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let verb = IssueVerb::ReviewDeferral(ReviewDeferral { next_review, reason });
    let receipt = api.on_issue(&caller, Action::ReviewDeferral, &target, write, verb).await?;
    Ok(pb::ReviewDeferralResponse { receipt: Some(receipt) })
}
