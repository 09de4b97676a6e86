//! The level above draws this closed file and asks the resident itself.

use contract::bidao::rating::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::OrderFollowUpRequest,
) -> Result<pb::OrderFollowUpResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::OrderFollowUp, &body.issue_id).await?;
    let verb = IssueVerb::OrderFollowUp;
    let receipt = api.on_issue(&caller, Action::OrderFollowUp, &target, write, verb).await?;
    Ok(pb::OrderFollowUpResponse { receipt: Some(receipt) })
}
