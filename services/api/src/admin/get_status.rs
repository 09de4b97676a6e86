//! Positions, lags, parked streams and timers.

use contract::bidao::admin::v1 as pb;
use domain::shared::moment::Moment;

use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    _body: pb::GetStatusRequest,
) -> Result<pb::GetStatusResponse, ApiError> {
    let everywhere = caller.viewer();
    let since = api.now().plus_seconds(-30 * 86_400);
    let head_position = api.commands.log.head().await?.position;
    let views =
        api.views.positions().await.into_iter().map(|(name, version, position)| pb::ViewStatus {
            name: name.into(),
            version,
            position,
            lag: head_position.saturating_sub(position),
        });
    let parked_streams =
        api.views.parked(&everywhere).await?.into_iter().map(|parked| pb::ParkedStream {
            view: parked.view,
            stream: parked.stream,
            position: parked.position,
            error: parked.error,
        });
    let parked_timers =
        api.views.failing_timers(&everywhere).await?.into_iter().map(|timer| pb::ParkedTimer {
            stream: timer.stream,
            clock: timer.clock,
            attempts: timer.attempts,
            error: timer.error,
        });
    let parked_streams: Vec<_> = parked_streams.collect();
    let parked_timers: Vec<_> = parked_timers.collect();
    let counts = [
        (
            "PROVISIONAL_DEADLINES",
            api.views.provisional_count(&everywhere).await?,
            "时限为暂定:该年放假安排未公布;请发布新年度日历,时限会自动重算",
        ),
        (
            "ROSTER_GAPS",
            api.views.roster_gaps(&everywhere, since).await?,
            "近三十日有呼叫遇到值班表空缺;请设置值班表或补齐任职",
        ),
        (
            "PARKED_STREAMS",
            parked_streams.len() as u64,
            "有事件无法套用,相关事项停在视图中;修复后请重建视图",
        ),
        ("FAILING_TIMERS", parked_timers.len() as u64, "有时限反复触发失败;请查看原因"),
    ];
    let alarms = counts.into_iter().filter(|(_, count, _)| *count > 0);
    let alarms = alarms.map(|(reason, count, zh)| pb::Alarm {
        reason: reason.into(),
        count,
        message_zh: zh.into(),
    });
    Ok(pb::GetStatusResponse {
        alarms: alarms.collect(),
        version: env!("CARGO_PKG_VERSION").into(),
        log_id: api.commands.log.log_id().to_string(),
        county6: api.commands.county6.clone(),
        head_position,
        views: views.collect(),
        parked_streams,
        parked_timers,
        time: wire::timestamp(Moment(api.commands.clock.now_us())),
        manual_clock: api.commands.clock.is_manual(),
        durability: api.durability.clone(),
        checks: api.probe.look().await,
    })
}
