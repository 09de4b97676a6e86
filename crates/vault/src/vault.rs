//! The vault: seal, open, shred.

use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::AbortHandle;
use uuid::Uuid;

use crate::error::unavailable;
use crate::keeper::{BATCH, Shared};
use crate::memory::{Asked, Held, Memory};
use crate::phone::{self, PhoneKey};
use crate::requests::RequestKey;
use crate::seal::{self, Aad, Sealed, Secret};
use crate::store::{Change, Store};
use crate::{Class, Kek, KeyFor, Scope, VaultError};

/// More than the tasks that ever ask for new keys at the same moment on one machine.
const STRIPES: usize = 64;

/// Keys per (scope, subject, class). One process at a time opens a vault's file.
pub struct Vault {
    shared: Arc<Shared>,
    /// A scope's stripe is held while one of its owners is given a key.
    stripes: Vec<Mutex<()>>,
    hasher: RandomState,
    keeper: AbortHandle,
    requests: RequestKey,
}

impl Drop for Vault {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

impl Vault {
    /// Opens the vault at `path`, making it when it is not there. Must be called within a tokio
    /// runtime; the vault's background task runs in it until the vault is dropped.
    ///
    /// # Errors
    /// [`VaultError::WrongKek`], or [`VaultError::Unavailable`] when the file cannot be opened.
    pub async fn open(path: &Path, kek: Kek) -> Result<Self, VaultError> {
        Self::over(Store::open(path, kek).await?).await
    }

    /// As [`Vault::open`], in a PostgreSQL database of its own. Several processes may seal and open; each
    /// learns of a key that another destroyed or froze only when it reads that key anew, so both are for one
    /// process that runs alone until that is told between them.
    ///
    /// # Errors
    /// [`VaultError::WrongKek`], or [`VaultError::Unavailable`].
    pub async fn open_postgres(url: &str, kek: Kek) -> Result<Self, VaultError> {
        Self::over(Store::open_postgres(url, kek).await?).await
    }

    /// A vault that ends with its process: simulations and tests.
    ///
    /// # Errors
    /// When SQLite gives no memory.
    pub async fn in_memory() -> Result<Self, VaultError> {
        Self::over(Store::in_memory(Kek::random()).await?).await
    }

    async fn over(store: Store) -> Result<Self, VaultError> {
        // Keys of earlier batches stay unused for ever: nobody can tell which of them the process
        // before had handed out when it ended.
        let pool = store.writer().await.write(&[], BATCH).await?;
        let shared = Arc::new(Shared::new(store, Memory::new(pool)));
        let keeper = Arc::clone(&shared);
        let keeper = tokio::spawn(async move { keeper.keep().await }).abort_handle();
        let stripes = (0..STRIPES).map(|_| Mutex::new(())).collect();
        Ok(Self {
            shared,
            stripes,
            hasher: RandomState::new(),
            keeper,
            requests: RequestKey::default(),
        })
    }

    /// Whether these are the keys of this event log; a new vault's are from now on.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn belongs_to(&self, log_id: Uuid) -> Result<bool, VaultError> {
        self.shared.store.belongs_to(log_id).await
    }

    /// The id of this owner's key; the owner gets one when it has none. Waits for the disk only when
    /// every unused key is gone.
    ///
    /// # Errors
    /// [`VaultError::Frozen`], or [`VaultError::Unavailable`].
    pub async fn key(&self, owner: &KeyFor) -> Result<Uuid, VaultError> {
        self.held(owner).await.map(|held| held.key_id)
    }

    /// Seals `plaintext` for the owner, bound to `field`, the owner's class and `aad`.
    ///
    /// # Errors
    /// As [`Vault::key`].
    pub async fn seal(
        &self,
        owner: &KeyFor,
        field: &str,
        aad: &Aad,
        plaintext: &str,
    ) -> Result<Sealed, VaultError> {
        let held = self.held(owner).await?;
        let secret = held.secret.ok_or(VaultError::Frozen)?;
        let bound = seal::bound_to(held.key_id, owner.class, field, aad);
        seal::seal(held.key_id, &secret, &bound, plaintext)
    }

    /// Opens what was sealed for this class, field, stream and log.
    ///
    /// # Errors
    /// [`VaultError::Destroyed`] (people see 已删除), [`VaultError::Frozen`], [`VaultError::UnknownKey`],
    /// [`VaultError::Tampered`], or [`VaultError::Unavailable`].
    pub async fn open_sealed(
        &self,
        sealed: &Sealed,
        class: Class,
        field: &str,
        aad: &Aad,
    ) -> Result<String, VaultError> {
        let secret = self.secret(sealed.key_id).await?;
        seal::open(&secret, &seal::bound_to(sealed.key_id, class, field, aad), sealed)
    }

    /// A key that is live.
    pub(crate) async fn secret(&self, key_id: Uuid) -> Result<Secret, VaultError> {
        let (known, epoch) = {
            let mut memory = self.shared.memory();
            (memory.key(key_id), memory.epoch())
        };
        if let Some(secret) = known {
            return Ok(secret);
        }
        let secret = self.shared.store.key(key_id).await?;
        self.shared.memory().read_key(key_id, epoch, secret.clone());
        Ok(secret)
    }

    /// As [`Vault::open_sealed`], and where the key is frozen too: for words that are sealed anew at once under
    /// another owner's key. A freeze keeps people from looking into a file; it keeps nothing from a file that
    /// begins beside it.
    ///
    /// # Errors
    /// As [`Vault::open_sealed`], but [`VaultError::Frozen`].
    pub async fn open_to_seal_again(
        &self,
        sealed: &Sealed,
        class: Class,
        field: &str,
        aad: &Aad,
    ) -> Result<String, VaultError> {
        let key_id = sealed.key_id;
        let secret = self.shared.store.key_not_destroyed(key_id).await?;
        seal::open(&secret, &seal::bound_to(key_id, class, field, aad), sealed)
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) const fn requests(&self) -> &RequestKey {
        &self.requests
    }

    pub(crate) fn pepper(&self) -> &Secret {
        self.shared.store.pepper()
    }

    /// Every key of the scope that the vault knows of, oldest first. A crash may have lost a binding:
    /// whoever destroys a matter names the key ids of its events as well.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn keys_of(&self, scope: &Scope) -> Result<Vec<Uuid>, VaultError> {
        let keys = self.keys_by_subject(scope).await?;
        Ok(keys.into_iter().map(|(_, key_id)| key_id).collect())
    }

    /// As [`Vault::keys_of`], each with its subject.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn keys_by_subject(&self, scope: &Scope) -> Result<Vec<(String, Uuid)>, VaultError> {
        let mut writer = self.shared.store.writer().await;
        self.write_pending(&mut writer).await?;
        drop(writer);
        let slots = self.shared.store.slots_of(scope).await?;
        Ok(slots.into_iter().map(|slot| (slot.subject, slot.held.key_id)).collect())
    }

    /// Up to which event of the log [`Vault::follow`] was told.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn position(&self) -> Result<u64, VaultError> {
        self.shared.store.position().await
    }

    /// Remembers which keys sealed which telephone numbers, for [`Vault::streams_of_phone`], and that the log
    /// was followed up to `position`. A row goes when its key is destroyed.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn follow(&self, phones: &[PhoneKey], position: u64) -> Result<(), VaultError> {
        let mut rows = Vec::new();
        for phone in phones {
            rows.extend(phone.rows(self.shared.store.pepper())?);
        }
        let mut writer = self.shared.store.writer().await;
        let pending = self.shared.memory().pending();
        writer.follow(&pending, &rows, position).await?;
        self.shared.memory().written(&pending);
        Ok(())
    }

    /// The streams, as `issue/<uuid>`, in which this number was sealed under a key that is live.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn streams_of_phone(&self, number: &str) -> Result<Vec<String>, VaultError> {
        match phone::digest_of(self.shared.store.pepper(), number)? {
            Some(digest) => self.shared.store.streams_of(&digest).await,
            None => Ok(Vec::new()),
        }
    }

    /// Destroys the keys: durable when this returns, for ever, and no copy is left in the file. Ids the
    /// vault never had get their tombstone too (it may have been restored from an old backup). Returns
    /// the keys that were not destroyed before; again, or after an error, is the same as once.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`]; then try again.
    pub async fn shred(&self, key_ids: &[Uuid]) -> Result<Vec<Uuid>, VaultError> {
        self.change(key_ids, Change::Destroy).await
    }

    /// As [`Vault::shred`], for every key in [`Vault::keys_of`].
    ///
    /// # Errors
    /// As [`Vault::shred`].
    pub async fn shred_scope(&self, scope: &Scope) -> Result<Vec<Uuid>, VaultError> {
        self.shred(&self.keys_of(scope).await?).await
    }

    /// Keeps the keys and stops their use, for sealing and for opening (PIPL art. 47 ¶2). Durable.
    /// Returns those that were in use; destroyed and unknown ones are passed over.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn freeze(&self, key_ids: &[Uuid]) -> Result<Vec<Uuid>, VaultError> {
        self.change(key_ids, Change::Freeze).await
    }

    /// Undoes [`Vault::freeze`]; destroyed keys stay destroyed. Returns those that were frozen.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn unfreeze(&self, key_ids: &[Uuid]) -> Result<Vec<Uuid>, VaultError> {
        self.change(key_ids, Change::Unfreeze).await
    }

    /// Writes what waits and closes the file; nothing is sealed or opened afterwards.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`] when bindings could not be written; the file is closed all the same.
    pub async fn close(&self) -> Result<(), VaultError> {
        self.keeper.abort();
        self.shared.memory().closed = true;
        let written = self.shared.round().await;
        self.shared.memory().forget(&[]);
        self.shared.store.close().await;
        written
    }

    pub(crate) async fn held(&self, owner: &KeyFor) -> Result<Held, VaultError> {
        if let Some(held) = self.shared.memory().held(owner) {
            return usable(held);
        }
        let stripe =
            usize::try_from(self.hasher.hash_one(&owner.scope) % STRIPES as u64).unwrap_or(0);
        let stripe = self.stripes.get(stripe).ok_or_else(|| unavailable("no stripe"))?;
        let _one_at_a_time = stripe.lock().await;
        loop {
            let mut rounds = self.shared.rounds();
            let asked = self.ask(owner)?;
            match asked {
                Asked::Have(held) => {
                    self.shared.work();
                    return usable(held);
                }
                Asked::Unread => {
                    let before = self.shared.memory().before_read(&owner.scope);
                    let stored = self.shared.store.slots_of(&owner.scope).await?;
                    self.shared.memory().read(&owner.scope, before, stored);
                }
                Asked::Empty => {
                    self.shared.work();
                    rounds.changed().await.map_err(unavailable)?;
                    if let Some(failure) = self.shared.memory().failure.clone() {
                        return Err(failure);
                    }
                }
            }
        }
    }

    fn ask(&self, owner: &KeyFor) -> Result<Asked, VaultError> {
        let mut memory = self.shared.memory();
        if memory.closed { Err(unavailable("closed")) } else { Ok(memory.give(owner)) }
    }

    async fn change(&self, key_ids: &[Uuid], change: Change) -> Result<Vec<Uuid>, VaultError> {
        let mut writer = self.shared.store.writer().await;
        let pending = self.shared.memory().pending();
        let changed = writer.change(&pending, key_ids, change).await;
        {
            // Also after an error: a commit that seemed to fail may have happened.
            let mut memory = self.shared.memory();
            memory.forget(key_ids);
            if changed.is_ok() {
                memory.written(&pending);
            }
        }
        if let (Ok(_), Change::Destroy) = (&changed, change) {
            writer.checkpoint().await?;
        }
        changed
    }

    async fn write_pending(&self, writer: &mut crate::store::Writer<'_>) -> Result<(), VaultError> {
        let pending = self.shared.memory().pending();
        if pending.is_empty() {
            return Ok(());
        }
        writer.write(&pending, 0).await?;
        self.shared.memory().written(&pending);
        Ok(())
    }
}

fn usable(held: Held) -> Result<Held, VaultError> {
    if held.secret.is_some() { Ok(held) } else { Err(VaultError::Frozen) }
}
