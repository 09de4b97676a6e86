//! TLS at the door, where no proxy ends it, and machines that prove themselves by a certificate of their own.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::connect_info::ConnectInfo;
use axum::middleware::Next;
use axum::serve::Listener;
use http::{HeaderName, HeaderValue, Request, Response};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;

/// Whoever does not finish greeting holds no place.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// Connections that have greeted and are not yet taken.
const GREETED_MAX: usize = 64;
/// Which machine it is, by the certificate it showed. What a caller writes here itself is dropped.
pub(crate) const CERTIFICATE: HeaderName = HeaderName::from_static("x-bidao-certificate");

/// The server's side of TLS.
#[derive(Clone)]
pub struct Tls(Arc<ServerConfig>);

impl Tls {
    /// Reads certificate and key, and whom to believe about machines; `None` asks nobody for a certificate.
    ///
    /// # Errors
    /// One line that names the file and says what it must hold.
    pub fn read(certificate: &Path, key: &Path, clients: Option<&Path>) -> Result<Self, String> {
        let wrong = |path: &Path, what: &str, error: &dyn std::fmt::Display| {
            format!("{}: must hold {what}, PEM: {error}", path.display())
        };
        let chain = certificates(certificate)?;
        let secret = PrivateKeyDer::from_pem_file(key)
            .map_err(|error| wrong(key, "the certificate's private key", &error))?;
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(path) => {
                let mut roots = RootCertStore::empty();
                for root in certificates(path)? {
                    roots.add(root).map_err(|error| wrong(path, "certificates", &error))?;
                }
                let asks = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                    .allow_unauthenticated()
                    .build()
                    .map_err(|error| wrong(path, "certificates", &error))?;
                builder.with_client_cert_verifier(asks)
            }
        };
        let mut config = builder
            .with_single_cert(chain, secret)
            .map_err(|error| wrong(key, "the key of tls_certificate", &error))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let wrong = |why: String| format!("{}: must hold certificates, PEM: {why}", path.display());
    let found = read.map_err(|error| wrong(error.to_string()))?;
    if found.is_empty() { Err(wrong("there is none".into())) } else { Ok(found) }
}

/// Who is at the other end.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// The first name of the certificate it showed, which somebody in `tls_clients` vouches for.
    certificate: Option<String>,
}

/// Takes connections, greets each on its own, and hands on those that finished.
pub(crate) struct TlsListener {
    greeted: mpsc::Receiver<(TlsStream<TcpStream>, Peer)>,
}

impl TlsListener {
    pub(crate) fn start(listener: TcpListener, tls: &Tls) -> Self {
        let acceptor = TlsAcceptor::from(Arc::clone(&tls.0));
        let (hand_on, greeted) = mpsc::channel(GREETED_MAX);
        tokio::spawn(greet_all(listener, acceptor, hand_on));
        Self { greeted }
    }
}

async fn greet_all(
    mut listener: TcpListener,
    acceptor: TlsAcceptor,
    hand_on: mpsc::Sender<(TlsStream<TcpStream>, Peer)>,
) {
    loop {
        // Axum's way of taking connections outlives errors of single ones.
        let (connection, _) = tokio::select! {
            () = hand_on.closed() => return,
            taken = Listener::accept(&mut listener) => taken,
        };
        let (acceptor, hand_on) = (acceptor.clone(), hand_on.clone());
        tokio::spawn(async move {
            if let Err(error) = connection.set_nodelay(true) {
                tracing::debug!(%error, "a connection keeps its small packets back");
            }
            match tokio::time::timeout(HANDSHAKE_MAX, acceptor.accept(connection)).await {
                Ok(Ok(stream)) => {
                    let shown = stream.get_ref().1.peer_certificates();
                    let certificate = shown.and_then(|chain| name_in(chain.first()?));
                    // Nobody takes it where the server ends.
                    let _ = hand_on.send((stream, Peer { certificate })).await;
                }
                Ok(Err(error)) => tracing::debug!(%error, "a greeting failed"),
                Err(_) => tracing::debug!("a greeting was not finished in time"),
            }
        });
    }
}

/// The name a machine is known by: its first DNS name, else its first URI.
fn name_in(certificate: &CertificateDer<'_>) -> Option<String> {
    let certificate = webpki::EndEntityCert::try_from(certificate).ok()?;
    let mut names = certificate.valid_dns_names();
    names.next().or_else(|| certificate.valid_uri_names().next()).map(Into::into)
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = Peer;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.greeted.recv().await {
            Some(greeted) => greeted,
            // Whoever greets has ended with the runtime.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(Peer { certificate: None })
    }
}

/// Writes down who the connection belongs to, and nothing that the caller says of it.
pub(crate) async fn state_peer(mut request: Request<Body>, next: Next) -> Response<Body> {
    request.headers_mut().remove(CERTIFICATE);
    let peer =
        request.extensions().get::<ConnectInfo<Peer>>().map(|ConnectInfo(peer)| peer.clone());
    let name = peer.and_then(|peer| peer.certificate);
    if let Some(name) = name.and_then(|name| HeaderValue::from_str(&name).ok()) {
        request.headers_mut().insert(CERTIFICATE, name);
    }
    next.run(request).await
}
