//! The read-model database: its own file, so that projections never hold up appends.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use runtime::sqlite_url::sqlite_url;
use sqlx::any::AnyConnectOptions;
use sqlx::{ConnectOptions, Connection, Row};
use tokio::sync::{Mutex, MutexGuard, RwLock};
use uuid::Uuid;

use crate::database::{self, Db, DbPool, Dialect, Within};
use crate::model::{Model, Tables, ViewError};
use crate::{
    board, call_log, coverage, dashboard, due, issue_detail, month_report, org_tree, principals,
    privacy, services, worklist,
};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS projection (
    name     TEXT PRIMARY KEY,
    version  INTEGER NOT NULL,
    slot     TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parked (
    view     TEXT NOT NULL,
    stream   TEXT NOT NULL,
    position INTEGER NOT NULL,
    error    TEXT NOT NULL,
    PRIMARY KEY (view, stream)
) STRICT, WITHOUT ROWID;
-- Whose views these are.
CREATE TABLE IF NOT EXISTS origin (one INTEGER PRIMARY KEY, log_id TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- Attempts at timers stand beside the views, outside every comparison with a rebuild.
CREATE TABLE IF NOT EXISTS timer_attempt (
    stream       TEXT NOT NULL,
    clock        TEXT NOT NULL,
    generation   INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    next_attempt INTEGER NOT NULL,
    error        TEXT NOT NULL,
    PRIMARY KEY (stream, clock, generation)
) STRICT, WITHOUT ROWID;";
const ACTIVE: &str = "SELECT name, version, slot, position FROM projection";
const ADD: &str = "INSERT INTO projection VALUES ($1, $2, 'a', 0)";
const READERS: u32 = 4;
/// Where the views stand is a handful of rows.
const REFRESH: Duration = Duration::from_secs(5);
/// Of one process; questions wait for a free one.
const PG_READERS: u32 = 8;

/// A model with the incarnation that answers questions now.
#[derive(Clone)]
pub struct Active {
    pub model: Arc<dyn Model>,
    pub tables: Tables,
    pub slot: String,
    pub position: u64,
}

pub struct Views {
    pub(crate) dialect: Dialect,
    writer: Mutex<Db>,
    /// One rebuild at a time: two would build into the same tables.
    pub(crate) rebuilding: Mutex<()>,
    /// For a new writer, when the database was away.
    options: AnyConnectOptions,
    pub(crate) readers: DbPool,
    pub(crate) active: RwLock<Vec<Active>>,
    pub(crate) names: org_tree::KnownNames,
}

/// Every read model of the product.
#[must_use]
pub fn all_models() -> Vec<Arc<dyn Model>> {
    vec![
        Arc::new(org_tree::OrgTree),
        Arc::new(coverage::Coverage),
        Arc::new(call_log::CallLog),
        Arc::new(services::Services),
        Arc::new(issue_detail::IssueDetail),
        Arc::new(board::Board),
        Arc::new(worklist::Worklist),
        Arc::new(due::Due),
        Arc::new(dashboard::Dashboard),
        Arc::new(month_report::MonthReport),
        Arc::new(principals::Principals),
        Arc::new(privacy::Looks),
    ]
}

impl Views {
    /// Opens the views in the SQLite file at `path`, making the tables of `models` that are not there.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub async fn open(path: &Path, models: Vec<Arc<dyn Model>>) -> Result<Self, ViewError> {
        let [writer, readers] = ["rwc", "ro"].map(|mode| sqlite_url(path, mode));
        let (writer, readers) =
            (writer.map_err(sqlx::Error::Io)?, readers.map_err(sqlx::Error::Io)?);
        Self::with([&writer, &readers], READERS, models).await
    }

    /// Opens the views in a PostgreSQL database, `postgres://…`; the role must own it, or a schema
    /// `bidao_views` in it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_postgres(url: &str, models: Vec<Arc<dyn Model>>) -> Result<Self, ViewError> {
        Self::with([url, url], PG_READERS, models).await
    }

    /// Views that are gone with the process, for simulations.
    ///
    /// # Errors
    /// When SQLite fails.
    pub async fn in_memory(name: &str, models: Vec<Arc<dyn Model>>) -> Result<Self, ViewError> {
        // SQLite's memory file system: a name with `/` is one database for all connections.
        let url = format!("sqlite:///{name}?vfs=memdb&mode=rwc");
        Self::with([&url, &url], 1, models).await
    }

    async fn with(
        [writer, readers]: [&str; 2],
        connections: u32,
        models: Vec<Arc<dyn Model>>,
    ) -> Result<Self, ViewError> {
        let (options, dialect) = database::options(writer)?;
        let mut writer = options.connect().await?;
        // A schema that is not there yet is no place to look in, so it is made first.
        for sql in [dialect.prepare_writer(), dialect.prepare()] {
            sqlx::raw_sql(sql).execute(&mut writer).await?;
        }
        sqlx::raw_sql(dialect.sql(SCHEMA)).execute(&mut writer).await?;
        let mut active = Vec::with_capacity(models.len());
        for model in models {
            active.push(activate(&mut writer, dialect, model).await?);
        }
        sqlx::raw_sql(dialect.prepared_writer()).execute(&mut writer).await?;
        let (reading, _) = database::options(readers)?;
        Ok(Self {
            dialect,
            writer: Mutex::new(writer),
            rebuilding: Mutex::default(),
            options,
            readers: database::pool(reading, dialect, connections),
            active: RwLock::new(active),
            names: org_tree::KnownNames::default(),
        })
    }

    /// The tables that answer for `name` now.
    ///
    /// # Errors
    /// When this store does not keep that view.
    pub async fn tables(&self, name: &str) -> Result<Tables, ViewError> {
        self.find(name).await.map(|active| active.tables)
    }

    pub(crate) async fn find(&self, name: &str) -> Result<Active, ViewError> {
        let active = self.active.read().await;
        active.iter().find(|a| a.model.name() == name).cloned().ok_or_else(|| {
            let names: Vec<_> = active.iter().map(|a| a.model.name()).collect();
            ViewError::NoSuchView(name.into(), names.join(", "))
        })
    }

    /// Every view with the position it has reached.
    pub async fn positions(&self) -> Vec<(&'static str, u32, u64)> {
        let active = self.active.read().await;
        active.iter().map(|a| (a.model.name(), a.model.version(), a.position)).collect()
    }

    /// The position every view has reached.
    pub async fn position(&self) -> u64 {
        self.active.read().await.iter().map(|a| a.position).min().unwrap_or(0)
    }

    /// The one connection that writes; a new one when a server took the old one away.
    pub(crate) async fn writer(&self) -> Result<MutexGuard<'_, Db>, ViewError> {
        let mut writer = self.writer.lock().await;
        if self.dialect == Dialect::Postgres && database::ping(&mut writer).await.is_err() {
            let mut fresh = self.options.connect().within().await?;
            sqlx::raw_sql(self.dialect.prepare()).execute(&mut fresh).await?;
            *writer = fresh;
        }
        Ok(writer)
    }

    /// Where the views stand, when another process writes them: which tables answer, and how far they are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh(&self) -> Result<u64, ViewError> {
        let mut reader = self.readers.acquire().await?;
        let refreshed = tokio::time::timeout(REFRESH, self.refresh_with(&mut reader)).await;
        refreshed.unwrap_or_else(|_| Err(database::silent().into()))
    }

    pub(crate) async fn refresh_with(&self, db: &mut Db) -> Result<u64, ViewError> {
        let rows = sqlx::query(ACTIVE).fetch_all(db).await?;
        let mut known = self.active.write().await;
        let before = known.iter().map(|active| active.position).min();
        for row in rows {
            let name: &str = row.try_get("name")?;
            let version = database::count(&row, "version")?;
            let fits = |active: &&mut Active| {
                active.model.name() == name && active.model.version() == version
            };
            if let Some(active) = known.iter_mut().find(fits) {
                let slot: String = row.try_get("slot")?;
                let stored = u64::try_from(row.try_get::<i64, _>("position")?).unwrap_or(0);
                // Of the same tables we may know more than was read: a batch was applied meanwhile.
                let known = if slot == active.slot { active.position } else { 0 };
                active.position = stored.max(known);
                active.tables = Tables::new(name, version, &slot, self.dialect);
                active.slot = slot;
            }
        }
        let now = known.iter().map(|active| active.position).min();
        if now != before {
            self.names.forget();
        }
        Ok(now.unwrap_or(0))
    }

    /// Whether these are views of this event log; new ones are from now on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn belong_to(&self, log_id: Uuid) -> Result<bool, ViewError> {
        let mut writer = self.writer().await?;
        let add = "INSERT INTO origin VALUES (1, $1) ON CONFLICT (one) DO NOTHING";
        sqlx::query(add).bind(log_id.to_string()).execute(&mut *writer).await?;
        let row = sqlx::query("SELECT log_id FROM origin").fetch_one(&mut *writer).await?;
        Ok(row.try_get::<&str, _>("log_id")? == log_id.to_string())
    }

    /// Whether this process is the one that projects; it is until its connection ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn leads(&self) -> Result<bool, ViewError> {
        let mut writer = self.writer().await?;
        let row = sqlx::query(self.dialect.lead()).fetch_one(&mut *writer).within().await?;
        Ok(database::is_set(&row, "leads")?)
    }

    /// A reader, for questions.
    #[must_use]
    pub fn readers(&self) -> &DbPool {
        &self.readers
    }

    /// Closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
    }
}

/// Finds the active incarnation of a model, or starts its first; one of another version gives way.
async fn activate(
    db: &mut Db,
    dialect: Dialect,
    model: Arc<dyn Model>,
) -> Result<Active, ViewError> {
    for row in sqlx::query(ACTIVE).fetch_all(&mut *db).await? {
        let version = u32::try_from(row.try_get::<i64, _>("version")?).unwrap_or(0);
        if row.try_get::<&str, _>("name")? != model.name() {
            continue;
        }
        if version == model.version() {
            let slot: String = row.try_get("slot")?;
            let position = u64::try_from(row.try_get::<i64, _>("position")?).unwrap_or(0);
            let tables = Tables::new(model.name(), version, &slot, dialect);
            return Ok(Active { model, tables, slot, position });
        }
        if dialect == Dialect::Postgres && version > model.version() {
            return Err(ViewError::NewerProgram(model.name()));
        }
        // Another version's tables answer nobody any more; the new ones are filled from the log
        // before the server answers.
        let slot: String = row.try_get("slot")?;
        crate::rebuild::drop_tables(db, &Tables::new(model.name(), version, &slot, dialect))
            .await?;
        sqlx::query("DELETE FROM projection WHERE name = $1")
            .bind(model.name())
            .execute(&mut *db)
            .await?;
        // What the old version could not read, the new one may.
        sqlx::query("DELETE FROM parked WHERE view = $1")
            .bind(model.name())
            .execute(&mut *db)
            .await?;
    }
    let tables = Tables::new(model.name(), model.version(), "a", dialect);
    let mut tx = db.begin().await?;
    sqlx::raw_sql(tables.sql(model.schema())).execute(&mut *tx).await?;
    sqlx::query(ADD).bind(model.name()).bind(i64::from(model.version())).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(Active { model, tables, slot: "a".into(), position: 0 })
}
