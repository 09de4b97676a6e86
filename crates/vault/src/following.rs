//! What follows from a request, and is the same when it is repeated: an id, a code.

use crate::seal;
use crate::{Vault, VaultError};

impl Vault {
    /// 32 bytes that follow from `text` for this purpose, for whoever has this vault: the same ones each time.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`] when the cipher fails.
    pub fn following(&self, purpose: &str, text: &str) -> Result<[u8; 32], VaultError> {
        let named = format!("bidao/vault/following/1/{purpose}");
        seal::mac(&seal::derived(self.pepper(), named.as_bytes())?, text.as_bytes())
    }
}
