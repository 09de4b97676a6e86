//! Somebody who did not handle the issue called the resident.

use contract::bidao::rating::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::FollowUp;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RecordFollowUpRequest,
) -> Result<pb::RecordFollowUpResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::RecordFollowUp, &body.issue_id).await?;
    let verdict =
        body.verdict.as_ref().map(|verdict| wire::verdict("verdict", verdict)).transpose()?;
    wire::optional_text("note", &body.note, wire::TEXT_CHARS_MAX)?;
    let note = api.seal(&Owner::issue(target.id.0), "note", &body.note).await?;
    let (reporter, by_mistake) = (body.reporter as usize, body.by_mistake);
    let verb = IssueVerb::FollowUp(FollowUp { reporter, verdict, note, by_mistake });
    let receipt = api.on_issue(&caller, Action::RecordFollowUp, &target, write, verb).await?;
    Ok(pb::RecordFollowUpResponse { receipt: Some(receipt) })
}
