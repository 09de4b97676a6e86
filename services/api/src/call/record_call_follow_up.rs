//! Somebody outside the village called back with an open question.

use contract::bidao::call::v1 as pb;
use domain::call::CallVerb;
use domain::call::command::FollowUp;
use domain::shared::ids::IssueId;

use super::record_disposition::matter;
use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

const MATTERS_MAX: usize = 10;
const NOTE_CHARS_MAX: usize = 1_000;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RecordCallFollowUpRequest,
) -> Result<pb::RecordCallFollowUpResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let action = Action::RecordCallFollowUp;
    let target = api.call_target(&caller, action, &body.call_id).await?;
    let verdict =
        body.verdict.as_ref().map(|verdict| wire::verdict("verdict", verdict)).transpose()?;
    if body.matters.len() > MATTERS_MAX {
        return Err(ApiError::shape("matters", "must hold at most 10 matters", "最多 10 件事项"));
    }
    let mut matters = Vec::with_capacity(body.matters.len());
    for (number, asked) in body.matters.iter().enumerate() {
        let field = format!("matters[{number}]");
        matters.push(matter(&api, &caller, &target, action, &field, asked).await?);
    }
    wire::optional_text("note", &body.note, NOTE_CHARS_MAX)?;
    let note = api.seal(&Owner::call(target.id.0), "note", &body.note).await?;
    let visit = IssueId(api.commands.ids.uuid7());
    let verb = CallVerb::FollowUp(FollowUp { verdict, matters, note, visit });
    let receipt = api.on_call(&caller, action, &target, write, verb).await?;
    api.reactions_to(receipt.position).await;
    let issue_ids = super::issues_of(&api, &target, &receipt).await?;
    Ok(pb::RecordCallFollowUpResponse { receipt: Some(receipt), issue_ids })
}
