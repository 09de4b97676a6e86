//! Log → views: reads the feed, applies batches, tells how far it is.

use std::sync::Arc;
use std::time::Duration;

use event::{Feed, FeedError, Recorded};
use runtime::Clock;
use runtime::progress::Progress;
use runtime::shutdown::Shutdown;
use views::{ViewError, Views};

const BATCH: usize = 512;
/// Between two attempts at a database that does not answer.
const PAUSE: Duration = Duration::from_secs(1);

pub struct Projector {
    pub feed: Box<dyn Feed>,
    pub views: Arc<Views>,
    pub projected: Progress,
    pub clock: Clock,
}

impl Projector {
    /// Follows the log until asked to stop.
    ///
    /// # Errors
    /// When the feed has a hole, or another projector took over: both need a person.
    pub async fn run(mut self, shutdown: Shutdown) -> Result<(), String> {
        self.projected.reached(self.feed.position());
        loop {
            let batch = tokio::select! {
                () = shutdown.requested() => return Ok(()),
                batch = self.feed.next(BATCH) => batch,
            };
            match batch {
                Ok(batch) => self.apply(&batch, &shutdown).await?,
                Err(FeedError::Ended) => return Ok(()),
                Err(error @ FeedError::Hole { .. }) => return Err(error.to_string()),
                Err(error @ FeedError::Unavailable(_)) => {
                    tracing::error!(%error, "the projector cannot read; it tries again");
                    self.pause(&shutdown).await;
                }
            }
        }
    }

    /// Applies whatever is there; for simulations, which drive the roles themselves.
    ///
    /// # Errors
    /// When the feed or the views fail.
    pub async fn catch_up(&mut self) -> Result<(), String> {
        loop {
            let batch = self.feed.ready(BATCH).await.map_err(|error| error.to_string())?;
            if batch.is_empty() {
                return Ok(());
            }
            self.views.apply(&batch).await.map_err(|error| error.to_string())?;
            self.projected.reached(self.feed.position());
        }
    }

    async fn apply(&self, batch: &[Recorded], shutdown: &Shutdown) -> Result<(), String> {
        loop {
            match self.views.apply(batch).await {
                Ok(()) => {
                    self.projected.reached(self.feed.position());
                    return Ok(());
                }
                Err(error @ ViewError::Fenced { .. }) => return Err(error.to_string()),
                Err(error) => {
                    tracing::error!(%error, "the projector cannot write; it tries again");
                    self.pause(shutdown).await;
                    if shutdown.is_requested() {
                        return Ok(());
                    }
                }
            }
        }
    }

    async fn pause(&self, shutdown: &Shutdown) {
        let later = self.clock.now_us() + 1_000_000;
        tokio::select! {
            () = shutdown.requested() => {}
            () = self.clock.wait_until(later, PAUSE) => {}
        }
    }
}
