//! Closed files whose retention period is over, as far as the caller sees them.

use contract::bidao::privacy::v1 as pb;
use domain::privacy::Privacy;
use domain::shared::moment::Moment;
use views::Viewer;
use views::retention::Over;

use super::record;
use super::state::Around;
use crate::{Api, ApiError, Caller, paging, wire};

const FILTER: &str = "retention";

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ListRetentionDueRequest,
) -> Result<pb::ListRetentionDueResponse, ApiError> {
    let size = paging::size(body.page_size)?;
    let after = api.after_token(FILTER, &body.page_token)?;
    api.fresh(body.min_position).await?;
    let (viewer, now) = (caller.viewer(), api.now());
    let after = after.map_or((i64::MIN, String::new()), |(until, id)| (until, id.to_string()));
    let mut rows = api.views.retention_over(&viewer, now, after, size + 1).await?;
    let more = rows.len() > size as usize;
    rows.truncate(size as usize);
    let last = rows.last().filter(|_| more);
    let next_page_token = last.map(|row| api.page_token(FILTER, row.place())).unwrap_or_default();
    let mut due = Vec::with_capacity(rows.len());
    for row in rows {
        due.extend(shown(&api, &viewer, now, row).await?);
    }
    Ok(pb::ListRetentionDueResponse { due, next_page_token, as_of: Some(api.as_of().await) })
}

/// Nothing for a file that was merged into one that is worked on, or kept, still: its time is that one's.
async fn shown(
    api: &Api,
    viewer: &Viewer,
    now: Moment,
    row: Over,
) -> Result<Option<pb::RetentionDue>, ApiError> {
    let held = |known: &Privacy, _| !known.holds.is_empty();
    let own = api.commands.privacy.read(record::stream(row.file), held).await?;
    let state = Around::new(api).state(viewer, row.file).await?;
    let kept_until = state.kept_until.max(Some(row.retention.until));
    let over = !state.is_open && kept_until <= Some(now);
    Ok(over.then(|| pb::RetentionDue {
        file: row.file.to_string(),
        retention_class: row.retention.class,
        kept_until: kept_until.and_then(wire::timestamp),
        is_held: state.is_held || own == Some(true),
    }))
}
