//! The vault's own database: wrapped keys, whose they are, tombstones. A SQLite file, or PostgreSQL.

use std::fmt::Display;
use std::fs::{OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use runtime::sqlite_url::sqlite_url;
use sqlx::any::{AnyArguments, AnyConnectOptions, AnyPoolOptions, AnyRow, install_default_drivers};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AnyPool, ConnectOptions, Connection, Row, Transaction};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use crate::error::unavailable;
use crate::memory::{Fresh, Held, Slot};
use crate::seal::{self, Secret, WRAPPED};
use crate::{Class, Kek, KeyFor, Scope, VaultError};

const SQLITE_SCHEMA: &str = include_str!("schema.sql");
const SQLITE_SESSION: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; \
     PRAGMA foreign_keys = OFF; PRAGMA busy_timeout = 1000";
const PG_SCHEMA: &str = include_str!("schema_postgres.sql");
const PG_SESSION: &str = "SET search_path TO bidao_vault";
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
const UNBIND: &str = "DELETE FROM binding WHERE key_id = $1";
const FREEZE: &str = "UPDATE key SET state = 'F' WHERE key_id = $1 AND state = 'L'";
const UNFREEZE: &str = "UPDATE key SET state = 'L' WHERE key_id = $1 AND state = 'F'";
const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
/// Written anew, so that no former row stays in the file.
const VACUUM: &str = "VACUUM FULL bidao_vault.key";

const READERS: u32 = 2;
/// A known key wrapped by the KEK, so that a wrong KEK is noticed before anything is sealed with it.
const KEK_CHECK: &str = "kek_check";

pub(crate) struct Store {
    kek: Kek,
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

async fn pool(kind: Kind, options: AnyConnectOptions) -> Result<AnyPool, VaultError> {
    let session = match kind {
        Kind::Sqlite => "PRAGMA busy_timeout = 1000",
        Kind::Postgres => PG_SESSION,
    };
    let pool = AnyPoolOptions::new().max_connections(READERS);
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
        let readers = match readers {
            Some(url) => Some(pool(kind, options(url)?).await?),
            None => None,
        };
        Ok(Self { kek, kind, options: writing, writer: Mutex::new(Some(writer)), readers })
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

    async fn fetch(&self, query: Query<'_, Any, AnyArguments>) -> Result<Vec<AnyRow>, VaultError> {
        match &self.readers {
            Some(readers) => query.fetch_all(readers).await.map_err(unavailable),
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

/// The one connection that writes. Every change first writes the bindings that wait, so that SQL
/// alone knows whose keys there are.
pub(crate) struct Writer<'a> {
    store: &'a Store,
    connection: MutexGuard<'a, Option<AnyConnection>>,
}

impl Writer<'_> {
    /// Writes bindings, and `count` new keys; returns the keys once they are durable.
    pub async fn write(
        &mut self,
        pending: &[(KeyFor, Held)],
        count: usize,
    ) -> Result<Vec<Fresh>, VaultError> {
        let sync = if count > 0 { Sync::Durable } else { Sync::Behind };
        let kek = &self.store.kek;
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

    /// Removes what the pages were before a change: from SQLite's write-ahead log, from PostgreSQL's table.
    pub async fn checkpoint(&mut self) -> Result<(), VaultError> {
        let kind = self.store.kind;
        let connection = self.alive().await?;
        if kind == Kind::Postgres {
            let done = sqlx::raw_sql(VACUUM).execute(connection).await;
            return done.map(|_| ()).map_err(unavailable);
        }
        let row = sqlx::query(CHECKPOINT).fetch_one(connection).await.map_err(unavailable)?;
        match row.try_get::<i64, _>(0).map_err(unavailable)? {
            0 => Ok(()),
            _ => Err(unavailable(
                "the keys are destroyed, but a reader kept the write-ahead log; shred again",
            )),
        }
    }

    async fn begin(&mut self, sync: Sync) -> Result<Transaction<'_, Any>, VaultError> {
        let kind = self.store.kind;
        let connection = self.alive().await?;
        sqlx::raw_sql(kind.sync(sync)).execute(&mut *connection).await.map_err(unavailable)?;
        connection.begin_with(kind.begin()).await.map_err(unavailable)
    }

    /// The connection, made anew when a server took it away.
    async fn alive(&mut self) -> Result<&mut AnyConnection, VaultError> {
        let connection = connected(&mut self.connection)?;
        if self.store.kind == Kind::Postgres && connection.ping().await.is_err() {
            let mut fresh = self.store.options.connect().await.map_err(unavailable)?;
            sqlx::raw_sql(PG_SESSION).execute(&mut fresh).await.map_err(unavailable)?;
            *connection = fresh;
        }
        Ok(connection)
    }
}

async fn bind(tx: &mut Transaction<'_, Any>, pending: &[(KeyFor, Held)]) -> Result<(), VaultError> {
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

async fn destroy(tx: &mut Transaction<'_, Any>, key_id: Uuid) -> Result<u64, VaultError> {
    let (id, zeros) = (key_id.as_bytes().to_vec(), vec![0; WRAPPED]);
    let known = run(tx, sqlx::query(DESTROY).bind(zeros.clone()).bind(id.clone())).await?;
    let unknown = run(tx, sqlx::query(ADD_TOMBSTONE).bind(id).bind(zeros)).await?;
    run(tx, by_id(UNBIND, key_id)).await?;
    Ok(known + unknown)
}

fn by_id(sql: &'static str, key_id: Uuid) -> Query<'static, Any, AnyArguments> {
    sqlx::query(sql).bind(key_id.as_bytes().to_vec())
}

async fn run(
    tx: &mut Transaction<'_, Any>,
    query: Query<'_, Any, AnyArguments>,
) -> Result<u64, VaultError> {
    query.execute(&mut **tx).await.map(|done| done.rows_affected()).map_err(unavailable)
}

fn connected(writer: &mut Option<AnyConnection>) -> Result<&mut AnyConnection, VaultError> {
    writer.as_mut().ok_or_else(|| unavailable("closed"))
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
