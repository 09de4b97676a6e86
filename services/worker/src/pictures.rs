//! What nobody can read any more takes no place either: the pictures of a file that was forgotten are deleted, and
//! those that were sent and never put into a file. Their keys are gone by then, so a store that is away holds nothing
//! up; it is asked again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use blob::Blobs;
use domain::issue::IssueEvent;
use domain::privacy::event::{File, KeysDestroyed};
use event::StreamId;
use eventlog::EventLog;
use runtime::shutdown::Shutdown;
use views::fact::Fact;

/// A store that was away is asked again after this.
const AGAIN: Duration = Duration::from_secs(10);

/// How often what was sent and left is looked for.
const SWEPT_EVERY: Duration = Duration::from_secs(3_600);
/// Whoever sends a picture has an hour to put it into the file; clocks may differ.
const LEFT_FOR: Duration = Duration::from_secs(24 * 3_600);

pub struct Pictures {
    pub blobs: Arc<dyn Blobs>,
    pub log: Arc<dyn EventLog>,
    /// Erasures whose pictures are still there, by their position in the log.
    undone: Mutex<BTreeMap<u64, KeysDestroyed>>,
}

impl Pictures {
    #[must_use]
    pub fn new(blobs: Arc<dyn Blobs>, log: Arc<dyn EventLog>) -> Self {
        Self { blobs, log, undone: Mutex::default() }
    }

    /// Deletes the pictures of this erasure; those it cannot delete now, later.
    pub async fn delete(&self, position: u64, erasure: &KeysDestroyed) {
        if let Err(error) = self.try_delete(erasure).await {
            tracing::error!(%error, "pictures of a file that was erased are still kept; it tries again");
            self.undone().insert(position, erasure.clone());
        }
    }

    /// As far as everything is done: at most `position`.
    pub fn done_before(&self, position: u64) -> u64 {
        let first = self.undone().keys().next().copied();
        first.map_or(position, |first| position.min(first.saturating_sub(1)))
    }

    /// Asks again and sweeps, until asked to stop.
    pub async fn tidy(&self, shutdown: &Shutdown) {
        let mut waits = Duration::ZERO;
        while !shutdown.is_requested() {
            if waits.is_zero() {
                self.sweep().await;
                waits = SWEPT_EVERY;
            }
            shutdown.pause(AGAIN).await;
            waits = waits.saturating_sub(AGAIN);
            let undone = self.undone().clone();
            for (position, erasure) in undone {
                if self.try_delete(&erasure).await.is_ok() {
                    self.undone().remove(&position);
                    tracing::info!("pictures of a file that was erased are deleted");
                }
            }
        }
    }

    async fn sweep(&self) {
        match self.blobs.sweep(LEFT_FOR).await {
            Ok(0) => {}
            Ok(swept) => tracing::info!(swept, "pictures that were sent for no file are deleted"),
            Err(error) => {
                tracing::warn!(%error, "pictures that were sent for no file are still kept");
            }
        }
    }

    async fn try_delete(&self, erasure: &KeysDestroyed) -> Result<(), String> {
        let File::Issue(issue) = erasure.file else { return Ok(()) };
        let stream = StreamId::new("issue", issue.0);
        let events = self.log.read_stream(&stream, 0, usize::MAX >> 1).await;
        for recorded in events.map_err(|error| error.to_string())? {
            let Ok(Fact::Issue(IssueEvent::EvidenceAttached(found))) = Fact::of(&recorded) else {
                continue;
            };
            let gone =
                found.kept.is_some_and(|kept| erasure.key_ids.contains(&kept.picture.key_id));
            if let (true, Ok(address)) = (gone, found.sha256.parse()) {
                self.blobs.delete(&address).await.map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }

    fn undone(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, KeysDestroyed>> {
        self.undone.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{File, FileTimes};

    use blob::{BlobError, Directory};
    use eventlog::memory::MemoryLog;
    use runtime::{Clock, Ids};

    use super::*;

    /// An hour to put a picture into a file is an hour: only what was left for a day goes.
    #[tokio::test]
    async fn a_picture_that_was_sent_for_no_file_is_deleted_after_a_day() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Arc::new(Directory::at(folder.path().into()));
        let (left, new) = (blobs.put(vec![1]).await.unwrap(), blobs.put(vec![2]).await.unwrap());
        let arrived = File::open(folder.path().join("arrived").join(left.as_str())).unwrap();
        let then = arrived.metadata().unwrap().modified().unwrap() - LEFT_FOR;
        arrived.set_times(FileTimes::new().set_modified(then)).unwrap();
        let clock = Clock::system();
        let log = Arc::new(MemoryLog::new(clock.clone(), &Ids::random(clock)));
        let pictures = Pictures::new(Arc::clone(&blobs) as Arc<dyn Blobs>, log);
        pictures.sweep().await;
        assert!(matches!(blobs.keep(&left).await, Err(BlobError::Absent)));
        blobs.keep(&new).await.unwrap();
        assert_eq!(blobs.get(&new).await.unwrap(), [2]);
    }
}
