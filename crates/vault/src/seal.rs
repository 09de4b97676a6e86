//! The cipher: key-committing authenticated encryption of one text, and the wrapping of keys at rest.
//!
//! A message has a fresh random 192-bit nonce N. HKDF-SHA256 with salt N turns the subject's key into
//! a message key and a 32-byte commitment; the commitment also covers everything the text is bound to.
//! XChaCha20-Poly1305 under the message key encrypts with N. The commitment is stored in the hashed
//! envelope: without it whoever holds two keys could show two texts for one ciphertext. It differs for
//! each message, as N does, so equal commitments say nothing about equal words.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use runtime::ids::fill_random;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::error::unavailable;
use crate::{Class, VaultError};

const NONCE: usize = 24;
const TAG: usize = 16;
const KEY: usize = 32;
/// A wrapped key: nonce, key, tag.
pub(crate) const WRAPPED: usize = NONCE + KEY + TAG;

/// Names the construction. A second one gets another name, and old texts keep this one.
const SEALED_BY: &[u8] = b"bidao/vault/seal/1";
const WRAPPED_BY: &[u8] = b"bidao/vault/wrap/1";

/// Where a text belongs, besides its field and class: it opens nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aad {
    pub log_id: Uuid,
    /// As `issue/<uuid>`.
    pub stream: String,
}

/// A sealed text, as it stands in an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub key_id: Uuid,
    /// Binds the ciphertext to exactly one key, base64.
    pub commitment: String,
    /// Nonce and ciphertext, base64.
    pub text: String,
}

/// 32 secret bytes; never printed, wiped when dropped.
#[derive(Clone)]
pub(crate) struct Secret(Zeroizing<[u8; KEY]>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    pub fn of(bytes: [u8; KEY]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub fn random() -> Self {
        let mut bytes = Zeroizing::new([0; KEY]);
        fill_random(bytes.as_mut());
        Self(bytes)
    }

    pub fn bytes(&self) -> &[u8; KEY] {
        &self.0
    }
}

/// Everything a ciphertext is bound to, each part with its length so that no two lists read alike.
pub(crate) fn bound_to(key_id: Uuid, class: Class, field: &str, aad: &Aad) -> Vec<u8> {
    let parts: [&[u8]; 6] = [
        SEALED_BY,
        aad.log_id.as_bytes(),
        aad.stream.as_bytes(),
        class.name().as_bytes(),
        field.as_bytes(),
        key_id.as_bytes(),
    ];
    joined(&parts)
}

/// Seals `plaintext` under the key, bound to `bound` (see [`bound_to`]).
pub(crate) fn seal(
    key_id: Uuid,
    key: &Secret,
    bound: &[u8],
    plaintext: &str,
) -> Result<Sealed, VaultError> {
    let nonce = random_nonce();
    let (message_key, commitment) = derive(key, &nonce, bound)?;
    let mut text = nonce.to_vec();
    text.extend(encrypt(&message_key, nonce, bound, plaintext.as_bytes())?);
    Ok(Sealed { key_id, commitment: STANDARD.encode(commitment), text: STANDARD.encode(text) })
}

/// Opens what [`seal`] made. The commitment is checked first, in constant time.
pub(crate) fn open(key: &Secret, bound: &[u8], sealed: &Sealed) -> Result<String, VaultError> {
    let decoded = |text: &str| STANDARD.decode(text).map_err(|_| VaultError::Tampered);
    let (claimed, text) = (decoded(&sealed.commitment)?, decoded(&sealed.text)?);
    let (nonce, ciphertext) = text.split_first_chunk::<NONCE>().ok_or(VaultError::Tampered)?;
    let (message_key, commitment) = derive(key, nonce, bound)?;
    if !bool::from(commitment.as_slice().ct_eq(&claimed)) {
        return Err(VaultError::Tampered);
    }
    let plaintext = decrypt(&message_key, *nonce, bound, ciphertext)?;
    String::from_utf8(plaintext).map_err(|_| VaultError::Tampered)
}

/// Seals bytes under a key of one use, bound to `bound`: nonce and ciphertext.
pub(crate) fn seal_bytes(key: &Secret, bound: &[u8], bytes: &[u8]) -> Result<Vec<u8>, VaultError> {
    let nonce = random_nonce();
    let mut sealed = nonce.to_vec();
    sealed.extend(encrypt(key, nonce, bound, bytes)?);
    Ok(sealed)
}

/// Opens what [`seal_bytes`] made.
pub(crate) fn open_bytes(key: &Secret, bound: &[u8], sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>().ok_or(VaultError::Tampered)?;
    decrypt(key, *nonce, bound, ciphertext)
}

/// A key for another use of `secret`.
pub(crate) fn derived(secret: &Secret, named: &[u8]) -> Result<Secret, VaultError> {
    let mut key = Zeroizing::new([0; KEY]);
    let stretched = Hkdf::<Sha256>::new(None, secret.bytes()).expand(named, key.as_mut());
    stretched.map_err(unavailable)?;
    Ok(Secret::of(*key))
}

/// HMAC-SHA256.
pub(crate) fn mac(key: &Secret, text: &[u8]) -> Result<[u8; 32], VaultError> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.bytes()).map_err(unavailable)?;
    mac.update(text);
    Ok(mac.finalize().into_bytes().into())
}

/// A key as it rests on disk, bound to its id so that rows cannot be exchanged.
pub(crate) fn wrap(kek: &Secret, key_id: Uuid, key: &Secret) -> Result<Vec<u8>, VaultError> {
    let nonce = random_nonce();
    let mut wrapped = nonce.to_vec();
    wrapped.extend(encrypt(kek, nonce, &joined(&[WRAPPED_BY, key_id.as_bytes()]), key.bytes())?);
    Ok(wrapped)
}

pub(crate) fn unwrap(kek: &Secret, key_id: Uuid, wrapped: &[u8]) -> Result<Secret, VaultError> {
    let (nonce, ciphertext) = wrapped.split_first_chunk::<NONCE>().ok_or(VaultError::Tampered)?;
    let key = Zeroizing::new(decrypt(
        kek,
        *nonce,
        &joined(&[WRAPPED_BY, key_id.as_bytes()]),
        ciphertext,
    )?);
    let key: [u8; KEY] = key.as_slice().try_into().map_err(|_| VaultError::Tampered)?;
    Ok(Secret::of(key))
}

/// The message key and the commitment. The commitment's input covers key, nonce and binding, so a
/// second opening would be a collision in SHA-256.
fn derive(
    key: &Secret,
    nonce: &[u8; NONCE],
    bound: &[u8],
) -> Result<(Secret, [u8; 32]), VaultError> {
    let from_key = Hkdf::<Sha256>::new(Some(nonce), key.bytes());
    let mut message_key = Zeroizing::new([0; KEY]);
    from_key.expand(b"encrypt", message_key.as_mut()).map_err(unavailable)?;
    let mut commitment = [0; 32];
    from_key.expand_multi_info(&[b"commit", bound], &mut commitment).map_err(unavailable)?;
    Ok((Secret(message_key), commitment))
}

fn encrypt(
    key: &Secret,
    nonce: [u8; NONCE],
    aad: &[u8],
    msg: &[u8],
) -> Result<Vec<u8>, VaultError> {
    XChaCha20Poly1305::new(key.bytes().into())
        .encrypt(&XNonce::from(nonce), Payload { msg, aad })
        .map_err(|_| unavailable("the text is too long to seal"))
}

fn decrypt(
    key: &Secret,
    nonce: [u8; NONCE],
    aad: &[u8],
    msg: &[u8],
) -> Result<Vec<u8>, VaultError> {
    XChaCha20Poly1305::new(key.bytes().into())
        .decrypt(&XNonce::from(nonce), Payload { msg, aad })
        .map_err(|_| VaultError::Tampered)
}

fn random_nonce() -> [u8; NONCE] {
    let mut nonce = [0; NONCE];
    fill_random(&mut nonce);
    nonce
}

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}
