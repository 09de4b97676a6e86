//! The embedded feed, and the lock of the data directory.

use std::sync::Arc;

use async_trait::async_trait;
use event::feed::require_contiguous;
use event::{Feed, FeedError, Recorded, StreamId};
use eventlog::{
    Append, Appender, DirectoryLock, EventLog, Head, LogError, LogTail, Outcome, Receipt,
};
use runtime::progress::Progress;
use uuid::Uuid;

use crate::backend::{Backend, append};

on_every_backend!(
    the_tail_yields_everything_once_in_contiguous_batches,
    the_tail_starts_after_the_position_given,
    the_tail_waits_for_an_append_and_wakes_on_it,
    what_is_ready_never_waits,
);

async fn filled(backend: &Backend, events: u128) -> Appender {
    let appender = backend.appender();
    for number in 1..=events {
        appender.append(append(number, 0, 1)).await.unwrap();
    }
    appender
}

fn positions(batch: &[Recorded]) -> Vec<u64> {
    batch.iter().map(|recorded| recorded.position).collect()
}

async fn the_tail_yields_everything_once_in_contiguous_batches(backend: Backend) {
    let appender = filled(&backend, 10).await;
    let mut tail = LogTail::new(Arc::clone(&backend.log), appender.head().clone(), 0);
    for (from, until) in [(1, 4), (5, 8), (9, 10)] {
        let batch = tail.next(4).await.unwrap();
        assert_eq!(positions(&batch), (from..=until).collect::<Vec<_>>());
        assert_eq!(tail.position(), until);
    }
}

async fn the_tail_starts_after_the_position_given(backend: Backend) {
    let appender = filled(&backend, 5).await;
    let mut tail = LogTail::new(Arc::clone(&backend.log), appender.head().clone(), 3);
    assert_eq!(tail.position(), 3);
    assert_eq!(positions(&tail.next(9).await.unwrap()), [4, 5]);
}

async fn the_tail_waits_for_an_append_and_wakes_on_it(backend: Backend) {
    let appender = filled(&backend, 2).await;
    let mut tail = LogTail::new(Arc::clone(&backend.log), appender.head().clone(), 2);
    // Polled first, the tail finds nothing; only the append lets it end.
    let (woken, appended) = tokio::join!(biased; tail.next(9), appender.append(append(9, 0, 2)));
    assert!(matches!(appended.unwrap(), Outcome::Appended(_)));
    assert_eq!(positions(&woken.unwrap()), [3, 4]);
}

async fn what_is_ready_never_waits(backend: Backend) {
    let appender = filled(&backend, 2).await;
    let mut tail = LogTail::new(Arc::clone(&backend.log), appender.head().clone(), 0);
    assert_eq!(positions(&tail.ready(9).await.unwrap()), [1, 2]);
    assert_eq!(tail.ready(9).await.unwrap(), []);
    assert_eq!(tail.position(), 2);
}

/// A log that hides one position.
struct Holed(Arc<dyn EventLog>, u64);

#[async_trait]
impl EventLog for Holed {
    fn log_id(&self) -> Uuid {
        self.0.log_id()
    }

    fn is_sole_writer(&self) -> bool {
        self.0.is_sole_writer()
    }

    async fn append(&self, batch: &[Append]) -> Result<Vec<Outcome>, LogError> {
        self.0.append(batch).await
    }

    async fn read_stream(
        &self,
        stream: &StreamId,
        after_version: u64,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        self.0.read_stream(stream, after_version, max).await
    }

    async fn read_log(&self, after: u64, max: usize) -> Result<Vec<Recorded>, LogError> {
        let mut read = self.0.read_log(after, max).await?;
        read.retain(|recorded| recorded.position != self.1);
        Ok(read)
    }

    async fn head(&self) -> Result<Head, LogError> {
        self.0.head().await
    }

    async fn receipt(
        &self,
        principal: &str,
        request_id: &str,
    ) -> Result<Option<(eventlog::RequestMark, Receipt)>, LogError> {
        self.0.receipt(principal, request_id).await
    }

    async fn holder(&self, scope: &str, key: &str) -> Result<Option<StreamId>, LogError> {
        self.0.holder(scope, key).await
    }

    async fn checkpoint(&self, name: &str) -> Result<u64, LogError> {
        self.0.checkpoint(name).await
    }

    async fn set_checkpoint(&self, name: &str, position: u64) -> Result<(), LogError> {
        self.0.set_checkpoint(name, position).await
    }
}

#[tokio::test]
async fn a_hole_is_an_error_and_is_never_skipped() {
    let backend = Backend::memory();
    filled(&backend, 5).await;
    let log = Arc::new(Holed(Arc::clone(&backend.log), 3));
    let mut tail = LogTail::new(log, Progress::default(), 0);
    for _ in 0..2 {
        let hole = tail.ready(9).await.unwrap_err();
        assert!(matches!(hole, FeedError::Hole { expected: 3, got: 4 }), "{hole}");
        assert_eq!(tail.position(), 0);
    }
    let whole = backend.whole().await;
    assert!(require_contiguous(0, &whole).is_ok() && require_contiguous(5, &[]).is_ok());
    assert!(require_contiguous(1, &whole).is_err() && require_contiguous(0, &whole[1..]).is_err());
}

// --- the lock ----------------------------------------------------------------------------------------

#[test]
fn a_data_directory_has_one_server() {
    let directory = tempfile::tempdir().unwrap();
    let held = DirectoryLock::take(directory.path()).unwrap();
    let refused = DirectoryLock::take(directory.path()).unwrap_err();
    assert!(refused.contains("in use") && refused.contains("--data-dir"), "{refused}");
    let other = tempfile::tempdir().unwrap();
    DirectoryLock::take(other.path()).unwrap();
    drop(held);
    DirectoryLock::take(directory.path()).unwrap();
}

#[test]
fn the_lock_names_its_process() {
    let directory = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let _held = DirectoryLock::take(directory.path()).unwrap();
        let text = std::fs::read_to_string(directory.path().join("LOCK")).unwrap();
        assert_eq!(text, format!("{}\n", std::process::id()));
    }
}

#[test]
fn a_data_directory_that_is_not_there_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let refused = DirectoryLock::take(&directory.path().join("missing")).unwrap_err();
    assert!(refused.contains("must exist"), "{refused}");
}
