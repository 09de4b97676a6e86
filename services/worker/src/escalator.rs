//! Timers → commands: asks the due view what is due and sends `Expire`. The aggregate decides
//! whether the promise is really broken, so a repeated or late timer adds nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use commands::Commands;
use commands::facts::Facts;
use domain::call::{CallCommand, CallVerb};
use domain::issue::{IssueCommand, IssueVerb};
use domain::shared::actor::Actor;
use domain::shared::ids::{IssueId, UnitId};
use domain::shared::moment::Moment;
use eventlog::{Done, ExecuteError, Origin, Request};
use runtime::progress::Progress;
use runtime::shutdown::Shutdown;
use tokio::task::JoinSet;
use views::due::Timer;
use views::{ViewError, Views};

use crate::firing::{self, Fence, Verdict};

/// Timers taken at once (reliability §6: ≤ 500, then yield), and how many commands are under way
/// together, so that they share commits.
const BATCH: u32 = 256;
const TOGETHER: usize = 32;
/// The longest nap: a timer armed by another process is seen this late at most.
const NAP: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub struct Escalator {
    pub commands: Arc<Commands>,
    pub views: Arc<Views>,
    pub projected: Progress,
}

/// What became of one timer: how far its stream reaches, and whether the expiry is in it.
struct Fired {
    position: u64,
    added: bool,
}

impl Escalator {
    /// Fires what is due until asked to stop.
    pub async fn run(self, shutdown: Shutdown) {
        let started = Instant::now();
        let mut fence = Fence::default();
        while !shutdown.is_requested() {
            if !self.may_fire(&mut fence, started) {
                shutdown.requested().await;
                return;
            }
            let seen = self.projected.position();
            // Before it is looked: what ends meanwhile is the next end, and not one that is over.
            let looked_at = Moment(self.commands.clock.now_us());
            match self.fire_all().await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => {
                    tracing::error!(%error, "timers cannot be read; the escalator tries again")
                }
            }
            let next = self.next(looked_at).await.unwrap_or(i64::MAX);
            tokio::select! {
                () = shutdown.requested() => {}
                () = self.projected.moved_past(seen) => {}
                () = self.commands.clock.wait_until(next, NAP) => {}
            }
        }
    }

    async fn fire_all(&self) -> Result<usize, ViewError> {
        Ok(self.fire_due().await? + self.lapse_over().await?)
    }

    /// When there may be something to do again after it was looked, µs UTC.
    async fn next(&self, looked_at: Moment) -> Option<i64> {
        let due = self.views.next_due().await.ok().flatten();
        let end = self.views.next_tenure_end(looked_at).await.ok().flatten().map(|end| end.0);
        due.into_iter().chain(end).min()
    }

    /// Fires one batch of due timers; returns how many there were.
    ///
    /// # Errors
    /// When the views cannot be read.
    pub async fn fire_due(&self) -> Result<usize, ViewError> {
        let due = self.views.due_timers(self.commands.clock.now_us(), BATCH).await?;
        let mut idle = Vec::new();
        let mut last_position = 0;
        for group in due.chunks(TOGETHER) {
            let mut firing = JoinSet::new();
            for timer in group.iter().cloned() {
                let escalator = self.clone();
                firing.spawn(async move { (escalator.fire(&timer).await, timer) });
            }
            while let Some(fired) = firing.join_next().await {
                match fired {
                    Ok((Ok(fired), timer)) => {
                        last_position = last_position.max(fired.position);
                        idle.extend((!fired.added).then_some(timer));
                    }
                    Ok((Err(error), _)) => return Err(error),
                    Err(error) => {
                        tracing::error!(%error, "a timer's task broke off; it is still due")
                    }
                }
            }
        }
        // The next look must not see these timers again.
        self.projected.wait_for(last_position).await;
        for timer in idle {
            // A view that lagged has let go of it by now; one that still holds it is wrong, and its
            // timer must not spin.
            if self.views.is_armed(&timer).await? {
                self.failed(&timer, "this generation is not running in its stream").await?;
            }
        }
        Ok(due.len())
    }

    /// Fires timers one after the other, in order of their due times, for simulations: the caller
    /// brings the views up to date between two calls.
    ///
    /// # Errors
    /// When the views cannot be read.
    pub async fn fire_in_order(&self) -> Result<usize, ViewError> {
        let due = self.views.due_timers(self.commands.clock.now_us(), BATCH).await?;
        for timer in &due {
            self.fire(timer).await?;
        }
        Ok(due.len())
    }

    async fn fire(&self, timer: &Timer) -> Result<Fired, ViewError> {
        let sent = match timer.stream.kind.as_str() {
            "call" => self.expire_call(timer).await.map_err(|error| error.to_string()),
            "issue" => self.expire_issue(timer).await.map_err(|error| error.to_string()),
            other => Err(format!("no timers of {other} are known")),
        };
        match sent {
            Ok(done) => {
                let added = !done.receipt.event_ids.is_empty();
                if added && timer.attempts > 0 {
                    self.views.timer_fired(timer).await?;
                }
                Ok(Fired { position: done.receipt.position, added })
            }
            Err(error) => {
                self.failed(timer, &error).await?;
                Ok(Fired { position: 0, added: true })
            }
        }
    }

    async fn failed(&self, timer: &Timer, error: &str) -> Result<(), ViewError> {
        let next = self.commands.clock.now_us() + firing::backoff_us(timer.attempts + 1);
        let attempts = self.views.timer_failed(timer, next, error).await?;
        tracing::warn!(stream = %timer.stream, clock = timer.clock.name(), attempts, error, "timer did not fire");
        Ok(())
    }

    async fn expire_call(
        &self,
        timer: &Timer,
    ) -> Result<Done, ExecuteError<domain::call::CallError>> {
        let facts = self.facts(timer).await?;
        let verb = domain::call::command::Expire {
            clock: timer.clock,
            generation: timer.generation,
            visit: IssueId(commands::streams::derived(&["visit", &timer.stream.to_string()])),
        };
        let command =
            |now| CallCommand { given: facts.at(now), verb: CallVerb::Expire(verb.clone()) };
        self.commands.calls.execute(timer.stream.id, &self.request(timer), command).await
    }

    async fn expire_issue(
        &self,
        timer: &Timer,
    ) -> Result<Done, ExecuteError<domain::issue::IssueError>> {
        let facts = self.facts(timer).await?;
        let verb =
            domain::issue::command::Expire { clock: timer.clock, generation: timer.generation };
        let command =
            |now| IssueCommand { given: facts.at(now), verb: IssueVerb::Expire(verb.clone()) };
        self.commands.issues.execute(timer.stream.id, &self.request(timer), command).await
    }

    async fn facts(&self, timer: &Timer) -> Result<Facts, eventlog::LogError> {
        self.commands.facts(Actor::system(), Some(UnitId(timer.unit))).await
    }

    fn request(&self, timer: &Timer) -> Request {
        Request {
            origin: Origin { correlation_id: timer.stream.id, ..self.origin() },
            request_id: firing::command_id(timer).to_string(),
            principal: "escalator".into(),
            ..Request::default()
        }
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin {
            county6: self.commands.county6.clone(),
            actor: event::Actor {
                kind: "system".into(),
                id: "escalator".into(),
                post: None,
                unit: None,
            },
            channel: "timer".into(),
            ..Origin::default()
        }
    }

    fn may_fire(&self, fence: &mut Fence, started: Instant) -> bool {
        if self.commands.clock.is_manual() {
            return true;
        }
        let monotonic = i64::try_from(started.elapsed().as_micros()).unwrap_or(i64::MAX);
        match fence.look(self.commands.clock.now_us(), monotonic) {
            Verdict::Fire => true,
            Verdict::StopNow => {
                tracing::error!(
                    "the wall clock jumped while running; timers stop firing until a restart"
                );
                false
            }
            Verdict::Stopped => false,
        }
    }
}
