//! Tickets: what one process grants and another honours, without a word in between. Nobody else can read or
//! make one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{Vault, VaultError, seal};

/// Names what is sealed; another use of the pepper gets another name.
const TICKET_BY: &[u8] = b"bidao/vault/ticket/1";

impl Vault {
    /// A ticket that says `text`, in letters that a URL holds.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`] when the cipher fails.
    pub fn ticket(&self, text: &str) -> Result<String, VaultError> {
        let key = seal::derived(self.pepper(), TICKET_BY)?;
        Ok(URL_SAFE_NO_PAD.encode(seal::seal_bytes(&key, TICKET_BY, text.as_bytes())?))
    }

    /// What a ticket of this vault says; nothing for any other text.
    #[must_use]
    pub fn read_ticket(&self, ticket: &str) -> Option<String> {
        let key = seal::derived(self.pepper(), TICKET_BY).ok()?;
        let sealed = URL_SAFE_NO_PAD.decode(ticket).ok()?;
        String::from_utf8(seal::open_bytes(&key, TICKET_BY, &sealed).ok()?).ok()
    }
}
