//! Vouchers: what one process grants and another honours, without a word in between. Nobody else can read or
//! make one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{Vault, VaultError, seal};

/// Names what is sealed; another use of the pepper gets another name.
const VOUCHER_BY: &[u8] = b"bidao/vault/voucher/1";

impl Vault {
    /// A voucher that says `text`, in letters that a URL holds.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`] when the cipher fails.
    pub fn voucher(&self, text: &str) -> Result<String, VaultError> {
        let key = seal::derived(self.pepper(), VOUCHER_BY)?;
        Ok(URL_SAFE_NO_PAD.encode(seal::seal_bytes(&key, VOUCHER_BY, text.as_bytes())?))
    }

    /// What a voucher of this vault says; nothing for any other text.
    #[must_use]
    pub fn read_voucher(&self, voucher: &str) -> Option<String> {
        let key = seal::derived(self.pepper(), VOUCHER_BY).ok()?;
        let sealed = URL_SAFE_NO_PAD.decode(voucher).ok()?;
        String::from_utf8(seal::open_bytes(&key, VOUCHER_BY, &sealed).ok()?).ok()
    }
}
