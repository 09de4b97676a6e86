//! On the way. Optional, never scored.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::DepartRequest,
) -> Result<pb::DepartResponse, ApiError> {
    let write =
        Write::of(&body, &body.request_id, &body.etag)?.on_behalf_of(&body.on_behalf_of_post_id)?;
    let target = api.issue_target(&caller, Action::Depart, &body.issue_id).await?;
    let verb = IssueVerb::Depart;
    let receipt = api.on_issue(&caller, Action::Depart, &target, write, verb).await?;
    Ok(pb::DepartResponse { receipt: Some(receipt) })
}
