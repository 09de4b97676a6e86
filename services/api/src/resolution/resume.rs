//! Goes on after a pause, a wish or a question; with the resident's answer where there is one.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ResumeRequest,
) -> Result<pb::ResumeResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Resume, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let answer = api.sealed_if_any(&owner, "answer", "answer", &body.answer).await?;
    let verb = IssueVerb::Resume { answer };
    let receipt = api.on_issue(&caller, Action::Resume, &target, write, verb).await?;
    Ok(pb::ResumeResponse { receipt: Some(receipt) })
}
