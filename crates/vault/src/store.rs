//! The vault's own database: wrapped keys, whose they are, tombstones. A SQLite file, or PostgreSQL.

use std::fmt::Display;
use std::fs::{OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use runtime::sqlite_url::sqlite_url;
use sqlx::any::{AnyArguments, AnyConnectOptions, AnyPoolOptions, AnyRow, install_default_drivers};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AnyPool, ConnectOptions, Connection, Row};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::error::unavailable;
use crate::memory::{Held, Slot};
use crate::seal::{self, Secret};
use crate::{Class, Kek, Scope, VaultError};

mod writer;

pub(crate) use writer::Writer;
use writer::connected;

const SQLITE_SCHEMA: &str = include_str!("schema.sql");
const SQLITE_SESSION: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; \
     PRAGMA foreign_keys = OFF; PRAGMA busy_timeout = 1000";
const PG_SCHEMA: &str = include_str!("schema_postgres.sql");
const PG_SESSION: &str = "SET search_path TO bidao_vault; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; \
     SET tcp_keepalives_count = 3; SET tcp_user_timeout = 20000";
const ADD_META: &str = "INSERT INTO meta VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
const META: &str = "SELECT value FROM meta WHERE name = $1";
const ADD_KEY: &str = "INSERT INTO key (key_id, state, wrapped) VALUES ($1, 'L', $2)";
const ADD_BINDING: &str = "INSERT INTO binding VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
const KEY: &str = "SELECT key_id, state, wrapped FROM key WHERE key_id = $1";
const KEYS_OF: &str = "SELECT subject, class, key_id, state, wrapped FROM binding JOIN key USING (key_id) \
     WHERE scope = $1 ORDER BY key.number";
const DESTROY: &str = "UPDATE key SET state = 'D', wrapped = $1 WHERE key_id = $2 AND state <> 'D'";
/// A key this file never had: made after the backup it was restored from. Its tombstone must hold too.
const ADD_TOMBSTONE: &str =
    "INSERT INTO key (key_id, state, wrapped) VALUES ($1, 'D', $2) ON CONFLICT (key_id) DO NOTHING";
/// Not of a key that is gone meanwhile.
const ADD_PHONE: &str = "INSERT INTO phone (digest, key_id, stream) SELECT $1, key_id, $2 FROM key WHERE key_id = $3 \
     AND state <> 'D' ON CONFLICT DO NOTHING";
const STREAMS_OF: &str = "SELECT DISTINCT phone.stream FROM phone JOIN key USING (key_id) \
     WHERE digest = $1 AND state = 'L' ORDER BY phone.stream";
const FORGET_PHONES: &str = "DELETE FROM phone WHERE key_id = $1";
const SET_META: &str =
    "INSERT INTO meta VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const UNBIND: &str = "DELETE FROM binding WHERE key_id = $1";
const FREEZE: &str = "UPDATE key SET state = 'F' WHERE key_id = $1 AND state = 'L'";
const UNFREEZE: &str = "UPDATE key SET state = 'L' WHERE key_id = $1 AND state = 'F'";
const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
/// Written anew, so that no former row stays in the file.
const VACUUM: &str = "VACUUM FULL bidao_vault.key, bidao_vault.phone";

const READERS: u32 = 2;
/// How long a change may take; a server that is gone without a word never answers.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a sign of life may take.
const PING: Duration = Duration::from_secs(5);
/// A known key wrapped by the KEK, so that a wrong KEK is noticed before anything is sealed with it.
const KEK_CHECK: &str = "kek_check";
/// Whose keys these are.
const LOG_ID: &str = "log_id";
/// What the digests of the blind index are made with, wrapped by the KEK.
const PEPPER: &str = "pepper";
/// No key has this id.
const PEPPER_ID: Uuid = Uuid::max();
/// Up to which event of the log the vault has followed it.
const POSITION: &str = "position";

pub(crate) struct Store {
    kek: Kek,
    pepper: Secret,
    kind: Kind,
    /// For a new writer, when the database was away.
    options: AnyConnectOptions,
    /// `None` once closed.
    writer: Mutex<Option<AnyConnection>>,
    /// `None` in memory, where there is one connection only.
    readers: Option<AnyPool>,
}

/// Whether a commit waits for the disk. Keys must; a binding may be lost with the power, so it rides
/// on the next commit that waits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sync {
    Durable,
    Behind,
}

/// What to do with keys that exist.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    Destroy,
    Freeze,
    Unfreeze,
}

/// Where the keys are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// What prepares the connection that writes.
    const fn prepare(self) -> [&'static str; 2] {
        match self {
            Self::Sqlite => [SQLITE_SESSION, SQLITE_SCHEMA],
            Self::Postgres => [PG_SCHEMA, PG_SESSION],
        }
    }

    const fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Whether the commits that follow wait for the disk.
    const fn sync(self, sync: Sync) -> &'static str {
        match (self, sync) {
            (Self::Sqlite, Sync::Durable) => "PRAGMA synchronous = FULL",
            (Self::Sqlite, Sync::Behind) => "PRAGMA synchronous = NORMAL",
            (Self::Postgres, Sync::Durable) => "SET synchronous_commit TO on",
            (Self::Postgres, Sync::Behind) => "SET synchronous_commit TO off",
        }
    }
}

async fn answered<T>(work: impl Future<Output = Result<T, VaultError>>) -> Result<T, VaultError> {
    tokio::time::timeout(ANSWER, work).await.unwrap_or_else(|_| Err(unavailable("no answer")))
}

async fn ping(db: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let silent = || std::io::Error::new(std::io::ErrorKind::TimedOut, "the database is silent");
    let alive = tokio::time::timeout(PING, db.ping()).await;
    alive.unwrap_or_else(|_| Err(sqlx::Error::Io(silent())))
}

async fn pool(kind: Kind, options: AnyConnectOptions) -> Result<AnyPool, VaultError> {
    let session = match kind {
        Kind::Sqlite => "PRAGMA busy_timeout = 1000",
        Kind::Postgres => PG_SESSION,
    };
    let pool = AnyPoolOptions::new().max_connections(READERS).acquire_timeout(PING);
    // One that fell silent is not given out again.
    let pool = pool.after_release(|db, _| Box::pin(async move { ping(db).await.map(|()| true) }));
    let pool = pool.after_connect(move |connection, _| {
        Box::pin(async move { sqlx::raw_sql(session).execute(connection).await.map(|_| ()) })
    });
    pool.connect_with(options).await.map_err(unavailable)
}

/// The first key that opens a vault is the only one that does.
async fn require_kek(writer: &mut AnyConnection, kek: &Kek) -> Result<(), VaultError> {
    let check = seal::wrap(kek.secret(), Uuid::nil(), &Secret::random())?;
    let add = sqlx::query(ADD_META).bind(KEK_CHECK).bind(check);
    add.execute(&mut *writer).await.map_err(unavailable)?;
    let query = sqlx::query(META).bind(KEK_CHECK);
    let row = query.fetch_one(writer).await.map_err(unavailable)?;
    let stored: &[u8] = row.try_get("value").map_err(unavailable)?;
    seal::unwrap(kek.secret(), Uuid::nil(), stored).map_err(|_| VaultError::WrongKek)?;
    Ok(())
}

/// Made once, and never known outside: whoever has the file alone cannot try out numbers.
async fn pepper(writer: &mut AnyConnection, kek: &Kek) -> Result<Secret, VaultError> {
    let fresh = seal::wrap(kek.secret(), PEPPER_ID, &Secret::random())?;
    let add = sqlx::query(ADD_META).bind(PEPPER).bind(fresh);
    add.execute(&mut *writer).await.map_err(unavailable)?;
    let row = sqlx::query(META).bind(PEPPER).fetch_one(writer).await.map_err(unavailable)?;
    seal::unwrap(kek.secret(), PEPPER_ID, row.try_get("value").map_err(unavailable)?)
}

impl Store {
    pub async fn open(path: &Path, kek: Kek) -> Result<Self, VaultError> {
        let named = |error: &dyn Display| unavailable(format!("{}: {error}", path.display()));
        owner_only(path).map_err(|error| named(&error))?;
        let url = |mode| sqlite_url(path, mode).map_err(|error| named(&error));
        let store = Self::with(Kind::Sqlite, &url("rw")?, Some(&url("ro")?), kek).await;
        store.map_err(
            |error| {
                if let VaultError::Unavailable(text) = &error { named(text) } else { error }
            },
        )
    }

    pub async fn open_postgres(url: &str, kek: Kek) -> Result<Self, VaultError> {
        Self::with(Kind::Postgres, url, Some(url), kek).await
    }

    pub async fn in_memory(kek: Kek) -> Result<Self, VaultError> {
        Self::with(Kind::Sqlite, "sqlite::memory:", None, kek).await
    }

    async fn with(
        kind: Kind,
        writer: &str,
        readers: Option<&str>,
        kek: Kek,
    ) -> Result<Self, VaultError> {
        install_default_drivers();
        let options = |url: &str| {
            let options = url.parse::<AnyConnectOptions>().map_err(unavailable)?;
            Ok::<_, VaultError>(options.disable_statement_logging())
        };
        let writing = options(writer)?;
        let mut writer = writing.connect().await.map_err(unavailable)?;
        for sql in kind.prepare() {
            sqlx::raw_sql(sql).execute(&mut writer).await.map_err(unavailable)?;
        }
        require_kek(&mut writer, &kek).await?;
        let pepper = pepper(&mut writer, &kek).await?;
        let readers = match readers {
            Some(url) => Some(pool(kind, options(url)?).await?),
            None => None,
        };
        Ok(Self { kek, pepper, kind, options: writing, writer: Mutex::new(Some(writer)), readers })
    }

    /// Whether these are the keys of this event log; new ones are from now on.
    pub async fn belongs_to(&self, log_id: Uuid) -> Result<bool, VaultError> {
        let mut writer = self.writer.lock().await;
        let connection = connected(&mut writer)?;
        let add = sqlx::query(ADD_META).bind(LOG_ID).bind(log_id.as_bytes().to_vec());
        add.execute(&mut *connection).await.map_err(unavailable)?;
        let query = sqlx::query(META).bind(LOG_ID);
        let row = query.fetch_one(connection).await.map_err(unavailable)?;
        Ok(row.try_get::<&[u8], _>("value").map_err(unavailable)? == log_id.as_bytes())
    }

    /// The connection that writes; held for a whole change, so that changes follow each other.
    pub async fn writer(&self) -> Writer<'_> {
        Writer { store: self, connection: self.writer.lock().await }
    }

    pub async fn key(&self, key_id: Uuid) -> Result<Secret, VaultError> {
        let rows = self.fetch(sqlx::query(KEY).bind(key_id.as_bytes().to_vec())).await?;
        let row = rows.first().ok_or(VaultError::UnknownKey)?;
        match state(row)? {
            State::Live => self.unwrapped(key_id, row),
            State::Frozen => Err(VaultError::Frozen),
            State::Destroyed => Err(VaultError::Destroyed),
        }
    }

    /// As [`Store::key`], of a frozen key too.
    pub async fn key_not_destroyed(&self, key_id: Uuid) -> Result<Secret, VaultError> {
        let rows = self.fetch(sqlx::query(KEY).bind(key_id.as_bytes().to_vec())).await?;
        let row = rows.first().ok_or(VaultError::UnknownKey)?;
        match state(row)? {
            State::Live | State::Frozen => self.unwrapped(key_id, row),
            State::Destroyed => Err(VaultError::Destroyed),
        }
    }

    pub async fn slots_of(&self, scope: &Scope) -> Result<Vec<Slot>, VaultError> {
        let rows = self.fetch(sqlx::query(KEYS_OF).bind(scope.as_str().to_owned())).await?;
        rows.iter().map(|row| self.slot(row)).collect()
    }

    pub fn pepper(&self) -> &Secret {
        &self.pepper
    }

    /// The streams whose words of this digest can be read.
    pub async fn streams_of(&self, digest: &[u8]) -> Result<Vec<String>, VaultError> {
        let rows = self.fetch(sqlx::query(STREAMS_OF).bind(digest.to_vec())).await?;
        rows.iter().map(|row| row.try_get("stream").map_err(unavailable)).collect()
    }

    pub async fn position(&self) -> Result<u64, VaultError> {
        let rows = self.fetch(sqlx::query(META).bind(POSITION)).await?;
        let Some(row) = rows.first() else { return Ok(0) };
        let bytes: &[u8] = row.try_get("value").map_err(unavailable)?;
        bytes.try_into().map(u64::from_be_bytes).map_err(|_| VaultError::Tampered)
    }

    /// Lets go of the file. Later calls find the vault closed.
    pub async fn close(&self) {
        if let Some(readers) = &self.readers
            && tokio::time::timeout(PING, readers.close()).await.is_err()
        {
            tracing::warn!("the vault's readers did not close in time");
        }
        let Some(writer) = self.writer.lock().await.take() else {
            return;
        };
        match tokio::time::timeout(PING, writer.close()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "the vault did not close cleanly; nothing is lost by it");
            }
            Err(_) => tracing::warn!("the vault did not close in time; nothing is lost by it"),
        }
    }

    async fn fetch(&self, query: Query<'_, Any, AnyArguments>) -> Result<Vec<AnyRow>, VaultError> {
        match &self.readers {
            Some(readers) => {
                answered(async { query.fetch_all(readers).await.map_err(unavailable) }).await
            }
            None => {
                let mut writer = self.writer.lock().await;
                query.fetch_all(connected(&mut writer)?).await.map_err(unavailable)
            }
        }
    }

    fn slot(&self, row: &AnyRow) -> Result<Slot, VaultError> {
        let key_id = key_id(row)?;
        let class: &str = row.try_get("class").map_err(unavailable)?;
        let secret = match state(row)? {
            State::Live => Some(self.unwrapped(key_id, row)?),
            State::Frozen | State::Destroyed => None,
        };
        Ok(Slot {
            subject: row.try_get("subject").map_err(unavailable)?,
            class: Class::of_name(class).ok_or(VaultError::Tampered)?,
            held: Held { key_id, secret },
        })
    }

    fn unwrapped(&self, key_id: Uuid, row: &AnyRow) -> Result<Secret, VaultError> {
        let wrapped: &[u8] = row.try_get("wrapped").map_err(unavailable)?;
        seal::unwrap(self.kek.secret(), key_id, wrapped)
    }
}

enum State {
    Live,
    Frozen,
    Destroyed,
}

fn state(row: &AnyRow) -> Result<State, VaultError> {
    match row.try_get::<&str, _>("state").map_err(unavailable)? {
        "L" => Ok(State::Live),
        "F" => Ok(State::Frozen),
        "D" => Ok(State::Destroyed),
        _ => Err(VaultError::Tampered),
    }
}

fn key_id(row: &AnyRow) -> Result<Uuid, VaultError> {
    let bytes: &[u8] = row.try_get("key_id").map_err(unavailable)?;
    Uuid::from_slice(bytes).map_err(|_| VaultError::Tampered)
}

/// SQLite gives the write-ahead log the rights of the file itself, so it must be right before it opens.
fn owner_only(path: &Path) -> std::io::Result<()> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))
}
