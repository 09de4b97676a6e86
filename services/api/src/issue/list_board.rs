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
    let stages: Vec<_> = Stage::ALL.iter().skip(1).map(|stage| stage.name()).collect();
    if !body.stage.is_empty() && !stages.contains(&body.stage.as_str()) {
        let known = stages.join(", ");
        return Err(ApiError::shape(
            "stage",
            &format!("must be one of {known}"),
            &format!("应为 {known} 之一"),
        ));
    }
    let filter = format!("board/{}/{}/{}", body.unit_id, body.stage, body.include_closed);
    let after = api.after_token(&filter, &body.page_token)?;
    api.fresh(body.min_position).await?;
    let viewer = api.narrowed(&caller, &body.unit_id).await?;
    let include_closed = body.include_closed || body.stage == Stage::Closed.name();
    let query = BoardQuery { stage: body.stage, include_closed, after, max: size + 1 };
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
