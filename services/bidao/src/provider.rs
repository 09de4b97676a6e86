//! The county's identity provider, as configured: its public keys, in a file or asked for, and what we ask it
//! when people sign in with a browser.

use std::path::PathBuf;
use std::sync::{Arc, Mutex as SyncMutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use api::{Fetch, JwkSet, Keys, Known, Provider, SignIn};
use async_trait::async_trait;
use runtime::config::Config;
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::fetch::Web;

/// Tokens with keys that nobody has do not make us look for each of them.
const REREAD: Duration = Duration::from_secs(5);
/// A key that the provider took back proves nobody any longer.
const KNOWN_FOR: Duration = Duration::from_secs(10 * 60);
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// `None` where people log in here, or come with keys.
pub fn of(config: &Config) -> Option<Provider> {
    (!config.jwt_issuer.is_empty()).then(|| {
        let place = if config.jwt_keys.as_os_str().is_empty() {
            Place::Asked(config.jwt_issuer.clone())
        } else {
            Place::File(config.jwt_keys.clone())
        };
        Provider {
            issuer: config.jwt_issuer.clone(),
            audience: config.jwt_audience.clone(),
            keys: Box::new(Found { place, known: SyncMutex::default(), reading: Mutex::default() }),
        }
    })
}

/// `None` where nobody signs in with a browser, or the secret cannot be read; [`check`] said so.
pub fn sign_in(config: &Config) -> Option<SignIn> {
    let client_id = config.oidc_client_id.clone();
    let client_secret = secret(config).ok().filter(|_| !client_id.is_empty())?;
    let public_url = config.public_url.trim_end_matches('/').to_owned();
    let (issuer, fetch) = (config.jwt_issuer.clone(), Arc::new(Web));
    Some(SignIn { issuer, client_id, client_secret, public_url, fetch, known: Known::default() })
}

fn secret(config: &Config) -> Result<String> {
    let path = &config.oidc_secret_file;
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("oidc_secret_file {}", path.display()))?;
    Ok(text.trim().to_owned())
}

/// Before anybody is served: a file that cannot be read lets nobody in. A provider that is asked may be away;
/// whoever comes meanwhile is refused.
///
/// # Errors
/// One line with cause and remedy.
pub fn check(config: &Config) -> Result<()> {
    if !config.oidc_client_id.is_empty() {
        secret(config)?;
    }
    let path = &config.jwt_keys;
    if path.as_os_str().is_empty() {
        return Ok(());
    }
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

enum Place {
    File(PathBuf),
    /// The issuer, which says where its keys are (OpenID Connect Discovery 1.0, 4).
    Asked(String),
}

struct Found {
    place: Place,
    known: SyncMutex<Option<(Instant, JwkSet)>>,
    reading: Mutex<()>,
}

impl Found {
    fn known(&self) -> Option<(Instant, JwkSet)> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[derive(Deserialize)]
struct Discovered {
    issuer: String,
    jwks_uri: String,
}

impl Place {
    async fn read(&self) -> Result<JwkSet> {
        let text = match self {
            Self::File(path) => {
                std::fs::read(path).with_context(|| format!("jwt_keys {}", path.display()))?
            }
            Self::Asked(issuer) => {
                let told = get(&format!("{}{DISCOVERY}", issuer.trim_end_matches('/'))).await?;
                let told: Discovered = serde_json::from_slice(&told)?;
                anyhow::ensure!(told.issuer == *issuer, "jwt_issuer calls itself {}", told.issuer);
                get(&told.jwks_uri).await?
            }
        };
        Ok(serde_json::from_slice(&text)?)
    }
}

async fn get(url: &str) -> Result<Vec<u8>> {
    let request = http::Request::get(url).body(Vec::new())?;
    let answer = Web.fetch(request).await.map_err(|error| anyhow!(error))?;
    anyhow::ensure!(answer.status().is_success(), "{url} answers {}", answer.status());
    Ok(answer.into_body())
}

#[async_trait]
impl Keys for Found {
    async fn keys(&self, stale: bool) -> JwkSet {
        let good_for = if stale { REREAD } else { KNOWN_FOR };
        let good = |read: Instant| read.elapsed() < good_for;
        let before = self.known();
        if let Some((read, keys)) = &before
            && good(*read)
        {
            return keys.clone();
        }
        // Whoever has a key that is known does not wait while another looks for newer ones.
        let _reading = match (self.reading.try_lock(), &before) {
            (Ok(reading), _) => reading,
            (Err(_), Some((_, keys))) if !stale => return keys.clone(),
            (Err(_), _) => self.reading.lock().await,
        };
        let before = self.known();
        if let Some((read, keys)) = &before
            && good(*read)
        {
            return keys.clone();
        }
        let before = before.map(|(_, keys)| keys);
        let keys = self.place.read().await.unwrap_or_else(|error| {
            tracing::error!(
                cause = format!("{error:#}"),
                "the identity provider's keys cannot be read"
            );
            before.unwrap_or_else(|| JwkSet { keys: Vec::new() })
        });
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((Instant::now(), keys.clone()));
        keys
    }
}
