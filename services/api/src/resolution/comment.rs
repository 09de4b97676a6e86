//! A comment for the file. It moves nothing.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::CommentRequest,
) -> Result<pb::CommentResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Comment, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let note = api.sealed(&owner, "note", "note", &body.note).await?;
    let verb = IssueVerb::Comment { note };
    let receipt = api.on_issue(&caller, Action::Comment, &target, write, verb).await?;
    Ok(pb::CommentResponse { receipt: Some(receipt) })
}
