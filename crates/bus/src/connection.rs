//! One connection to NATS, made to outlive every outage.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, ServerAddr};
use percent_encoding::percent_decode_str;
use runtime::ids::jittered;

use crate::error::{BusError, OLDEST_SERVER, unavailable};

/// How long any answer may take; publishing while disconnected says nothing until then.
const ANSWER: Duration = Duration::from_secs(5);
/// A dead connection is noticed after two of these.
const PING: Duration = Duration::from_secs(5);
/// Attempts to reconnect are this far apart at most, and never all at once.
const RECONNECT_MS_MAX: u64 = 4_000;

/// Where NATS is, and how to get in.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// One or more servers, separated by commas; user and password, or a token, as the first has them.
    pub urls: String,
    /// A credentials file of the account's user.
    pub credentials: Option<PathBuf>,
    /// Who vouches for the servers, where the machine does not know them; PEM.
    pub ca: Option<PathBuf>,
    /// What is shown to them, a certificate and its key; PEM.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// What the server calls this connection.
    pub name: String,
    /// Copies of each stream that is made, on as many servers.
    pub replicas: usize,
}

#[derive(Clone)]
pub struct Bus {
    pub(crate) client: Client,
    pub(crate) context: Context,
    pub(crate) replicas: usize,
    trouble: Trouble,
}

/// What the connection last failed with; `None` while it stands.
#[derive(Clone, Default)]
struct Trouble(Arc<Mutex<Option<String>>>);

impl Trouble {
    fn set(&self, trouble: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    fn learn(&self, event: &Event) {
        match event {
            Event::ServerError(_) | Event::ClientError(_) => {
                tracing::error!(%event, "NATS");
                self.set(Some(event.to_string()));
            }
            Event::SlowConsumer(_) => tracing::error!(%event, "NATS"),
            Event::Disconnected | Event::LameDuckMode => tracing::warn!(%event, "NATS"),
            Event::Draining | Event::Closed => tracing::info!(%event, "NATS"),
            Event::Connected => {
                tracing::info!(%event, "NATS");
                self.set(None);
            }
        }
    }

    fn as_error(&self) -> BusError {
        let trouble = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let trouble = trouble.unwrap_or_else(|| "no connection".into());
        let refused = ["authorization", "authentication"].iter().any(|word| trouble.contains(word));
        if refused { BusError::Refused(trouble) } else { BusError::Unavailable(trouble) }
    }
}

impl Bus {
    /// Connects. A server that does not answer yet is no error: the connection is made when it does.
    ///
    /// # Errors
    /// When the server refuses the user, or the address is none.
    pub async fn connect(place: &Place) -> Result<Self, BusError> {
        let servers = servers(&place.urls)?;
        let trouble = Trouble::default();
        let first = options(place, &trouble).await?.connect(&servers).await;
        let client = match first {
            Ok(client) => client,
            Err(error) => match error.kind() {
                ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication => {
                    return Err(BusError::Refused(error.to_string()));
                }
                ConnectErrorKind::ServerParse | ConnectErrorKind::Tls => {
                    return Err(unavailable(error));
                }
                ConnectErrorKind::Dns
                | ConnectErrorKind::TimedOut
                | ConnectErrorKind::Io
                | ConnectErrorKind::MaxReconnects => {
                    tracing::warn!(%error, "NATS does not answer; events wait in the database");
                    let later = options(place, &trouble).await?.retry_on_initial_connect();
                    later.connect(&servers).await.map_err(unavailable)?
                }
            },
        };
        let context = ContextBuilder::new().timeout(ANSWER).build(client.clone());
        Ok(Self { client, context, replicas: place.replicas.max(1), trouble })
    }

    /// The server's version.
    ///
    /// # Errors
    /// While there is no connection, with why the last attempt failed, or when the server is too old for what
    /// is asked of it.
    pub fn version(&self) -> Result<String, BusError> {
        if self.client.connection_state() != async_nats::connection::State::Connected {
            return Err(self.trouble.as_error());
        }
        let version = self.client.server_info().version;
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
        let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        if found < OLDEST_SERVER { Err(BusError::TooOld { version }) } else { Ok(version) }
    }

    /// Ends the connection once everything under way has been written.
    pub async fn close(&self) {
        let ended = async {
            // `drain` returns at once; the flush before it waits for the socket.
            self.client.flush().await.map_err(unavailable)?;
            self.client.drain().await.map_err(unavailable)
        };
        match tokio::time::timeout(ANSWER, ended).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "NATS was gone already"),
            Err(_) => tracing::debug!("NATS did not end in time"),
        }
    }

    pub(crate) fn jetstream(&self) -> &Context {
        &self.context
    }
}

/// Whoever names either insists on TLS: a server that speaks in clear is refused.
fn with_tls(place: &Place, options: ConnectOptions) -> ConnectOptions {
    let options = match &place.ca {
        Some(ca) => options.add_root_certificates(ca.clone()).require_tls(true),
        None => options,
    };
    match place.certificate.clone() {
        Some((certificate, key)) => {
            options.add_client_certificate(certificate, key).require_tls(true)
        }
        None => options,
    }
}

async fn options(place: &Place, trouble: &Trouble) -> Result<ConnectOptions, BusError> {
    let trouble = trouble.clone();
    let options = ConnectOptions::new()
        .name(&place.name)
        .ping_interval(PING)
        .request_timeout(Some(ANSWER))
        .reconnect_delay_callback(|attempts| {
            let base = (attempts as u64).saturating_mul(100).min(RECONNECT_MS_MAX);
            jittered(Duration::from_millis(base))
        })
        // A denial is no error of the call that was denied; it is only told here.
        .event_callback(move |event| {
            trouble.learn(&event);
            async {}
        });
    // The client takes no user from a URL by itself.
    let first = place.urls.split(',').next().and_then(user_of).map(str::to_owned);
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let options = match first.as_deref().map(|user| user.split_once(':').ok_or(user)) {
        Some(Ok((user, password))) => options.user_and_password(decoded(user), decoded(password)),
        Some(Err(token)) => options.token(decoded(token)),
        None => options,
    };
    let options = with_tls(place, options);
    match &place.credentials {
        None => Ok(options),
        Some(path) => options
            .credentials_file(path)
            .await
            .map_err(|error| BusError::Refused(format!("{}: {error}", path.display()))),
    }
}

/// Whether these are addresses, before anything is opened.
///
/// # Errors
/// When one is none.
pub fn check(urls: &str) -> Result<(), BusError> {
    servers(urls).map(|_| ())
}

/// The servers without their user: the client writes addresses into its log.
fn servers(urls: &str) -> Result<Vec<ServerAddr>, BusError> {
    let bare = |url: &str| match user_of(url) {
        Some(user) => url.replacen(&format!("{user}@"), "", 1),
        None => url.to_owned(),
    };
    let parsed = urls.split(',').map(|url| bare(url.trim()).parse::<ServerAddr>());
    // The error may repeat the address.
    parsed.collect::<Result<_, _>>().map_err(|_| {
        BusError::Unavailable("an address is none; write it as nats://host:4222".into())
    })
}

/// `user:password` or a token, as the URL has it.
fn user_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.rsplit_once('@').map(|(user, _)| user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_no_password() {
        let urls = "nats://relay:ge%40heim@one:4222, tls://two";
        let found = servers(urls).unwrap();
        let found: Vec<_> = found.iter().map(ServerAddr::as_url_str).collect();
        assert_eq!(found, ["nats://one:4222", "tls://two"]);
        assert_eq!(user_of("nats://relay:ge%40heim@one:4222"), Some("relay:ge%40heim"));
        assert_eq!(user_of("nats://one"), None);
        let refused = servers("nats://relay:geheim@a b").unwrap_err().to_string();
        assert!(!refused.contains("geheim"), "{refused}");
    }
}
