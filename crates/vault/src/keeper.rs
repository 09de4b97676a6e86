//! The background task: writes bindings behind, and makes keys ahead of need.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use crate::VaultError;
use crate::memory::Memory;
use crate::store::Store;

/// How many keys one durable commit makes.
pub(crate) const BATCH: usize = 256;
/// Fewer unused keys than this, and the next batch is made; until then nobody waits.
const LOW: usize = BATCH / 2;

/// All that the vault and its keeper share.
pub(crate) struct Shared {
    pub store: Store,
    memory: Mutex<Memory>,
    work: Notify,
    rounds: watch::Sender<u64>,
}

impl Shared {
    pub fn new(store: Store, memory: Memory) -> Self {
        Self {
            store,
            memory: Mutex::new(memory),
            work: Notify::new(),
            rounds: watch::Sender::new(0),
        }
    }

    /// Held for moments, never across a wait.
    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the keeper that there is something to write or to make.
    pub fn work(&self) {
        self.work.notify_one();
    }

    pub fn rounds(&self) -> watch::Receiver<u64> {
        self.rounds.subscribe()
    }

    /// One round: bindings that wait, and new keys when few are left.
    pub async fn round(&self) -> Result<(), VaultError> {
        let done = self.write().await;
        self.memory().failure = done.clone().err();
        self.rounds.send_modify(|count| *count += 1);
        done
    }

    async fn write(&self) -> Result<(), VaultError> {
        let mut writer = self.store.writer().await;
        let (pending, missing) = {
            let memory = self.memory();
            let missing = if memory.unused() < LOW && !memory.closed { BATCH } else { 0 };
            (memory.pending(), missing)
        };
        if pending.is_empty() && missing == 0 {
            return Ok(());
        }
        let fresh = writer.write(&pending, missing).await?;
        let mut memory = self.memory();
        memory.written(&pending);
        memory.add(fresh);
        Ok(())
    }

    /// Runs until its task is dropped. A failed round is tried again at the next request, which then
    /// gets the failure to see.
    pub async fn keep(&self) {
        loop {
            self.work.notified().await;
            if let Err(error) = self.round().await {
                tracing::warn!(%error, "the vault could not write its bindings or make keys");
            }
        }
    }
}
