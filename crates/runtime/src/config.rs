//! Configuration: defaults < file < `BIDAO_*` environment < flags. An unknown key is an error.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Auth {
    /// Nobody gets in. The default until somebody decides otherwise.
    #[default]
    Closed,
    /// A trusted proxy in front states who calls. Refused with `--production`.
    TrustedHeader,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockKind {
    #[default]
    System,
    /// Moved by AdminService.AdvanceTime alone: tests, demos, exercises.
    Manual,
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
    /// 32 bytes that wrap the vault's keys; made at the first start when absent.
    pub kek_file: PathBuf,
    pub log: String,
}

#[derive(Debug, Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: "bidao-data".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 7433)),
            county6: "000000".into(),
            auth: Auth::default(),
            clock: ClockKind::default(),
            clock_start: String::new(),
            kek_file: PathBuf::new(),
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
            builder = builder.add_source(config::File::from(path).format(config::FileFormat::Toml));
        }
        let environment = config::Environment::with_prefix("BIDAO").prefix_separator("_");
        let config: Self = builder
            .add_source(environment)
            .build()
            .and_then(config::Config::try_deserialize)
            .map_err(|error| ConfigError(format!("configuration: {error}")))?;
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
        Ok(self)
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
