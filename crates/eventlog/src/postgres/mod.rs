//! The event log on PostgreSQL: one call per batch under the head row's lock, readers on snapshots. Any
//! number of processes append at once.

mod batch;
mod durability;
mod migrate;
mod rows;

use std::time::Duration;

use async_trait::async_trait;
use event::{Recorded, StreamId};
use runtime::{Clock, Ids};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection, PgConnection, Row};
use uuid::Uuid;

pub use durability::Durability;

use crate::digest::RequestMark;
use crate::log::{Append, EventLog, Head, LogError, Outcome, Receipt};

const READ_STREAM: &str = "SELECT * FROM bidao_log.event \
     WHERE stream_kind = $1 AND stream_id = $2 AND version > $3 ORDER BY version LIMIT $4";
const READ_LOG: &str =
    "SELECT * FROM bidao_log.event WHERE position > $1 ORDER BY position LIMIT $2";
const HEAD: &str = "SELECT position, recorded_at FROM bidao_log.head";
const RECEIPT: &str = "SELECT * FROM bidao_log.command WHERE principal = $1 AND request_id = $2";
const HOLDER: &str =
    "SELECT holder_kind, holder_id FROM bidao_log.claim WHERE scope = $1 AND key = $2";
const CHECKPOINT: &str = "SELECT position FROM bidao_log.checkpoint WHERE name = $1";
const SET_CHECKPOINT: &str = "INSERT INTO bidao_log.checkpoint VALUES ($1, $2) \
     ON CONFLICT (name) DO UPDATE SET position = GREATEST(checkpoint.position, excluded.position)";
const IDENTITY: &str = "SELECT log_id FROM bidao_log.identity";
/// Connections of one process: one appends, the others read.
const CONNECTIONS: u32 = 8;
/// How long a command waits for a connection before it is told that the log is unavailable.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the server may take; one that is gone without a word never answers, and what it was asked is
/// asked again under the same request id.
const ANSWER: Duration = Duration::from_secs(15);
/// The server notices within seconds that this machine is gone, and lets go of what it held.
const KEEPALIVE: [(&str, &str); 4] = [
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "20000"),
];

pub struct PgLog {
    log_id: Uuid,
    clock: Clock,
    pool: PgPool,
}

pub(crate) fn unavailable(error: impl std::fmt::Display) -> LogError {
    LogError::Unavailable(error.to_string())
}

const SILENT: &str = "PostgreSQL does not answer";

async fn answered<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, LogError> {
    let answer = tokio::time::timeout(ANSWER, work).await.map_err(|_| unavailable(SILENT))?;
    answer.map_err(unavailable)
}

impl PgLog {
    /// Makes the log's schema in this database, or brings it to this program's version. Run as the owner
    /// of the database; a new log gets its identity from `ids`.
    ///
    /// # Errors
    /// When the database refuses, or is of a newer version.
    pub async fn migrate(options: &PgConnectOptions, ids: &Ids) -> Result<(), LogError> {
        migrate::migrate(options, ids).await
    }

    /// Opens the log. A manual clock states the time of what is appended; otherwise the server's own
    /// clock does.
    ///
    /// # Errors
    /// When the database does not answer, or [`PgLog::migrate`] was never run on it.
    pub async fn open(options: PgConnectOptions, clock: Clock) -> Result<Self, LogError> {
        let place = format!("{}:{}", options.get_host(), options.get_port());
        let options = options.application_name("bidao").options(KEEPALIVE);
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(CONNECT);
        // One that fell silent is not given out again.
        let pool = pool.after_release(|connection, _| {
            Box::pin(async move {
                let alive = tokio::time::timeout(CONNECT, connection.ping()).await;
                alive.unwrap_or_else(|_| Err(sqlx::Error::PoolTimedOut)).map(|()| true)
            })
        });
        let pool = pool
            .connect_with(options)
            .await
            .map_err(|error| unavailable(format!("PostgreSQL at {place}: {error}")))?;
        let mut connection = pool.acquire().await.map_err(unavailable)?;
        migrate::require_schema(&mut connection).await?;
        let row = sqlx::query(IDENTITY).fetch_one(&mut *connection).await.map_err(unavailable)?;
        let log_id = row.try_get("log_id").map_err(unavailable)?;
        drop(connection);
        Ok(Self { log_id, clock, pool })
    }

    /// Ends the connections; what was acknowledged is on the server's disk.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn connection(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Postgres>, LogError> {
        self.pool.acquire().await.map_err(unavailable)
    }
}

#[async_trait]
impl EventLog for PgLog {
    fn log_id(&self) -> Uuid {
        self.log_id
    }

    fn is_sole_writer(&self) -> bool {
        false
    }

    async fn append(&self, batch: &[Append]) -> Result<Vec<Outcome>, LogError> {
        let mut connection = self.connection().await?;
        let connection: &mut PgConnection = &mut connection;
        let clock_us = self.clock.is_manual().then(|| self.clock.now_us());
        let appended = batch::append(connection, self.log_id, batch, clock_us);
        tokio::time::timeout(ANSWER, appended).await.map_err(|_| unavailable(SILENT))?
    }

    async fn read_stream(
        &self,
        stream: &StreamId,
        after_version: u64,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        let rows = sqlx::query(READ_STREAM)
            .bind(&stream.kind)
            .bind(stream.id)
            .bind(rows::number(after_version))
            .bind(rows::number(max as u64))
            .fetch_all(&self.pool);
        let rows = answered(rows).await?;
        rows.iter().map(|row| rows::recorded(self.log_id, row)).collect()
    }

    async fn read_log(&self, after: u64, max: usize) -> Result<Vec<Recorded>, LogError> {
        let rows = sqlx::query(READ_LOG)
            .bind(rows::number(after))
            .bind(rows::number(max as u64))
            .fetch_all(&self.pool);
        let rows = answered(rows).await?;
        rows.iter().map(|row| rows::recorded(self.log_id, row)).collect()
    }

    async fn head(&self) -> Result<Head, LogError> {
        let row = answered(sqlx::query(HEAD).fetch_one(&self.pool)).await?;
        Ok(Head {
            position: rows::count(&row, "position")?,
            recorded_at: row.try_get("recorded_at").map_err(unavailable)?,
        })
    }

    async fn receipt(
        &self,
        principal: &str,
        request_id: &str,
    ) -> Result<Option<(RequestMark, Receipt)>, LogError> {
        let query = sqlx::query(RECEIPT).bind(principal).bind(request_id);
        let row = answered(query.fetch_optional(&self.pool)).await?;
        row.as_ref().map(rows::receipt).transpose()
    }

    async fn holder(&self, scope: &str, key: &str) -> Result<Option<StreamId>, LogError> {
        let query = sqlx::query(HOLDER).bind(scope).bind(key);
        let row = answered(query.fetch_optional(&self.pool)).await?;
        row.as_ref().map(|row| rows::stream(row, "holder_kind", "holder_id")).transpose()
    }

    async fn checkpoint(&self, name: &str) -> Result<u64, LogError> {
        let query = sqlx::query(CHECKPOINT).bind(name);
        let row = answered(query.fetch_optional(&self.pool)).await?;
        row.map_or(Ok(0), |row| rows::count(&row, "position"))
    }

    async fn set_checkpoint(&self, name: &str, position: u64) -> Result<(), LogError> {
        let query = sqlx::query(SET_CHECKPOINT).bind(name).bind(rows::number(position));
        answered(query.execute(&self.pool)).await.map(|_| ())
    }
}
