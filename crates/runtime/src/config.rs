//! Configuration: defaults < file < `BIDAO_*` environment < flags. An unknown key is an error.

mod whole;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::de::value::Error as ValueError;
use serde::de::{Error as _, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Auth {
    /// Nobody gets in. The default until somebody decides otherwise.
    #[default]
    Closed,
    /// A trusted proxy in front states who calls. Refused with `--production`.
    TrustedHeader,
    /// A key, a session or the identity provider's token proves who calls.
    Credentials,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockKind {
    #[default]
    System,
    /// Moved by AdminService.AdvanceTime alone: tests, demos, exercises.
    Manual,
}

/// What a process does; one process may do it all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Takes commands and answers questions.
    Api,
    /// Builds the views.
    Projector,
    /// Fires timers and carries out reactions.
    Escalator,
    /// Fills the streams of NATS; has nothing to do where there is none.
    Relay,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Api, Self::Projector, Self::Escalator, Self::Relay];
}

/// Where a server is and how to get in: it may hold a password, so it is never printed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretUrl(String);

impl SecretUrl {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = self.0.split_once("://").map_or("none", |(scheme, _)| scheme);
        write!(f, "{scheme}{}", if self.0.is_empty() { "" } else { "://…" })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub data_dir: PathBuf,
    pub listen: SocketAddr,
    /// Six digits: province, city, county (GB/T 2260).
    pub county6: String,
    pub auth: Auth,
    pub clock: ClockKind,
    /// Where a manual clock starts, RFC 3339; empty: at the host's time.
    pub clock_start: String,
    /// What this process does; from the environment as `api,projector`.
    #[serde(deserialize_with = "roles")]
    pub roles: Vec<Role>,
    /// PostgreSQL of the event log, of the views and of the vault, as `postgres://bidao@db/log`; all
    /// three, or none: then everything is in files in `data_dir`.
    pub log_url: SecretUrl,
    pub views_url: SecretUrl,
    pub vault_url: SecretUrl,
    /// NATS, as `nats://bidao:password@one:4222,nats://two:4222`; empty: no event leaves the database.
    pub nats_url: SecretUrl,
    /// A credentials file of the NATS user, where the URL names none.
    pub nats_credentials: PathBuf,
    /// Files, PEM: who vouches for the servers of NATS, where the machine does not know them, and what this
    /// process shows them, both or none.
    pub nats_ca: PathBuf,
    pub nats_certificate: PathBuf,
    pub nats_key: PathBuf,
    /// Copies of each stream, on as many servers.
    pub nats_replicas: usize,
    /// 32 bytes that wrap the vault's keys; made at the first start when absent, by `bidao migrate` for
    /// PostgreSQL.
    pub kek_file: PathBuf,
    /// Where pictures are kept, as ciphertext; empty: beside the data. Several processes share one folder.
    pub blob_dir: PathBuf,
    /// An object store that speaks S3 instead, as `https://store.example/bucket` or `https://bucket.store.example`,
    /// its region, and a file with its keys, `ACCESS:SECRET`.
    pub blob_url: String,
    pub blob_region: String,
    pub blob_keys_file: PathBuf,
    /// The county's identity provider, where people do not log in here: the claim `iss` of its tokens, the
    /// claim `aud` they must have, and a file with its public keys (JWK Set, RFC 7517), read again when a
    /// token is signed with one that is not known; without a file the provider is asked for them.
    pub jwt_issuer: String,
    pub jwt_audience: String,
    pub jwt_keys: PathBuf,
    /// How that provider knows us when people sign in with a browser: client id, a file with the client's
    /// secret, and where browsers find this server, as `https://bidao.county.example`. All three, or none.
    pub oidc_client_id: String,
    pub oidc_secret_file: PathBuf,
    pub public_url: String,
    /// How often each principal may ask, where it is proven who calls; 0: as often as it likes. Whoever files
    /// something is never refused.
    pub calls_per_minute: u32,
    /// Files, PEM: the server's certificate with those above it, and its private key; both, or none, where a
    /// proxy on this machine ends TLS.
    pub tls_certificate: PathBuf,
    pub tls_key: PathBuf,
    /// Certificates of whoever vouches for machines: one that shows theirs is known by the first name in it.
    pub tls_clients: PathBuf,
    pub log: String,
}

#[derive(Debug, Error)]
#[error("{0}")]
pub struct ConfigError(String);

/// For the command line; no keys of the server's own configuration.
const CLIENT_VARIABLES: [&str; 5] =
    ["BIDAO_SERVER", "BIDAO_TOKEN", "BIDAO_CA", "BIDAO_CERTIFICATE", "BIDAO_KEY"];

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: "bidao-data".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 7433)),
            county6: "000000".into(),
            auth: Auth::default(),
            clock: ClockKind::default(),
            clock_start: String::new(),
            roles: Role::ALL.to_vec(),
            log_url: SecretUrl::default(),
            views_url: SecretUrl::default(),
            vault_url: SecretUrl::default(),
            nats_url: SecretUrl::default(),
            nats_credentials: PathBuf::new(),
            nats_ca: PathBuf::new(),
            nats_certificate: PathBuf::new(),
            nats_key: PathBuf::new(),
            nats_replicas: 1,
            kek_file: PathBuf::new(),
            blob_dir: PathBuf::new(),
            blob_url: String::new(),
            blob_region: "us-east-1".into(),
            blob_keys_file: PathBuf::new(),
            jwt_issuer: String::new(),
            jwt_audience: String::new(),
            jwt_keys: PathBuf::new(),
            oidc_client_id: String::new(),
            oidc_secret_file: PathBuf::new(),
            public_url: String::new(),
            calls_per_minute: 6_000,
            tls_certificate: PathBuf::new(),
            tls_key: PathBuf::new(),
            tls_clients: PathBuf::new(),
            log: "info".into(),
        }
    }
}

impl Config {
    /// Reads `file` (or none) and the environment over the defaults.
    ///
    /// # Errors
    /// One line with the key, what is wrong with it, and what was expected.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let defaults =
            config::Config::try_from(&Self::default()).map_err(|e| ConfigError(e.to_string()))?;
        let mut builder = config::Config::builder().add_source(defaults);
        if let Some(path) = file {
            if !path.is_file() {
                return Err(ConfigError(format!(
                    "configuration: no file {}; name one with --config, or leave it out for the defaults",
                    path.display()
                )));
            }
            builder = builder.add_source(config::File::from(path).format(config::FileFormat::Toml));
        }
        let environment =
            config::Environment::with_prefix("BIDAO").prefix_separator("_").source(Some(
                std::env::vars()
                    .filter(|(name, _)| !CLIENT_VARIABLES.contains(&name.as_str()))
                    .collect(),
            ));
        let config: Self = builder
            .add_source(environment)
            .build()
            .and_then(config::Config::try_deserialize)
            .map_err(|error| ConfigError(explained(&one_line(&error.to_string()), file)))?;
        config.checked()
    }

    /// Checks values that types do not; flags may have changed them.
    ///
    /// # Errors
    /// One line with the key and what was expected.
    pub fn checked(self) -> Result<Self, ConfigError> {
        let digits = self.county6.len() == 6 && self.county6.bytes().all(|b| b.is_ascii_digit());
        if !digits {
            return Err(ConfigError(format!(
                "configuration: county6 = '{}' must be the six digits of the county, as 341504",
                self.county6
            )));
        }
        let urls = [
            ("log_url", &self.log_url),
            ("views_url", &self.views_url),
            ("vault_url", &self.vault_url),
        ];
        let missing = urls.iter().find(|(_, url)| url.0.is_empty());
        if let Some((key, _)) = missing.filter(|_| !self.is_embedded()) {
            return Err(ConfigError(format!(
                "configuration: {key} is missing; log_url, views_url and vault_url go together"
            )));
        }
        if self.is_embedded() && !Role::ALL.iter().all(|role| self.roles.contains(role)) {
            return Err(ConfigError(
                "configuration: roles: one process keeps the files of data_dir and does it all; set log_url, views_url and vault_url to share the work"
                    .into(),
            ));
        }
        let known = |url: &SecretUrl| {
            url.0.is_empty()
                || ["postgres://", "postgresql://"].iter().any(|p| url.0.starts_with(p))
        };
        if let Some((key, _)) = urls.iter().find(|(_, url)| !known(url)) {
            return Err(ConfigError(format!(
                "configuration: {key} must be a URL, as postgres://bidao@localhost/bidao"
            )));
        }
        if !self.nats_url.0.is_empty()
            && !self.nats_url.0.starts_with("nats://")
            && !self.nats_url.0.starts_with("tls://")
        {
            return Err(ConfigError(
                "configuration: nats_url must be a URL, as nats://localhost:4222".into(),
            ));
        }
        if self.roles == [Role::Relay] && self.nats_url.0.is_empty() {
            return Err(ConfigError(
                "configuration: roles: a relay needs nats_url, as nats://localhost:4222".into(),
            ));
        }
        self.require_whole_provider()?;
        self.require_whole_sign_in()?;
        self.require_whole_tls()?;
        self.require_whole_store()?;
        self.require_whole_nats_tls()?;
        if !matches!(self.nats_replicas, 1 | 3 | 5) {
            return Err(ConfigError(format!(
                "configuration: nats_replicas = {} must be 1, 3 or 5",
                self.nats_replicas
            )));
        }
        let level = ["error", "warn", "info", "debug", "trace"].contains(&self.log.as_str());
        if !level && !self.log.contains('=') {
            return Err(ConfigError(format!(
                "configuration: log = '{}' must be error, warn, info, debug or trace, or targets as 'info,worker=debug'",
                self.log
            )));
        }
        Ok(self)
    }

    /// Whoever calls does so over TLS.
    #[must_use]
    pub fn has_tls(&self) -> bool {
        !self.tls_certificate.as_os_str().is_empty()
    }

    /// Everything is in files of this machine.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        [&self.log_url, &self.views_url, &self.vault_url].iter().all(|url| url.0.is_empty())
    }

    /// The folder of pictures: as configured, or beside the data.
    #[must_use]
    pub fn blob_path(&self) -> PathBuf {
        if self.blob_dir.as_os_str().is_empty() {
            self.data_dir.join("blobs")
        } else {
            self.blob_dir.clone()
        }
    }

    /// The key file: as configured, or beside the data.
    #[must_use]
    pub fn kek_path(&self) -> PathBuf {
        if self.kek_file.as_os_str().is_empty() {
            self.data_dir.join("vault.kek")
        } else {
            self.kek_file.clone()
        }
    }
}

/// A list, or the names with commas between them, as the environment has them.
fn roles<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Role>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Names(String),
        List(Vec<String>),
    }
    let names = match Written::deserialize(deserializer)? {
        Written::Names(names) => names.split(',').map(|name| name.trim().to_owned()).collect(),
        Written::List(names) => names,
    };
    let role = |name: &String| {
        Role::deserialize(name.as_str().into_deserializer())
            .map_err(|error: ValueError| D::Error::custom(error.to_string()))
    };
    names.iter().map(role).collect()
}

/// What each key takes, for a value that its type refuses.
const EXPECTED: [(&str, &str); 3] = [
    ("auth", "'closed', 'trusted-header' or 'credentials'"),
    ("clock", "'system' or 'manual'"),
    ("listen", "an address with a port, as '127.0.0.1:7433'"),
];

/// The cause, where it stands, and what would do.
fn explained(cause: &str, file: Option<&Path>) -> String {
    let key = cause.split('`').nth(1).unwrap_or_default();
    let variable = format!("BIDAO_{}", key.to_uppercase());
    let place = match file {
        _ if !key.is_empty() && std::env::var_os(&variable).is_some() => variable,
        Some(path) => path.display().to_string(),
        None => "environment".into(),
    };
    let expected = EXPECTED.iter().find(|(known, _)| cause.ends_with(&format!("`{known}`")));
    match expected {
        Some((known, expected)) => format!("configuration: {place}: {known} must be {expected}"),
        None => format!("configuration: {place}: {cause}"),
    }
}

/// Parsers draw pictures of where they stumbled; an operator reads one line. The picture repeats the text,
/// which may hold a password, so it is left out.
fn one_line(text: &str) -> String {
    let said = text.lines().filter(|line| !line.contains('|'));
    said.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Config, ConfigError> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("bidao.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(Some(&path))
    }

    #[test]
    fn reads_a_file_over_the_defaults() {
        let config =
            load("county6 = '341504'\nauth = 'trusted-header'\nlisten = '127.0.0.1:1234'").unwrap();
        assert_eq!((config.county6.as_str(), config.auth), ("341504", Auth::TrustedHeader));
        assert_eq!((config.listen.port(), config.clock), (1234, ClockKind::System));
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = load("county = '341504'").unwrap_err().to_string();
        assert!(error.contains("county") && error.contains("county6"), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }

    #[test]
    fn a_wrong_value_is_named() {
        for text in ["county6 = '34'", "auth = 'open'", "listen = 'here'", "clock = 'sundial'"] {
            let error = load(text).unwrap_err().to_string();
            assert!(!error.contains('\n'), "{error}");
            let place = error.contains("bidao.toml") || text.starts_with("county6");
            assert!(place && error.contains("must be"), "{error}");
        }
    }

    #[test]
    fn a_password_is_repeated_by_no_error() {
        for text in ["log_url = \"postgres://bidao:geheim@db/log", "log_url = ['geheim']"] {
            let error = load(text).unwrap_err().to_string();
            assert!(!error.contains("geheim"), "{error}");
        }
        let config = load("county6 = '341504'").unwrap();
        assert!(config.is_embedded() && format!("{config:?}").contains("none"));
    }

    #[test]
    fn a_file_that_is_not_there_is_named_with_what_to_do() {
        let error = Config::load(Some(Path::new("nowhere.toml"))).unwrap_err().to_string();
        assert!(error.contains("nowhere.toml") && error.contains("--config"), "{error}");
    }
}
