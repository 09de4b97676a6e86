//! A note for the file; it moves no clock.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::Progress;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RecordProgressRequest,
) -> Result<pb::RecordProgressResponse, ApiError> {
    let write =
        Write::of(&body, &body.request_id, &body.etag)?.on_behalf_of(&body.on_behalf_of_post_id)?;
    let target = api.issue_target(&caller, Action::RecordProgress, &body.issue_id).await?;
    wire::text("note", &body.note, wire::TEXT_CHARS_MAX)?;
    let note = api.seal(&Owner::issue(target.id.0), "note", &body.note).await?;
    let note = wire::given("note", note)?;
    let verb = IssueVerb::Progress(Progress { note });
    let receipt = api.on_issue(&caller, Action::RecordProgress, &target, write, verb).await?;
    Ok(pb::RecordProgressResponse { receipt: Some(receipt) })
}
