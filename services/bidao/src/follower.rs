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
    ///
    /// # Errors
    /// When the log went back under this process: everything it remembers is of another history.
    pub async fn run(self, shutdown: Shutdown) -> Result<(), String> {
        let mut tick = tokio::time::interval(EVERY);
        loop {
            tokio::select! {
                () = shutdown.requested() => return Ok(()),
                _ = tick.tick() => {}
            }
            // Read first and told last: whoever waits for a reaction then finds what it appended below the
            // head.
            let known = self.commands.appender.head().position();
            let reacted = Reactions::start_position(&self.commands).await;
            match self.commands.log.head().await {
                Ok(head) if head.position < known => {
                    return Err(format!(
                        "the event log went back from {known} to {}: an older backup was restored under this process",
                        head.position
                    ));
                }
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
