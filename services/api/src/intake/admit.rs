//! 受理: the county answers for it. It moves no clock.

use contract::bidao::intake::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::AdmitRequest,
) -> Result<pb::AdmitResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Admit, &body.issue_id).await?;
    let verb = IssueVerb::Admit;
    let receipt = api.on_issue(&caller, Action::Admit, &target, write, verb).await?;
    Ok(pb::AdmitResponse { receipt: Some(receipt) })
}
