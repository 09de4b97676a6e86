//! Follows the board: rows as they change, `gone` for those that leave the filter, bookmarks between.

use std::sync::Arc;

use contract::bidao::issue::v1 as pb;
use domain::shared::moment::Moment;
use pb::watch_board_response::Change;
use views::Viewer;
use views::board::BoardChange;

use super::rows::issue_row;
use crate::decide::Action;
use crate::watch::{End, Messages, Watch};
use crate::{Api, ApiError, Caller, wire};

pub(crate) type Answers = Messages<pb::WatchBoardResponse>;
const ROWS: u32 = 200;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::WatchBoardRequest,
) -> Result<Answers, ApiError> {
    super::list_board::require_stage(&body.stage)?;
    let filter = format!("watch_board/{}/{}", body.unit_id, body.stage);
    let position = api.resumed(&filter, &body.resume_token)?;
    let viewer = api.narrowed(&caller, &body.unit_id).await?;
    let (own, stage) = (api.clone(), body.stage);
    let marked = filter.clone();
    let round = move |watch: Arc<Watch<pb::WatchBoardResponse>>, position| {
        let (api, viewer) = (own.clone(), viewer.clone());
        let (filter, stage) = (filter.clone(), stage.clone());
        async move { changes(&api, &viewer, &filter, &stage, &watch, position).await }
    };
    let bookmark = move |api: &Api, position| pb::WatchBoardResponse {
        resume_token: api.resume_token(&marked, position),
        change: Some(Change::Bookmark(pb::Bookmark { time: wire::timestamp(now(api)) })),
    };
    api.watch((caller, Action::WatchBoard), position, round, bookmark).await
}

/// Everything that changed since `position`, oldest first.
async fn changes(
    api: &Api,
    viewer: &Viewer,
    filter: &str,
    stage: &str,
    watch: &Watch<pb::WatchBoardResponse>,
    mut position: u64,
) -> Result<u64, End> {
    loop {
        let changed = api.views.board_changes(viewer, stage, position, ROWS).await?;
        let full = changed.len() == ROWS as usize;
        let names = api.views.names(viewer).await?;
        for BoardChange { position: at, row } in changed {
            position = at;
            let change = match row {
                Ok(row) => Change::Issue(issue_row(&row, &names)),
                Err(id) => Change::Gone(pb::Gone { id: id.to_string() }),
            };
            let resume_token = api.resume_token(filter, at);
            watch.send(pb::WatchBoardResponse { resume_token, change: Some(change) }).await?;
        }
        if !full {
            return Ok(position);
        }
    }
}

fn now(api: &Api) -> Moment {
    api.now()
}
