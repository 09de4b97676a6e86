//! Keys that go together: all of them, or none.

use std::path::Path;

use super::{Config, ConfigError};

fn is_set(path: &Path) -> bool {
    !path.as_os_str().is_empty()
}

impl Config {
    pub(super) fn require_whole_provider(&self) -> Result<(), ConfigError> {
        let (issuer, audience) = (self.jwt_issuer.is_empty(), self.jwt_audience.is_empty());
        let keys = self.jwt_keys.as_os_str().is_empty();
        if issuer != audience || (issuer && !keys) {
            let key = if issuer { "jwt_issuer" } else { "jwt_audience" };
            return Err(ConfigError(format!(
                "configuration: {key} is missing; jwt_issuer and jwt_audience go together, and jwt_keys with them"
            )));
        }
        // In clear, anybody on the way could put their own keys into the answer.
        let local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
        let reached = self.jwt_issuer.starts_with("https://")
            || local.iter().any(|local| self.jwt_issuer.starts_with(local));
        if !issuer && keys && !reached {
            return Err(ConfigError(format!(
                "configuration: jwt_keys is missing, and jwt_issuer = '{}' is no https:// URL to ask for them",
                self.jwt_issuer
            )));
        }
        Ok(())
    }

    pub(super) fn require_whole_sign_in(&self) -> Result<(), ConfigError> {
        let parts = [
            self.oidc_client_id.is_empty(),
            self.oidc_secret_file.as_os_str().is_empty(),
            self.public_url.is_empty(),
        ];
        let whole = parts.iter().all(|missing| *missing) || !parts.iter().any(|missing| *missing);
        if !whole || (!parts[0] && self.jwt_issuer.is_empty()) {
            return Err(ConfigError(
                "configuration: oidc_client_id, oidc_secret_file and public_url go together, and need jwt_issuer"
                    .into(),
            ));
        }
        Ok(())
    }

    pub(super) fn require_whole_tls(&self) -> Result<(), ConfigError> {
        let (certificate, key) = (is_set(&self.tls_certificate), is_set(&self.tls_key));
        if certificate != key || (is_set(&self.tls_clients) && !key) {
            return Err(ConfigError(
                "configuration: tls_certificate and tls_key go together, and tls_clients needs them: files, PEM"
                    .into(),
            ));
        }
        Ok(())
    }

    pub(super) fn require_whole_store(&self) -> Result<(), ConfigError> {
        let (url, keys) = (!self.blob_url.is_empty(), is_set(&self.blob_keys_file));
        if url != keys || (url && is_set(&self.blob_dir)) {
            return Err(ConfigError(
                "configuration: blob_url and blob_keys_file go together, and without blob_dir: pictures are kept in one place"
                    .into(),
            ));
        }
        Ok(())
    }

    pub(super) fn require_whole_nats_tls(&self) -> Result<(), ConfigError> {
        if is_set(&self.nats_certificate) != is_set(&self.nats_key) {
            return Err(ConfigError(
                "configuration: nats_certificate and nats_key go together: files, PEM".into(),
            ));
        }
        Ok(())
    }
}
