//! Running promises, the nearest first.

use contract::bidao::dashboard::v1 as pb;
use domain::shared::moment::Moment;

use crate::{Api, ApiError, Caller, paging, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ListDueTimersRequest,
) -> Result<pb::ListDueTimersResponse, ApiError> {
    let size = paging::size(body.page_size)?;
    api.fresh(body.min_position).await?;
    let timers = api.views.list_timers(&caller.viewer(), size).await?;
    let names = api.views.names(&caller.viewer()).await?;
    let timers = timers.iter().map(|timer| pb::Timer {
        kind: timer.stream.kind.clone(),
        id: timer.stream.id.to_string(),
        clock: timer.clock.name().into(),
        generation: timer.generation,
        due_at: wire::timestamp(Moment(timer.due_at)),
        unit_name: names.of(timer.unit),
    });
    Ok(pb::ListDueTimersResponse { timers: timers.collect(), as_of: Some(api.as_of().await) })
}
