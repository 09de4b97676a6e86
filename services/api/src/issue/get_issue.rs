//! One issue with its timeline; the narrative is opened for viewers who may see the issue.

use contract::bidao::common::v1::TimelineEntry;
use contract::bidao::issue::v1 as pb;
use domain::issue::event::Outcome;
use domain::shared::ids::IssueId;
use views::issue_detail::{Entry, IssueFile};
use views::org_tree::Names;

use super::rows::issue_row;
use crate::sealing::Owner;
use crate::write::etag;
use crate::{Api, ApiError, Caller, show, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::GetIssueRequest,
) -> Result<pb::GetIssueResponse, ApiError> {
    let id: IssueId = wire::id("issue_id", &body.issue_id)?;
    api.fresh(body.min_position).await?;
    let (file, entries) = api.views.issue(&caller.viewer(), id).await?.ok_or(ApiError::NotFound)?;
    let names = api.views.names().await?;
    let owner = Owner::issue(id.0);
    let mut issue = shown(&file, &names);
    issue.title = api.open(&owner, "title", file.title.as_ref()).await;
    issue.narrative = api.open(&owner, "narrative", file.narrative.as_ref()).await;
    for entry in &entries {
        issue.timeline.push(timeline(&api, &owner, entry).await);
    }
    Ok(pb::GetIssueResponse { issue: Some(issue), as_of: Some(api.as_of().await) })
}

fn shown(file: &IssueFile, names: &Names) -> pb::Issue {
    let reporters = (0..).zip(&file.reporters).map(|(number, reporter)| pb::Reporter {
        number,
        notified: reporter.notified,
        verdict: reporter.verdict.map(show::verdict),
    });
    let outcome = match file.outcome {
        None => "",
        Some(Outcome::ConfirmedSolved) => "confirmed_solved",
        Some(Outcome::Unconfirmed) => "unconfirmed",
    };
    pb::Issue {
        row: Some(issue_row(&file.row, names)),
        title: String::new(),
        narrative: String::new(),
        clocks: file.clocks.values().map(show::clock).collect(),
        reporters: reporters.collect(),
        outcome: outcome.into(),
        follow_up_owed: file.follow_up_owed.is_some(),
        call_id: file.call.map(|call| call.to_string()).unwrap_or_default(),
        policy_id: file.policy.id.clone(),
        policy_version: file.policy.version,
        timeline: Vec::new(),
        etag: etag(file.version),
        started_at: wire::timestamp(file.started_at),
    }
}

async fn timeline(api: &Api, owner: &Owner, entry: &Entry) -> TimelineEntry {
    TimelineEntry {
        position: entry.position,
        r#type: entry.r#type.clone(),
        decided_at: wire::timestamp(entry.decided_at),
        actor_kind: entry.actor_kind.clone(),
        actor_id: entry.actor_id.clone(),
        channel: entry.channel.clone(),
        data_json: api.open_data(owner, &entry.data).await,
        event_id: entry.event_id.to_string(),
    }
}
