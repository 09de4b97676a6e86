//! The county's identity provider, as configured: its public keys in a file.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use api::{JwkSet, Keys, Provider};
use async_trait::async_trait;
use runtime::config::Config;

/// Tokens with keys that nobody has do not make us read the file for each of them.
const REREAD: Duration = Duration::from_secs(5);

/// `None` where people log in here, or come with keys.
pub fn of(config: &Config) -> Option<Provider> {
    (!config.jwt_issuer.is_empty()).then(|| Provider {
        issuer: config.jwt_issuer.clone(),
        audience: config.jwt_audience.clone(),
        keys: Box::new(File { path: config.jwt_keys.clone(), known: Mutex::default() }),
    })
}

/// Before anybody is served: a file that cannot be read lets nobody in.
///
/// # Errors
/// One line with cause and remedy.
pub fn check(config: &Config) -> Result<()> {
    if config.jwt_issuer.is_empty() {
        return Ok(());
    }
    let path = &config.jwt_keys;
    let expected = || {
        format!(
            "jwt_keys {}: must be the identity provider's JWK Set, JSON, as its jwks_uri answers",
            path.display()
        )
    };
    let text = std::fs::read_to_string(path).with_context(expected)?;
    serde_json::from_str::<JwkSet>(&text).with_context(expected)?;
    Ok(())
}

struct File {
    path: PathBuf,
    known: Mutex<Option<(Instant, JwkSet)>>,
}

#[async_trait]
impl Keys for File {
    async fn keys(&self, stale: bool) -> JwkSet {
        let mut known = match self.known.lock() {
            Ok(known) => known,
            // Keys are only ever swapped whole.
            Err(poisoned) => poisoned.into_inner(),
        };
        if let Some((read, keys)) = &*known
            && !(stale && read.elapsed() >= REREAD)
        {
            return keys.clone();
        }
        let text = std::fs::read_to_string(&self.path).map_err(|error| error.to_string());
        let parsed = text.and_then(|text| {
            serde_json::from_str::<JwkSet>(&text).map_err(|error| error.to_string())
        });
        let before = known.take().map(|(_, keys)| keys);
        let keys = match parsed {
            Ok(keys) => keys,
            Err(error) => {
                tracing::error!(path = %self.path.display(), error, "jwt_keys cannot be read");
                before.unwrap_or_else(|| JwkSet { keys: Vec::new() })
            }
        };
        *known = Some((Instant::now(), keys.clone()));
        keys
    }
}
