//! The vault's own SQLite file: wrapped keys, whose they are, tombstones.

use std::fs::{OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use sqlx::query::Query;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool,
    SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Row, Sqlite, Transaction};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use crate::error::unavailable;
use crate::memory::{Fresh, Held, Slot};
use crate::seal::{self, Secret, WRAPPED};
use crate::{Class, Kek, KeyFor, Scope, VaultError};

const SCHEMA: &str = include_str!("schema.sql");
const ADD_META: &str = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO NOTHING";
const META: &str = "SELECT value FROM meta WHERE name = ?";
const ADD_KEY: &str = "INSERT INTO key (key_id, state, wrapped) VALUES (?, 'L', ?)";
const ADD_BINDING: &str = "INSERT INTO binding VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
const KEY: &str = "SELECT key_id, state, wrapped FROM key WHERE key_id = ?";
const KEYS_OF: &str = "SELECT subject, class, key_id, state, wrapped FROM binding JOIN key USING (key_id) \
     WHERE scope = ? ORDER BY key.number";
const DESTROY: &str = "UPDATE key SET state = 'D', wrapped = ? WHERE key_id = ? AND state <> 'D'";
/// A key this file never had: made after the backup it was restored from. Its tombstone must hold too.
const ADD_TOMBSTONE: &str =
    "INSERT INTO key (key_id, state, wrapped) VALUES (?, 'D', ?) ON CONFLICT (key_id) DO NOTHING";
const UNBIND: &str = "DELETE FROM binding WHERE key_id = ?";
const FREEZE: &str = "UPDATE key SET state = 'F' WHERE key_id = ? AND state = 'L'";
const UNFREEZE: &str = "UPDATE key SET state = 'L' WHERE key_id = ? AND state = 'F'";
const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

const READERS: u32 = 2;
/// How long a change waits for readers, which read one scope or one key at a time.
const BUSY: Duration = Duration::from_secs(1);
/// A known key wrapped by the KEK, so that a wrong KEK is noticed before anything is sealed with it.
const KEK_CHECK: &str = "kek_check";

pub(crate) struct Store {
    kek: Kek,
    /// `None` once closed.
    writer: Mutex<Option<SqliteConnection>>,
    /// `None` in memory, where there is one connection only.
    readers: Option<SqlitePool>,
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

impl Store {
    pub async fn open(path: &Path, kek: Kek) -> Result<Self, VaultError> {
        owner_only(path).map_err(|error| unavailable(format!("{}: {error}", path.display())))?;
        let named = |error: sqlx::Error| unavailable(format!("{}: {error}", path.display()));
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("secure_delete", "ON")
            .foreign_keys(false)
            .busy_timeout(BUSY);
        let writer = options.connect().await.map_err(named)?;
        let writer = Self::prepared(writer, &kek).await?;
        let pool = SqlitePoolOptions::new().max_connections(READERS);
        let readers = pool.connect_with(options.read_only(true)).await.map_err(named)?;
        Ok(Self { kek, writer: Mutex::new(Some(writer)), readers: Some(readers) })
    }

    pub async fn in_memory(kek: Kek) -> Result<Self, VaultError> {
        let options = SqliteConnectOptions::new().in_memory(true);
        let writer = options.connect().await.map_err(unavailable)?;
        let writer = Self::prepared(writer, &kek).await?;
        Ok(Self { kek, writer: Mutex::new(Some(writer)), readers: None })
    }

    async fn prepared(
        mut writer: SqliteConnection,
        kek: &Kek,
    ) -> Result<SqliteConnection, VaultError> {
        sqlx::raw_sql(SCHEMA).execute(&mut writer).await.map_err(unavailable)?;
        let check = seal::wrap(kek.secret(), Uuid::nil(), &Secret::random())?;
        let add = sqlx::query(ADD_META).bind(KEK_CHECK).bind(check);
        add.execute(&mut writer).await.map_err(unavailable)?;
        let row =
            sqlx::query(META).bind(KEK_CHECK).fetch_one(&mut writer).await.map_err(unavailable)?;
        let stored: &[u8] = row.try_get("value").map_err(unavailable)?;
        seal::unwrap(kek.secret(), Uuid::nil(), stored).map_err(|_| VaultError::WrongKek)?;
        Ok(writer)
    }

    /// The connection that writes; held for a whole change, so that changes follow each other.
    pub async fn writer(&self) -> Writer<'_> {
        Writer { kek: &self.kek, connection: self.writer.lock().await }
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

    pub async fn slots_of(&self, scope: &Scope) -> Result<Vec<Slot>, VaultError> {
        let rows = self.fetch(sqlx::query(KEYS_OF).bind(scope.as_str().to_owned())).await?;
        rows.iter().map(|row| self.slot(row)).collect()
    }

    /// Lets go of the file. Later calls find the vault closed.
    pub async fn close(&self) {
        if let Some(readers) = &self.readers {
            readers.close().await;
        }
        let Some(writer) = self.writer.lock().await.take() else {
            return;
        };
        if let Err(error) = writer.close().await {
            tracing::warn!(%error, "the vault did not close cleanly; nothing is lost by it");
        }
    }

    async fn fetch(
        &self,
        query: Query<'_, Sqlite, SqliteArguments>,
    ) -> Result<Vec<SqliteRow>, VaultError> {
        match &self.readers {
            Some(readers) => query.fetch_all(readers).await.map_err(unavailable),
            None => {
                let mut writer = self.writer.lock().await;
                query.fetch_all(connected(&mut writer)?).await.map_err(unavailable)
            }
        }
    }

    fn slot(&self, row: &SqliteRow) -> Result<Slot, VaultError> {
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

    fn unwrapped(&self, key_id: Uuid, row: &SqliteRow) -> Result<Secret, VaultError> {
        let wrapped: &[u8] = row.try_get("wrapped").map_err(unavailable)?;
        seal::unwrap(self.kek.secret(), key_id, wrapped)
    }
}

/// The one connection that writes. Every change first writes the bindings that wait, so that SQL
/// alone knows whose keys there are.
pub(crate) struct Writer<'a> {
    kek: &'a Kek,
    connection: MutexGuard<'a, Option<SqliteConnection>>,
}

impl Writer<'_> {
    /// Writes bindings, and `count` new keys; returns the keys once they are durable.
    pub async fn write(
        &mut self,
        pending: &[(KeyFor, Held)],
        count: usize,
    ) -> Result<Vec<Fresh>, VaultError> {
        let sync = if count > 0 { Sync::Durable } else { Sync::Behind };
        let kek = self.kek;
        let mut tx = self.begin(sync).await?;
        bind(&mut tx, pending).await?;
        let mut fresh = Vec::with_capacity(count);
        for _ in 0..count {
            let made = Fresh::random();
            let wrapped = seal::wrap(kek.secret(), made.key_id, &made.secret)?;
            let add = sqlx::query(ADD_KEY).bind(made.key_id.as_bytes().to_vec()).bind(wrapped);
            add.execute(&mut *tx).await.map_err(unavailable)?;
            fresh.push(made);
        }
        tx.commit().await.map_err(unavailable)?;
        Ok(fresh)
    }

    /// Durable. Returns the keys that changed by it.
    pub async fn change(
        &mut self,
        pending: &[(KeyFor, Held)],
        key_ids: &[Uuid],
        change: Change,
    ) -> Result<Vec<Uuid>, VaultError> {
        let mut tx = self.begin(Sync::Durable).await?;
        bind(&mut tx, pending).await?;
        let mut changed = Vec::new();
        for key_id in key_ids {
            let hits = match change {
                Change::Destroy => destroy(&mut tx, *key_id).await?,
                Change::Freeze => run(&mut tx, by_id(FREEZE, *key_id)).await?,
                Change::Unfreeze => run(&mut tx, by_id(UNFREEZE, *key_id)).await?,
            };
            changed.extend((hits > 0).then_some(*key_id));
        }
        tx.commit().await.map_err(unavailable)?;
        Ok(changed)
    }

    /// Empties the write-ahead log, where the pages as they were before a change may still lie.
    pub async fn checkpoint(&mut self) -> Result<(), VaultError> {
        let row = sqlx::query(CHECKPOINT)
            .fetch_one(connected(&mut self.connection)?)
            .await
            .map_err(unavailable)?;
        match row.try_get::<i64, _>(0).map_err(unavailable)? {
            0 => Ok(()),
            _ => Err(unavailable(
                "the keys are destroyed, but a reader kept the write-ahead log; shred again",
            )),
        }
    }

    async fn begin(&mut self, sync: Sync) -> Result<Transaction<'_, Sqlite>, VaultError> {
        let connection = connected(&mut self.connection)?;
        let pragma = match sync {
            Sync::Durable => "PRAGMA synchronous = FULL",
            Sync::Behind => "PRAGMA synchronous = NORMAL",
        };
        sqlx::query(pragma).execute(&mut *connection).await.map_err(unavailable)?;
        connection.begin_with("BEGIN IMMEDIATE").await.map_err(unavailable)
    }
}

async fn bind(
    tx: &mut Transaction<'_, Sqlite>,
    pending: &[(KeyFor, Held)],
) -> Result<(), VaultError> {
    for (owner, held) in pending {
        let add = sqlx::query(ADD_BINDING)
            .bind(owner.scope.as_str().to_owned())
            .bind(owner.subject.clone())
            .bind(owner.class.name())
            .bind(held.key_id.as_bytes().to_vec());
        run(tx, add).await?;
    }
    Ok(())
}

async fn destroy(tx: &mut Transaction<'_, Sqlite>, key_id: Uuid) -> Result<u64, VaultError> {
    let (id, zeros) = (key_id.as_bytes().to_vec(), vec![0; WRAPPED]);
    let known = run(tx, sqlx::query(DESTROY).bind(zeros.clone()).bind(id.clone())).await?;
    let unknown = run(tx, sqlx::query(ADD_TOMBSTONE).bind(id).bind(zeros)).await?;
    run(tx, by_id(UNBIND, key_id)).await?;
    Ok(known + unknown)
}

fn by_id(sql: &'static str, key_id: Uuid) -> Query<'static, Sqlite, SqliteArguments> {
    sqlx::query(sql).bind(key_id.as_bytes().to_vec())
}

async fn run(
    tx: &mut Transaction<'_, Sqlite>,
    query: Query<'_, Sqlite, SqliteArguments>,
) -> Result<u64, VaultError> {
    query.execute(&mut **tx).await.map(|done| done.rows_affected()).map_err(unavailable)
}

fn connected(writer: &mut Option<SqliteConnection>) -> Result<&mut SqliteConnection, VaultError> {
    writer.as_mut().ok_or_else(|| unavailable("closed"))
}

enum State {
    Live,
    Frozen,
    Destroyed,
}

fn state(row: &SqliteRow) -> Result<State, VaultError> {
    match row.try_get::<&str, _>("state").map_err(unavailable)? {
        "L" => Ok(State::Live),
        "F" => Ok(State::Frozen),
        "D" => Ok(State::Destroyed),
        _ => Err(VaultError::Tampered),
    }
}

fn key_id(row: &SqliteRow) -> Result<Uuid, VaultError> {
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
