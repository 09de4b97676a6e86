//! Digests of requests (DESIGN §3): under keys of their own, destroyed by every erasure. What was said in a
//! request can then be tried out by nobody, and a request of before counts as the same whatever it says.

use runtime::ids::fill_random;
use tokio::sync::Mutex;
use uuid::{Builder, Uuid};

use crate::keeper::BATCH;
use crate::memory::Held;
use crate::seal::{self, Secret};
use crate::{Class, KeyFor, Scope, Vault, VaultError};

/// The id of the key, and the digest under it.
const DIGEST_BYTES: usize = 48;
const KEY_ID_BYTES: usize = 16;

/// The key in use, and the vault's epoch at which it was live.
#[derive(Default)]
pub(crate) struct RequestKey(Mutex<Option<(u64, Held)>>);

impl Vault {
    /// A digest of the request `body`, under a key that every erasure destroys.
    ///
    /// # Errors
    /// As [`Vault::key`].
    pub async fn request_digest(&self, body: &[u8]) -> Result<[u8; DIGEST_BYTES], VaultError> {
        let held = self.request_key().await?;
        let secret = held.secret.ok_or(VaultError::Frozen)?;
        let mut digest = [0; DIGEST_BYTES];
        let (key_id, made) = digest.split_at_mut(KEY_ID_BYTES);
        key_id.copy_from_slice(held.key_id.as_bytes());
        made.copy_from_slice(&digest_under(&secret, body)?);
        Ok(digest)
    }

    /// Whether `digest` is of this request; true where its key is destroyed, as nobody can tell.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn is_request_of(
        &self,
        digest: &[u8; DIGEST_BYTES],
        body: &[u8],
    ) -> Result<bool, VaultError> {
        let (key_id, made) = digest.split_at(KEY_ID_BYTES);
        let key_id = Uuid::from_slice(key_id).map_err(crate::error::unavailable)?;
        match self.secret(key_id).await {
            Ok(secret) => Ok(digest_under(&secret, body)? == *made),
            // Unknown: of after the backup that this vault was restored from.
            Err(VaultError::Destroyed | VaultError::UnknownKey) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Destroys the keys of all requests until now.
    ///
    /// # Errors
    /// As [`Vault::shred`].
    pub async fn forget_requests(&self) -> Result<(), VaultError> {
        self.shred_scope(&Scope::requests()).await.map(|_| ())
    }

    /// Made at the first request of a process and after every change of keys; whose it is is on disk before it is
    /// used, as no event leads to it.
    async fn request_key(&self) -> Result<Held, VaultError> {
        let epoch = self.shared().memory().epoch();
        let mut known = self.requests().0.lock().await;
        if let Some((at, held)) = &*known
            && *at == epoch
        {
            return Ok(held.clone());
        }
        let mut own = [0; 16];
        fill_random(&mut own);
        // Several processes may share a vault: each has keys of its own.
        let subject = Builder::from_random_bytes(own).into_uuid().to_string();
        let owner = KeyFor { scope: Scope::requests(), subject, class: Class::Contact };
        let held = self.held(&owner).await?;
        self.write_durably().await?;
        *known = Some((epoch, held.clone()));
        Ok(held)
    }

    async fn write_durably(&self) -> Result<(), VaultError> {
        let mut writer = self.shared().store.writer().await;
        let pending = self.shared().memory().pending();
        let fresh = writer.write(&pending, BATCH).await?;
        let mut memory = self.shared().memory();
        memory.written(&pending);
        memory.add(fresh);
        Ok(())
    }
}

fn digest_under(key: &Secret, body: &[u8]) -> Result<[u8; 32], VaultError> {
    seal::mac(&seal::derived(key, b"bidao/vault/request/1")?, body)
}
