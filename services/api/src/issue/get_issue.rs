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

/// Clients take answers of 4 MiB by default; the timeline gets half of one.
const TIMELINE_BYTES_MAX: usize = 2 << 20;
const TIMELINE_ENTRIES_MAX: u32 = 500;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::GetIssueRequest,
) -> Result<pb::GetIssueResponse, ApiError> {
    let id: IssueId = wire::id("issue_id", &body.issue_id)?;
    api.fresh(body.min_position).await?;
    let (file, entries) = api
        .views
        .issue(&caller.viewer(), id, body.timeline_before, TIMELINE_ENTRIES_MAX)
        .await?
        .ok_or(ApiError::NotFound)?;
    let names = api.views.names(&caller.viewer()).await?;
    let owner = Owner::issue(id.0);
    let mut issue = shown(&file, &names);
    issue.title = api.open(&owner, "title", file.title.as_ref()).await;
    issue.narrative = api.open(&owner, "narrative", file.narrative.as_ref()).await;
    add_timeline(&api, &owner, &entries, &mut issue).await;
    Ok(pb::GetIssueResponse { issue: Some(issue), as_of: Some(api.as_of().await) })
}

/// The latest entries that fit, oldest first; says where earlier ones continue.
async fn add_timeline(api: &Api, owner: &Owner, newest_first: &[Entry], issue: &mut pb::Issue) {
    let mut bytes = 0;
    for entry in newest_first {
        let shown = timeline(api, owner, entry).await;
        bytes += shown.data_json.len();
        if bytes > TIMELINE_BYTES_MAX && !issue.timeline.is_empty() {
            break;
        }
        issue.timeline.push(shown);
    }
    issue.timeline.reverse();
    let all = issue.timeline.len() == newest_first.len()
        && newest_first.len() < TIMELINE_ENTRIES_MAX as usize;
    issue.timeline_continues =
        issue.timeline.first().filter(|_| !all).map_or(0, |entry| entry.position);
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
        timeline_continues: 0,
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
