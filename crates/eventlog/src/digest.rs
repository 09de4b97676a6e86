//! What is remembered of a request, so that another one under its id is refused: a digest under a key that
//! does not lie in the log.

use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use runtime::Ids;
use sha2::{Digest, Sha256};

use crate::log::LogError;

/// The id of a key, and a digest under it.
pub type RequestDigest = [u8; 48];
/// What stands beside an id: which kind of request it was, which is no secret, and its digest.
pub type RequestMark = [u8; 56];
const KIND_BYTES: usize = 8;

pub(crate) fn mark(kind: &str, digest: &RequestDigest) -> RequestMark {
    let mut mark = [0; 56];
    let (first, rest) = mark.split_at_mut(KIND_BYTES);
    first.copy_from_slice(&kind_mark(kind));
    rest.copy_from_slice(digest);
    mark
}

/// The digest in a mark, where it is of this kind.
pub(crate) fn digest_in(mark: &RequestMark, kind: &str) -> Option<RequestDigest> {
    let (first, rest) = mark.split_at(KIND_BYTES);
    (first == kind_mark(kind)).then(|| rest.try_into().ok()).flatten()
}

fn kind_mark(kind: &str) -> [u8; KIND_BYTES] {
    let whole: [u8; 32] = Sha256::digest(kind.as_bytes()).into();
    whole.first_chunk().copied().unwrap_or_default()
}

/// A request is remembered for ever, and there are few telephone numbers: a digest that anybody could make
/// again would give away what was erased. So its key is made elsewhere, and destroyed there.
#[async_trait]
pub trait RequestDigests: Send + Sync {
    /// Of a request that comes now.
    ///
    /// # Errors
    /// When no key can be had.
    async fn digest(&self, body: &[u8]) -> Result<RequestDigest, LogError>;

    /// Whether it is of this request. Of one whose key is destroyed nobody can tell; it counts as the same.
    ///
    /// # Errors
    /// When the key cannot be read.
    async fn is_of(&self, digest: &RequestDigest, body: &[u8]) -> Result<bool, LogError>;
}

/// Under a key that ends with the process: simulations and tests.
pub struct MemoryDigests {
    secret: [u8; 32],
}

impl MemoryDigests {
    #[must_use]
    pub fn new(ids: &Ids) -> Self {
        Self { secret: ids.bytes() }
    }
}

#[async_trait]
impl RequestDigests for MemoryDigests {
    async fn digest(&self, body: &[u8]) -> Result<RequestDigest, LogError> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.secret)
            .map_err(|error| LogError::Damaged(format!("request digests: {error}")))?;
        mac.update(body);
        let mut digest = [0; 48];
        let (_, made) = digest.split_at_mut(16);
        made.copy_from_slice(&mac.finalize().into_bytes());
        Ok(digest)
    }

    async fn is_of(&self, digest: &RequestDigest, body: &[u8]) -> Result<bool, LogError> {
        Ok(self.digest(body).await? == *digest)
    }
}
