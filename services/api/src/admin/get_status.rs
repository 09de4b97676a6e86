//! Positions, lags, parked streams and timers.

use contract::bidao::admin::v1 as pb;
use domain::shared::moment::Moment;

use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    _caller: Caller,
    _body: pb::GetStatusRequest,
) -> Result<pb::GetStatusResponse, ApiError> {
    let head_position = api.commands.log.head().await?.position;
    let views =
        api.views.positions().await.into_iter().map(|(name, version, position)| pb::ViewStatus {
            name: name.into(),
            version,
            position,
            lag: head_position.saturating_sub(position),
        });
    let parked_streams = api.views.parked().await?.into_iter().map(|parked| pb::ParkedStream {
        view: parked.view,
        stream: parked.stream,
        position: parked.position,
        error: parked.error,
    });
    let parked_timers =
        api.views.failing_timers().await?.into_iter().map(|timer| pb::ParkedTimer {
            stream: timer.stream,
            clock: timer.clock,
            attempts: timer.attempts,
            error: timer.error,
        });
    Ok(pb::GetStatusResponse {
        version: env!("CARGO_PKG_VERSION").into(),
        log_id: api.commands.log.log_id().to_string(),
        county6: api.commands.county6.clone(),
        head_position,
        views: views.collect(),
        parked_streams: parked_streams.collect(),
        parked_timers: parked_timers.collect(),
        time: wire::timestamp(Moment(api.commands.clock.now_us())),
        manual_clock: api.commands.clock.is_manual(),
        durability: api.durability.clone(),
    })
}
