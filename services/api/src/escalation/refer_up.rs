//! 上报: the holder asks the level above to take it. Its clocks run on.

use contract::bidao::escalation::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::event::ReferralReason;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ReferUpRequest,
) -> Result<pb::ReferUpResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::ReferUp, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let why = referral_reason(body.why)?;
    let note = api.sealed(&owner, "note", "note", &body.note).await?;
    let verb = IssueVerb::ReferUp { why, note };
    let receipt = api.on_issue(&caller, Action::ReferUp, &target, write, verb).await?;
    Ok(pb::ReferUpResponse { receipt: Some(receipt) })
}

fn referral_reason(value: i32) -> Result<ReferralReason, ApiError> {
    match pb::ReferralReason::try_from(value) {
        Ok(pb::ReferralReason::BeyondPowers) => Ok(ReferralReason::BeyondPowers),
        Ok(pb::ReferralReason::NeedsFunds) => Ok(ReferralReason::NeedsFunds),
        Ok(pb::ReferralReason::CrossesAreas) => Ok(ReferralReason::CrossesAreas),
        Ok(pb::ReferralReason::NeedsDepartment) => Ok(ReferralReason::NeedsDepartment),
        Ok(pb::ReferralReason::Unspecified) | Err(_) => Err(ApiError::shape(
            "why",
            "must be BEYOND_POWERS, NEEDS_FUNDS, CROSSES_AREAS or NEEDS_DEPARTMENT",
            "应为超出权限、需要资金、跨区域或需要部门",
        )),
    }
}
