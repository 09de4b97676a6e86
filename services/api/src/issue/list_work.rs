//! What a post has to do now, the nearest deadline first.

use contract::bidao::issue::v1 as pb;
use views::viewer::is_within;

use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ListWorkRequest,
) -> Result<pb::ListWorkResponse, ApiError> {
    let holder = api.acting_post(&caller, "post_id", &body.post_id).await?;
    let own = caller.actor.post == Some(holder.post);
    let path = api.commands.area_path(holder.unit).await?;
    if !own && !caller.area.as_deref().is_some_and(|area| is_within(&path, area)) {
        return Err(ApiError::NotFound);
    }
    api.fresh(body.min_position).await?;
    let items = api.views.work_of(&caller.viewer(), holder.post).await?;
    let names = api.views.names(&caller.viewer()).await?;
    let shown = items.iter().map(|item| pb::WorkItem {
        kind: item.stream.kind.clone(),
        id: item.id().to_string(),
        case_no: item.row.case_no.clone(),
        clock: item.clock.name().into(),
        clock_zh: item.clock.zh().into(),
        due_at: wire::timestamp(item.due_at),
        place_unit_name: names.of(item.row.place.0),
        category: item.row.category.clone(),
    });
    Ok(pb::ListWorkResponse { items: shown.collect(), as_of: Some(api.as_of().await) })
}
