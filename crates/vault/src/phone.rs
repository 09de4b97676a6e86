//! The blind index of telephone numbers: digests under the vault's pepper, so that the files of a caller are
//! found by number and the index alone tells no number.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::VaultError;
use crate::error::unavailable;
use crate::numbers;
use crate::seal::Secret;

/// Names what is digested; another use of the pepper gets another name.
const DIGEST: &[u8] = b"bidao/vault/phone/1";

/// Words in which a number may stand, the key that sealed them, and where.
pub struct PhoneKey {
    pub text: String,
    pub key_id: Uuid,
    /// As `issue/<uuid>`.
    pub stream: String,
}

pub(crate) struct PhoneRow {
    pub digest: [u8; 32],
    pub key_id: Uuid,
    pub stream: String,
}

impl PhoneKey {
    /// One for each number in the words.
    pub(crate) fn rows(&self, pepper: &Secret) -> Result<Vec<PhoneRow>, VaultError> {
        let mut rows = Vec::new();
        for number in numbers::dialled(&self.text) {
            let digest = digest(pepper, &number)?;
            rows.push(PhoneRow { digest, key_id: self.key_id, stream: self.stream.clone() });
        }
        Ok(rows)
    }
}

/// Of the one number in `text`; nothing where there is none, or more than one.
pub(crate) fn digest_of(pepper: &Secret, text: &str) -> Result<Option<[u8; 32]>, VaultError> {
    match numbers::dialled(text).as_slice() {
        [number] => digest(pepper, number).map(Some),
        _ => Ok(None),
    }
}

fn digest(pepper: &Secret, number: &str) -> Result<[u8; 32], VaultError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(pepper.bytes()).map_err(unavailable)?;
    mac.update(DIGEST);
    mac.update(number.as_bytes());
    Ok(mac.finalize().into_bytes().into())
}
