//! The keys of request digests are the vault's.

use std::sync::Arc;

use async_trait::async_trait;
use eventlog::{LogError, RequestDigest, RequestDigests};
use vault::{Vault, VaultError};

pub struct VaultDigests(pub Arc<Vault>);

#[async_trait]
impl RequestDigests for VaultDigests {
    async fn digest(&self, body: &[u8]) -> Result<RequestDigest, LogError> {
        self.0.request_digest(body).await.map_err(unavailable)
    }

    async fn is_of(&self, digest: &RequestDigest, body: &[u8]) -> Result<bool, LogError> {
        self.0.is_request_of(digest, body).await.map_err(unavailable)
    }
}

fn unavailable(error: VaultError) -> LogError {
    LogError::Unavailable(format!("request digests: {error}"))
}
