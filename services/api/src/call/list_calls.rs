//! Calls, newest first.

use contract::bidao::call::v1 as pb;

use super::get_call::call;
use crate::{Api, ApiError, Caller, paging};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ListCallsRequest,
) -> Result<pb::ListCallsResponse, ApiError> {
    let size = paging::size(body.page_size)?;
    let filter = format!("calls/{}/{}", body.unit_id, body.open_only);
    let before = api.after_token(&filter, &body.page_token)?;
    api.fresh(body.min_position).await?;
    let viewer = api.narrowed(&caller, &body.unit_id).await?;
    let mut rows = api.views.calls(&viewer, body.open_only, before, size + 1).await?;
    let more = rows.len() > size as usize;
    rows.truncate(size as usize);
    let last = rows.last().filter(|_| more);
    let next_page_token = last.map(|row| api.page_token(&filter, (row.pressed_at.0, row.id.0)));
    let names = api.views.names(&caller.viewer()).await?;
    let above = api.stands_above_villages(&caller).await?;
    Ok(pb::ListCallsResponse {
        calls: rows.iter().map(|row| call(row, &names, above)).collect(),
        next_page_token: next_page_token.unwrap_or_default(),
        as_of: Some(api.as_of().await),
    })
}
