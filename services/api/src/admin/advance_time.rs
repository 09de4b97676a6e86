//! Moves a manual clock; every promise that comes due on the way fires at its own time.

use contract::bidao::admin::v1 as pb;
use domain::shared::moment::Moment;

use crate::decide::{Action, Resource, decide};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::AdvanceTimeRequest,
) -> Result<pb::AdvanceTimeResponse, ApiError> {
    decide(&caller, Action::AdvanceTime, &Resource::at(String::new()), api.now())?;
    let clock = &api.commands.clock;
    if !clock.is_manual() {
        return Err(ApiError::Rule {
            reason: "CLOCK_NOT_MANUAL",
            text: "the server runs on the system clock; start it with clock = 'manual'".into(),
            zh: "服务器使用系统时钟,只有手动时钟才能拨动".into(),
        });
    }
    let to = wire::given("to", wire::optional_time("to", body.to.as_ref())?)?;
    if to.0 < clock.now_us() {
        return Err(ApiError::shape("to", "must not be in the past", "不能早于当前时间"));
    }
    let mut fired = 0;
    api.settle().await?;
    while let Some(due) = api.next_step().await?.filter(|due| *due <= to.0) {
        fired += api.views.due_timers(due, u32::MAX).await?.len() as u64;
        clock.advance_to(due);
        api.settle().await?;
    }
    clock.advance_to(to.0);
    api.settle().await?;
    Ok(pb::AdvanceTimeResponse { time: wire::timestamp(Moment(clock.now_us())), fired })
}

impl Api {
    /// When the next promise comes due or the next appointment ends, µs UTC.
    async fn next_step(&self) -> Result<Option<i64>, ApiError> {
        let end = self.views.next_tenure_end(self.now()).await?.map(|end| end.0);
        Ok(self.views.next_due().await?.into_iter().chain(end).min())
    }

    /// Returns when views and reactions have seen everything and nothing is due.
    async fn settle(&self) -> Result<(), ApiError> {
        let head = self.commands.appender.head();
        loop {
            let position = head.position();
            self.projected.wait_for(position).await;
            self.reacted.wait_for(position).await;
            if head.position() != position {
                continue;
            }
            let now = self.now();
            if self.views.due_timers(now.0, 1).await?.is_empty()
                && self.views.tenures_over(now, 1).await?.is_empty()
            {
                return Ok(());
            }
            // The escalator sees it too, and appends.
            head.moved_past(position).await;
        }
    }
}
