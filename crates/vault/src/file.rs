//! The cipher of whole files: each under a key of its own, which is sealed as a text of the file it belongs
//! to. Once that text is unreadable, so is this.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::VaultError;
use crate::seal::{self, Secret};

/// Names the construction. A second one gets another name, and old files keep this one.
const FILE_BY: &[u8] = b"bidao/vault/file/1";

/// The ciphertext, and the key to be sealed.
///
/// # Errors
/// [`VaultError::Unavailable`] when the cipher fails.
pub fn seal(bytes: &[u8]) -> Result<(Vec<u8>, Zeroizing<String>), VaultError> {
    let key = Secret::random();
    let ciphertext = seal::seal_bytes(&key, FILE_BY, bytes)?;
    Ok((ciphertext, Zeroizing::new(STANDARD.encode(key.bytes()))))
}

/// Opens what [`seal`] made.
///
/// # Errors
/// [`VaultError::Tampered`] when key and ciphertext do not belong together.
pub fn open(key: &str, ciphertext: &[u8]) -> Result<Vec<u8>, VaultError> {
    let key = Zeroizing::new(STANDARD.decode(key).map_err(|_| VaultError::Tampered)?);
    let key = key.as_slice().try_into().map_err(|_| VaultError::Tampered)?;
    seal::open_bytes(&Secret::of(key), FILE_BY, ciphertext)
}
