//! The event log on SQLite: WAL, `synchronous=FULL`, one writer, `BEGIN IMMEDIATE`, readers apart.

mod rows;
mod write;

use std::path::Path;

use async_trait::async_trait;
use event::{Recorded, StreamId};
use runtime::{Clock, Ids};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Row};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::digest::RequestMark;
use crate::log::{Append, EventLog, Head, LogError, Outcome, Receipt};

const SCHEMA: &str = include_str!("schema.sql");
const READ_STREAM: &str = "SELECT * FROM event WHERE stream_kind = ? AND stream_id = ? AND version > ? ORDER BY version LIMIT ?";
const READ_LOG: &str = "SELECT * FROM event WHERE position > ? ORDER BY position LIMIT ?";
const HEAD: &str = "SELECT position, recorded_at FROM head";
const RECEIPT: &str = "SELECT * FROM command WHERE principal = ? AND request_id = ?";
const HOLDER: &str = "SELECT holder_kind, holder_id FROM claim WHERE scope = ? AND key = ?";
const CHECKPOINT: &str = "SELECT position FROM checkpoint WHERE name = ?";
const SET_CHECKPOINT: &str = "INSERT INTO checkpoint VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET position = MAX(position, excluded.position)";
const META: &str = "SELECT value FROM meta WHERE name = ?";
const ADD_META: &str = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO NOTHING";
const ADD_HEAD: &str = "INSERT INTO head VALUES (1, 0, 0) ON CONFLICT (one) DO NOTHING";

/// How many readers may read at once.
const READERS: u32 = 4;

pub struct SqliteLog {
    log_id: Uuid,
    clock: Clock,
    writer: Mutex<SqliteConnection>,
    readers: SqlitePool,
}

pub(crate) fn unavailable(error: impl std::fmt::Display) -> LogError {
    LogError::Unavailable(error.to_string())
}

impl SqliteLog {
    /// Opens the log at `path`, making it when it is not there.
    ///
    /// # Errors
    /// When the file cannot be opened or is no log of ours.
    pub async fn open(path: &Path, clock: Clock, ids: &Ids) -> Result<Self, LogError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledgement means durable (DESIGN §4): FULL syncs the log at each commit.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(false)
            .busy_timeout(std::time::Duration::from_secs(10));
        let named =
            |error: sqlx::Error| LogError::Unavailable(format!("{}: {error}", path.display()));
        let mut writer = options.connect().await.map_err(named)?;
        sqlx::raw_sql(SCHEMA).execute(&mut writer).await.map_err(named)?;
        sqlx::query(ADD_HEAD).execute(&mut writer).await.map_err(named)?;
        let log_id = meta(&mut writer, "log_id", ids.uuid7().as_bytes()).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true))
            .await
            .map_err(named)?;
        Ok(Self {
            log_id: Uuid::from_slice(&log_id)
                .map_err(|error| LogError::Damaged(error.to_string()))?,
            clock,
            writer: Mutex::new(writer),
            readers,
        })
    }

    /// Closes the files; what was acknowledged is on disk already.
    pub async fn close(self) {
        self.readers.close().await;
        if let Err(error) = self.writer.into_inner().close().await {
            tracing::warn!(%error, "the event log did not close cleanly; nothing is lost by it");
        }
    }
}

async fn meta(
    writer: &mut SqliteConnection,
    name: &str,
    first: &[u8],
) -> Result<Vec<u8>, LogError> {
    sqlx::query(ADD_META)
        .bind(name)
        .bind(first)
        .execute(&mut *writer)
        .await
        .map_err(unavailable)?;
    let row = sqlx::query(META).bind(name).fetch_one(writer).await.map_err(unavailable)?;
    row.try_get(0).map_err(unavailable)
}

#[async_trait]
impl EventLog for SqliteLog {
    fn log_id(&self) -> Uuid {
        self.log_id
    }

    fn is_sole_writer(&self) -> bool {
        true
    }

    async fn append(&self, batch: &[Append]) -> Result<Vec<Outcome>, LogError> {
        let mut writer = self.writer.lock().await;
        write::batch(&mut writer, self.log_id, batch, self.clock.now_us()).await
    }

    async fn read_stream(
        &self,
        stream: &StreamId,
        after_version: u64,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        let rows = sqlx::query(READ_STREAM)
            .bind(&stream.kind)
            .bind(stream.id.as_bytes().as_slice())
            .bind(rows::number(after_version))
            .bind(rows::number(max as u64))
            .fetch_all(&self.readers)
            .await
            .map_err(unavailable)?;
        rows.iter().map(|row| rows::recorded(self.log_id, row)).collect()
    }

    async fn read_log(&self, after: u64, max: usize) -> Result<Vec<Recorded>, LogError> {
        let rows = sqlx::query(READ_LOG)
            .bind(rows::number(after))
            .bind(rows::number(max as u64))
            .fetch_all(&self.readers)
            .await
            .map_err(unavailable)?;
        rows.iter().map(|row| rows::recorded(self.log_id, row)).collect()
    }

    async fn head(&self) -> Result<Head, LogError> {
        let row = sqlx::query(HEAD).fetch_one(&self.readers).await.map_err(unavailable)?;
        rows::head(&row)
    }

    async fn receipt(
        &self,
        principal: &str,
        request_id: &str,
    ) -> Result<Option<(RequestMark, Receipt)>, LogError> {
        let row = sqlx::query(RECEIPT)
            .bind(principal)
            .bind(request_id)
            .fetch_optional(&self.readers)
            .await;
        row.map_err(unavailable)?.as_ref().map(rows::receipt).transpose()
    }

    async fn holder(&self, scope: &str, key: &str) -> Result<Option<StreamId>, LogError> {
        let row = sqlx::query(HOLDER).bind(scope).bind(key).fetch_optional(&self.readers).await;
        row.map_err(unavailable)?
            .as_ref()
            .map(|row| rows::stream(row, "holder_kind", "holder_id"))
            .transpose()
    }

    async fn checkpoint(&self, name: &str) -> Result<u64, LogError> {
        let row = sqlx::query(CHECKPOINT)
            .bind(name)
            .fetch_optional(&self.readers)
            .await
            .map_err(unavailable)?;
        row.map_or(Ok(0), |row| rows::count(&row, "position"))
    }

    async fn set_checkpoint(&self, name: &str, position: u64) -> Result<(), LogError> {
        let mut writer = self.writer.lock().await;
        let query = sqlx::query(SET_CHECKPOINT).bind(name).bind(rows::number(position));
        query.execute(&mut *writer).await.map(|_| ()).map_err(unavailable)
    }
}
