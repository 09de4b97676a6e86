//! Files beside the log, each named by the digest of what it holds, which is ciphertext. What stands in an
//! event is the name: a file that is lost or changed is known to be.

mod bucket;
mod directory;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use thiserror::Error;

pub use bucket::Bucket;
pub use directory::Directory;

/// SHA-256 of a file's bytes, hex.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(String);

impl Address {
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Address {
    type Err = BlobError;

    fn from_str(text: &str) -> Result<Self, BlobError> {
        let is_digest =
            text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if is_digest { Ok(Self(text.into())) } else { Err(BlobError::NotAnAddress) }
    }
}

#[derive(Debug, Error)]
pub enum BlobError {
    #[error("64 hex digits, lower case, name a file")]
    NotAnAddress,
    /// Never there, or deleted since.
    #[error("there is no such file")]
    Absent,
    /// What is there is not what its name says.
    #[error("the file is damaged")]
    Damaged,
    #[error("{0}")]
    Unavailable(String),
}

/// Where files are kept. An acknowledged file is durable.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Takes these bytes in; the same ones again change nothing. A sweep deletes them unless they are kept.
    async fn put(&self, bytes: Vec<u8>) -> Result<Address, BlobError>;

    /// Keeps what was taken in; again is the same as once.
    async fn keep(&self, address: &Address) -> Result<(), BlobError>;

    /// The bytes of this name and no others, once they are kept.
    async fn get(&self, address: &Address) -> Result<Vec<u8>, BlobError>;

    /// Deletes them; what is not there is deleted already.
    async fn delete(&self, address: &Address) -> Result<(), BlobError>;

    /// Deletes what was taken in this long ago, by the store's own clock, and not kept since: how many files.
    async fn sweep(&self, ago: Duration) -> Result<usize, BlobError>;
}

/// The folder of what was taken in and is not kept yet.
const ARRIVED: &str = "arrived";
