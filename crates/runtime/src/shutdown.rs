//! One signal to stop, seen by every role.

use std::time::Duration;

use tokio::sync::watch;

#[derive(Clone, Debug)]
pub struct Shutdown {
    sender: watch::Sender<bool>,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { sender: watch::channel(false).0 }
    }
}

impl Shutdown {
    pub fn request(&self) {
        self.sender.send_replace(true);
    }

    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.sender.borrow()
    }

    /// Returns once stopping was requested.
    pub async fn requested(&self) {
        let mut receiver = self.sender.subscribe();
        if receiver.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Returns after `length`, or at once when stopping is requested. Real time, whatever the clock
    /// shows: networks and databases know no other.
    pub async fn pause(&self, length: Duration) {
        tokio::select! {
            () = self.requested() => {}
            _ = tokio::time::timeout(length, std::future::pending::<()>()) => {}
        }
    }
}
