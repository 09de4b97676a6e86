//! Asking others over HTTP: the identity provider and the object store, which this machine believes by its own
//! certificates.

use std::io::Read;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use api::Fetch;
use async_trait::async_trait;
use tokio_rustls::rustls::crypto::ring;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body};

const WITHIN: Duration = Duration::from_secs(10);
/// An answer above this is none of a provider's.
const BYTES_MAX: u64 = 1 << 20;

/// The network as this machine sees it.
pub struct Web;

/// One for the whole process; a copy is the same one.
pub fn agent() -> Agent {
    static AGENT: OnceLock<Agent> = OnceLock::new();
    AGENT
        .get_or_init(|| {
            let found = rustls_native_certs::load_native_certs();
            let roots = found.certs.iter().map(|known| Certificate::from_der(known).to_owned());
            let tls = TlsConfig::builder()
                .root_certs(RootCerts::new_with_certs(&roots.collect::<Vec<_>>()))
                .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
                .build();
            Agent::config_builder()
                .tls_config(tls)
                .timeout_global(Some(WITHIN))
                .max_redirects(0)
                .max_redirects_will_error(false)
                .http_status_as_error(false)
                .build()
                .into()
        })
        .clone()
}

#[async_trait]
impl Fetch for Web {
    async fn fetch(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, String> {
        let asked = request.uri().clone();
        let answered = tokio::task::spawn_blocking(move || ask(request)).await;
        let answered = answered.map_err(|error| error.to_string())?;
        answered.map_err(|error| format!("{asked}: {error}"))
    }
}

fn ask(request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, ureq::Error> {
    let answer: http::Response<Body> = agent().run(request)?;
    let (parts, body) = answer.into_parts();
    let mut bytes = Vec::new();
    body.into_reader().take(BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(http::Response::from_parts(parts, bytes))
}
