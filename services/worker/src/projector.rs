//! Log → views: reads the feed, applies batches, tells how far it is.

use std::sync::Arc;
use std::time::Duration;

use event::{Feed, FeedError, Recorded};
use runtime::progress::Progress;
use runtime::shutdown::Shutdown;
use views::{ViewError, Views};

const BATCH: usize = 512;
/// Between two attempts at a database that does not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// A feed that begins directly after a position.
pub type Opener = Box<dyn Fn(u64) -> Box<dyn Feed> + Send + Sync>;

pub struct Projector {
    pub feed: Box<dyn Feed>,
    /// Where several processes may project: one leads, the others stand by, and whoever takes over begins
    /// where the views stand.
    pub shared: Option<Opener>,
    pub views: Arc<Views>,
    pub projected: Progress,
}

impl Projector {
    /// Follows the log until asked to stop.
    ///
    /// # Errors
    /// When the feed has a hole, or another projector took over a file of ours: both need a person.
    pub async fn run(mut self, shutdown: Shutdown) -> Result<(), String> {
        if !self.lead(&shutdown).await {
            return Ok(());
        }
        self.projected.reached(self.feed.position());
        loop {
            let batch = tokio::select! {
                () = shutdown.requested() => return Ok(()),
                batch = self.feed.next(BATCH) => batch,
            };
            match batch {
                Ok(batch) => {
                    if !self.apply(&batch, &shutdown).await? && !self.lead(&shutdown).await {
                        return Ok(());
                    }
                }
                Err(FeedError::Ended) => return Ok(()),
                Err(error @ FeedError::Hole { .. }) => return Err(error.to_string()),
                Err(error @ FeedError::Unavailable(_)) => {
                    tracing::error!(%error, "the projector cannot read; it tries again");
                    shutdown.pause(PAUSE).await;
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

    /// Waits until this process leads, and begins where the views stand; false when asked to stop.
    async fn lead(&mut self, shutdown: &Shutdown) -> bool {
        let Some(open) = &self.shared else {
            return true;
        };
        loop {
            let standing = async {
                let leads = self.views.leads().await?;
                Ok::<_, ViewError>(if leads { Some(self.views.refresh().await?) } else { None })
            };
            match standing.await {
                Ok(Some(position)) => {
                    self.feed = open(position);
                    return true;
                }
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "the projector waits for its database"),
            }
            shutdown.pause(PAUSE).await;
            if shutdown.is_requested() {
                return false;
            }
        }
    }

    /// False when another process took over.
    async fn apply(&self, batch: &[Recorded], shutdown: &Shutdown) -> Result<bool, String> {
        loop {
            match self.views.apply(batch).await {
                Ok(()) => {
                    self.projected.reached(self.feed.position());
                    return Ok(true);
                }
                Err(ViewError::Fenced { .. }) if self.shared.is_some() => return Ok(false),
                Err(error @ ViewError::Fenced { .. }) => return Err(error.to_string()),
                Err(error) => {
                    tracing::error!(%error, "the projector cannot write; it tries again");
                    shutdown.pause(PAUSE).await;
                    if shutdown.is_requested() || self.shared.is_some() {
                        return Ok(false);
                    }
                }
            }
        }
    }
}
