//! Follows one issue: its whole file whenever anything happens to it; `gone` once the caller may not see
//! it any more.

use std::sync::Arc;

use contract::bidao::issue::v1 as pb;
use domain::shared::ids::IssueId;
use pb::watch_issue_response::Change;

use super::get_issue;
use crate::decide::Action;
use crate::watch::{End, Messages, Watch};
use crate::{Api, ApiError, Caller, wire};

pub(crate) type Answers = Messages<pb::WatchIssueResponse>;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::WatchIssueRequest,
) -> Result<Answers, ApiError> {
    let id: IssueId = wire::id("issue_id", &body.issue_id)?;
    let filter = format!("watch_issue/{id}");
    let position = api.resumed(&filter, &body.resume_token)?;
    // What is hidden does not exist: said at once, not by silence.
    api.views.board_row(&caller.viewer(), id.0).await?.ok_or(ApiError::NotFound)?;
    let own = api.clone();
    let marked = filter.clone();
    let watcher = caller.clone();
    let round = move |watch: Arc<Watch<pb::WatchIssueResponse>>, position| {
        let (api, caller, filter) = (own.clone(), caller.clone(), filter.clone());
        async move { change(&api, &caller, id, &filter, &watch, position).await }
    };
    let bookmark = move |api: &Api, position| pb::WatchIssueResponse {
        resume_token: api.resume_token(&marked, position),
        change: Some(Change::Bookmark(pb::Bookmark { time: wire::timestamp(api.now()) })),
    };
    api.watch((watcher, Action::WatchIssue), position, round, bookmark).await
}

async fn change(
    api: &Api,
    caller: &Caller,
    id: IssueId,
    filter: &str,
    watch: &Watch<pb::WatchIssueResponse>,
    position: u64,
) -> Result<u64, End> {
    let row = api.views.board_row(&caller.viewer(), id.0).await?;
    let Some(row) = row else {
        let gone = Change::Gone(pb::Gone { id: id.to_string() });
        let resume_token = api.resume_token(filter, position);
        watch.send(pb::WatchIssueResponse { resume_token, change: Some(gone) }).await?;
        return Err(End::Gone);
    };
    if row.position <= position {
        return Ok(position);
    }
    let issue = get_issue::file(api, caller, id, 0).await?;
    let resume_token = api.resume_token(filter, row.position);
    let change = Some(Change::Issue(issue));
    watch.send(pb::WatchIssueResponse { resume_token, change }).await?;
    Ok(row.position)
}
