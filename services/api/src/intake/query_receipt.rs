//! What an anonymous reporter may know, for whoever has the receipt code.

use contract::bidao::intake::v1 as pb;
use domain::issue::event::Completed;
use domain::shared::ids::IssueId;
use domain::shared::matter::Track;
use views::Viewer;

use super::receipt_code;
use crate::sealing::Owner;
use crate::{Api, ApiError, Caller, wire};

/// The latest entries are enough to find the result.
const ENTRIES_MAX: u32 = 200;

pub(super) async fn run(
    api: Api,
    _caller: Caller,
    body: pb::QueryReceiptRequest,
) -> Result<pb::QueryReceiptResponse, ApiError> {
    let own = IssueId(receipt_code::find(&api, &body.receipt_code).await?);
    api.fresh(body.min_position).await?;
    // The code is the proof: its holder sees this file, wherever it is, and the result of its lead.
    let viewer = Viewer::of_everything(&[Track::Service, Track::Petition, Track::Supervision]);
    let filed = api.views.issue(&viewer, own, 0, 1).await?.ok_or(ApiError::NotFound)?.0.row;
    let (id, _) = receipt_code::answering(&api, own).await?;
    let found = api.views.issue(&viewer, id, 0, ENTRIES_MAX).await?;
    let (file, entries) = found.ok_or(ApiError::NotFound)?;
    let done = entries.iter().find(|entry| entry.r#type == "issue.completed");
    let summary = done
        .and_then(|entry| serde_json::from_str::<Completed>(&entry.data).ok())
        .and_then(|completed| completed.summary);
    let result = api.open(&Owner::issue(id.0), "summary", summary.as_ref()).await;
    let row = &file.row;
    Ok(pb::QueryReceiptResponse {
        case_no: filed.case_no.clone(),
        stage: row.issue.stage.name().into(),
        stage_zh: row.issue.stage.zh().into(),
        outcome: row.outcome.map(|outcome| outcome.name().into()).unwrap_or_default(),
        registered_at: wire::timestamp(filed.registered_at),
        due_at: filed.total_due_at.and_then(wire::timestamp),
        result,
        as_of: Some(api.as_of().await),
    })
}
