//! One connection to NATS, made to outlive every outage.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event};
use uuid::Uuid;

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
    /// One or more servers, separated by commas.
    pub urls: String,
    /// A credentials file of the account's user.
    pub credentials: Option<PathBuf>,
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
}

impl Bus {
    /// Connects. A server that does not answer yet is no error: the connection is made when it does.
    ///
    /// # Errors
    /// When the server refuses the user, or the address is none.
    pub async fn connect(place: &Place) -> Result<Self, BusError> {
        let first = options(place).await?.connect(&place.urls).await;
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
                    let later = options(place).await?.retry_on_initial_connect();
                    later.connect(&place.urls).await.map_err(unavailable)?
                }
            },
        };
        let context = ContextBuilder::new().timeout(ANSWER).build(client.clone());
        Ok(Self { client, context, replicas: place.replicas.max(1) })
    }

    /// The server's version.
    ///
    /// # Errors
    /// While there is no connection, or when the server is too old for what is asked of it.
    pub fn version(&self) -> Result<String, BusError> {
        if self.client.connection_state() != async_nats::connection::State::Connected {
            return Err(BusError::Unavailable("no connection".into()));
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

async fn options(place: &Place) -> Result<ConnectOptions, BusError> {
    let options = ConnectOptions::new()
        .name(&place.name)
        .ping_interval(PING)
        .request_timeout(Some(ANSWER))
        .reconnect_delay_callback(|attempts| {
            let base = (attempts as u64).saturating_mul(100).min(RECONNECT_MS_MAX);
            let chance = u64::from(Uuid::new_v4().as_bytes()[0]);
            Duration::from_millis(base / 2 + base * chance / 512)
        })
        // A denial is no error of the call that was denied; it is only told here.
        .event_callback(|event| async move {
            match event {
                Event::ServerError(_) | Event::ClientError(_) | Event::SlowConsumer(_) => {
                    tracing::error!(%event, "NATS");
                }
                Event::Disconnected | Event::LameDuckMode => tracing::warn!(%event, "NATS"),
                Event::Connected | Event::Draining | Event::Closed => {
                    tracing::info!(%event, "NATS");
                }
            }
        });
    match &place.credentials {
        None => Ok(options),
        Some(path) => options
            .credentials_file(path)
            .await
            .map_err(|error| BusError::Refused(format!("{}: {error}", path.display()))),
    }
}
