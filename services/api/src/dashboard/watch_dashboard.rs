//! Follows the figures of an area: anew whenever something happened, once a second at most.

use std::sync::Arc;
use std::time::Duration;

use contract::bidao::dashboard::v1 as pb;
use pb::watch_dashboard_response::Change;
use views::Viewer;
use views::figures::Period;

use super::get_dashboard::{dashboard, period};
use crate::decide::Action;
use crate::watch::{End, Messages, Watch};
use crate::{Api, ApiError, Caller, wire};

pub(crate) type Answers = Messages<pb::WatchDashboardResponse>;
/// Figures are sums over a county: no screen needs them faster.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::WatchDashboardRequest,
) -> Result<Answers, ApiError> {
    let period = period(&api, body.from.as_ref(), body.until.as_ref())?;
    let viewer = api.counting(&caller, &body.unit_id).await?;
    let own = api.clone();
    let round = move |watch: Arc<Watch<pb::WatchDashboardResponse>>, position| {
        let (api, viewer) = (own.clone(), viewer.clone());
        async move { figures(&api, &viewer, period, &watch, position).await }
    };
    let bookmark = |api: &Api, position| pb::WatchDashboardResponse {
        position,
        change: Some(Change::Bookmark(pb::Bookmark { time: wire::timestamp(api.now()) })),
    };
    api.watch((caller, Action::WatchDashboard), 0, round, bookmark).await
}

async fn figures(
    api: &Api,
    viewer: &Viewer,
    period: Period,
    watch: &Watch<pb::WatchDashboardResponse>,
    position: u64,
) -> Result<u64, End> {
    let known = api.views.position().await;
    if known == position && position > 0 {
        return Ok(position);
    }
    let period = Period { now_us: api.now().0, ..period };
    let figures = api.views.figures(viewer, period).await?;
    let change = Some(Change::Dashboard(dashboard(&figures)));
    watch.send(pb::WatchDashboardResponse { position: known, change }).await?;
    // The reader's own time: a manual clock stands still, the figures move all the same.
    let mut pause = tokio::time::interval_at(tokio::time::Instant::now() + PAUSE, PAUSE);
    pause.tick().await;
    Ok(known)
}
