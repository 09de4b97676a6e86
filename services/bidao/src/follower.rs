//! What other processes did: how far the log, the views and the reactions are, asked of the databases.

use std::sync::Arc;
use std::time::Duration;

use commands::Commands;
use runtime::progress::Progress;
use runtime::shutdown::Shutdown;
use views::Views;
use worker::Reactions;

/// Somebody waits for it at a desk; asked of the databases it costs three index look-ups.
const EVERY: Duration = Duration::from_millis(50);

pub struct Follower {
    pub commands: Arc<Commands>,
    pub views: Arc<Views>,
    pub projected: Progress,
    pub reacted: Progress,
}

impl Follower {
    /// Looks until asked to stop. What cannot be read now is read the next time.
    pub async fn run(self, shutdown: Shutdown) {
        let mut tick = tokio::time::interval(EVERY);
        loop {
            tokio::select! {
                () = shutdown.requested() => return,
                _ = tick.tick() => {}
            }
            // Read first and told last: whoever waits for a reaction then finds what it appended below the
            // head.
            let reacted = Reactions::start_position(&self.commands).await;
            match self.commands.log.head().await {
                Ok(head) => self.commands.appender.head().reached(head.position),
                Err(error) => tracing::debug!(%error, "the log's head cannot be read"),
            }
            match self.views.refresh().await {
                Ok(position) => self.projected.reached(position),
                Err(error) => tracing::debug!(%error, "the views' positions cannot be read"),
            }
            match reacted {
                Ok(position) => self.reacted.reached(position),
                Err(error) => tracing::debug!(%error, "the reactions' checkpoint cannot be read"),
            }
        }
    }
}
