//! Open issues, the most urgent deadline first.

use contract::bidao::issue::v1 as pb;
use domain::issue::Stage;
use views::board::BoardQuery;

use super::rows::issue_row;
use crate::{Api, ApiError, Caller, paging};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ListBoardRequest,
) -> Result<pb::ListBoardResponse, ApiError> {
    let size = paging::size(body.page_size)?;
    require_stage(&body.stage)?;
    let filter = format!(
        "board/{}/{}/{}/{}",
        body.unit_id, body.stage, body.include_closed, body.stuck_only
    );
    let after = api.after_token(&filter, &body.page_token)?;
    api.fresh(body.min_position).await?;
    let viewer = api.narrowed(&caller, &body.unit_id).await?;
    let include_closed = body.include_closed || body.stage == Stage::Closed.name();
    let query = BoardQuery {
        stage: body.stage,
        include_closed,
        stuck_only: body.stuck_only,
        after,
        max: size + 1,
    };
    let mut rows = api.views.board(&viewer, &query).await?;
    let more = rows.len() > size as usize;
    rows.truncate(size as usize);
    let next_page_token =
        rows.last().filter(|_| more).map(|row| api.page_token(&filter, row.sort_key()));
    let names = api.views.names(&caller.viewer()).await?;
    Ok(pb::ListBoardResponse {
        issues: rows.iter().map(|row| issue_row(row, &names)).collect(),
        next_page_token: next_page_token.unwrap_or_default(),
        as_of: Some(api.as_of().await),
    })
}

/// A stage's name, or nothing.
pub(super) fn require_stage(stage: &str) -> Result<(), ApiError> {
    let known: Vec<_> = Stage::ALL.iter().skip(1).map(|stage| stage.name()).collect();
    if stage.is_empty() || known.contains(&stage) {
        return Ok(());
    }
    let known = known.join(", ");
    Err(ApiError::shape("stage", &format!("must be one of {known}"), &format!("应为 {known} 之一")))
}
