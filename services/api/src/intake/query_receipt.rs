//! What an anonymous reporter may know, for whoever has the receipt code.

use contract::bidao::intake::v1 as pb;
use domain::issue::event::{Completed, Proposal, Proposed};
use domain::shared::ids::IssueId;
use domain::shared::matter::Track;
use views::Viewer;
use views::issue_detail::Entry;

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
    let result = result(&api, id, &entries).await;
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

/// What became of it: the summary of the work, or why it ended without and what can still be done. Work
/// that began anew has no result yet.
async fn result(api: &Api, issue: IssueId, newest_first: &[Entry]) -> String {
    let owner = Owner::issue(issue.0);
    let tells = ["issue.completed", "issue.ended", "issue.reopened", "issue.unmerged"];
    let latest = newest_first.iter().find(|entry| tells.contains(&entry.r#type.as_str()));
    let Some(latest) = latest else {
        return String::new();
    };
    if latest.r#type == "issue.completed" {
        let completed = serde_json::from_str::<Completed>(&latest.data).ok();
        let summary = completed.and_then(|completed| completed.summary);
        return api.open_masked(&owner, "summary", summary.as_ref()).await;
    }
    if latest.r#type != "issue.ended" {
        return String::new();
    }
    let before = newest_first.iter().filter(|entry| entry.position < latest.position);
    let mut proposed =
        before.filter(|entry| entry.r#type == "issue.proposed").filter_map(|entry| {
            let proposal = serde_json::from_str::<Proposed>(&entry.data).ok()?.proposal;
            if let Proposal::End { reason, remedy, competent_body, .. } = proposal {
                return Some((reason, remedy, competent_body));
            }
            None
        });
    let Some((reason, remedy, body)) = proposed.next() else {
        return String::new();
    };
    let reason = api.open_masked(&owner, "reason", Some(&reason)).await;
    let remedy = api.open_masked(&owner, "remedy", Some(&remedy)).await;
    let body = body.map(|body| format!(";有权处理的单位:{body}")).unwrap_or_default();
    format!("{reason}{body};救济途径:{remedy}")
}
