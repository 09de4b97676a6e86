//! The one source of time. Manual in tests, simulations and demos; then nothing waits for real time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::watch;

/// Microseconds since 1970 UTC, from the host or set by hand.
#[derive(Clone, Debug)]
pub struct Clock {
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual { now: Arc<AtomicI64>, moved: watch::Sender<i64> },
}

impl Clock {
    #[must_use]
    pub fn system() -> Self {
        Self { source: Source::System }
    }

    #[must_use]
    pub fn manual(start_us: i64) -> Self {
        let (moved, _) = watch::channel(start_us);
        Self { source: Source::Manual { now: Arc::new(AtomicI64::new(start_us)), moved } }
    }

    #[must_use]
    pub fn is_manual(&self) -> bool {
        matches!(self.source, Source::Manual { .. })
    }

    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the clock the others are told to ask")]
    pub fn now_us(&self) -> i64 {
        match &self.source {
            Source::System => jiff::Timestamp::now().as_microsecond(),
            Source::Manual { now, .. } => now.load(Ordering::SeqCst),
        }
    }

    /// Moves a manual clock forward; it never goes back. Returns the time it shows.
    pub fn advance_to(&self, us: i64) -> i64 {
        match &self.source {
            Source::System => {}
            Source::Manual { now, moved } => {
                now.fetch_max(us, Ordering::SeqCst);
                moved.send_replace(now.load(Ordering::SeqCst));
            }
        }
        self.now_us()
    }

    /// Returns when the clock shows `us` or later, and at the latest when it has moved on at all
    /// (manual), or after `longest` (system): callers look again either way.
    #[expect(clippy::disallowed_methods, reason = "the clock is where waiting for time is done")]
    pub async fn wait_until(&self, us: i64, longest: Duration) {
        match &self.source {
            Source::System => {
                let left = u64::try_from(us.saturating_sub(self.now_us())).unwrap_or(0);
                tokio::time::sleep(Duration::from_micros(left).min(longest)).await;
            }
            Source::Manual { moved, .. } => {
                let mut moved = moved.subscribe();
                if self.now_us() < us {
                    // The sender lives in `self`, so this ends only by a move.
                    if moved.changed().await.is_err() {
                        std::future::pending::<()>().await;
                    }
                }
            }
        }
    }
}
