//! 首次联系: the holder spoke to the resident, or tried to. Only a conversation keeps the promise.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RecordContactRequest,
) -> Result<pb::RecordContactResponse, ApiError> {
    let write =
        Write::of(&body, &body.request_id, &body.etag)?.on_behalf_of(&body.on_behalf_of_post_id)?;
    let target = api.issue_target(&caller, Action::RecordContact, &body.issue_id).await?;
    let reporter = usize::try_from(body.reporter).unwrap_or(usize::MAX);
    let owner = Owner::issue(target.id.0);
    let note = api.sealed_if_any(&owner, "note", "note", &body.note).await?;
    let verb = IssueVerb::ContactMade { reporter, reached: body.reached, note };
    let receipt = api.on_issue(&caller, Action::RecordContact, &target, write, verb).await?;
    Ok(pb::RecordContactResponse { receipt: Some(receipt) })
}
