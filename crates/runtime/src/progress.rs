//! How far a loop has come: a number others may wait for, instead of sleeping.

use tokio::sync::watch;

/// The position a loop has finished.
#[derive(Clone, Debug)]
pub struct Progress {
    sender: watch::Sender<u64>,
}

impl Default for Progress {
    fn default() -> Self {
        Self { sender: watch::channel(0).0 }
    }
}

impl Progress {
    /// Records that everything up to `position` is done; never goes back.
    pub fn reached(&self, position: u64) {
        self.sender.send_if_modified(|known| {
            let further = position > *known;
            *known = (*known).max(position);
            further
        });
    }

    #[must_use]
    pub fn position(&self) -> u64 {
        *self.sender.borrow()
    }

    /// Returns once `position` is done.
    pub async fn wait_for(&self, position: u64) {
        let mut receiver = self.sender.subscribe();
        if receiver.wait_for(|done| *done >= position).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Returns when anything more is done.
    pub async fn moved_past(&self, position: u64) {
        self.wait_for(position + 1).await;
    }
}
