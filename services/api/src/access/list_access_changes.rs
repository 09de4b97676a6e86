//! What was changed in access and by whom, the latest first.

use contract::bidao::access::v1 as pb;
use views::principals::ChangeRow;

use crate::{Api, ApiError, Caller, paging, wire};

pub(super) async fn run(
    api: Api,
    _caller: Caller,
    body: pb::ListAccessChangesRequest,
) -> Result<pb::ListAccessChangesResponse, ApiError> {
    let size = paging::size(body.page_size)?;
    wire::optional_text("name", &body.name, 100)?;
    api.fresh(body.min_position).await?;
    let mut rows = api.views.access_changes(&body.name, body.before, size + 1).await?;
    let more = rows.len() > size as usize;
    rows.truncate(size as usize);
    let next_before = rows.last().filter(|_| more).map_or(0, |row| row.position);
    Ok(pb::ListAccessChangesResponse {
        changes: rows.into_iter().map(change).collect(),
        next_before,
        as_of: Some(api.as_of().await),
    })
}

fn change(row: ChangeRow) -> pb::AccessChange {
    pb::AccessChange {
        position: row.position,
        at: wire::timestamp(row.at),
        r#type: row.r#type,
        name: row.name,
        by: row.by,
        data_json: row.data,
    }
}
