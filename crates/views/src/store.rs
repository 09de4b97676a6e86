//! The read-model database: its own file, so that projections never hold up appends.

use std::path::Path;
use std::sync::Arc;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Row};
use tokio::sync::{Mutex, RwLock};

use crate::model::{Model, Tables, ViewError};
use crate::{
    board, call_log, coverage, dashboard, due, issue_detail, month_report, org_tree, worklist,
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
const ADD: &str = "INSERT INTO projection VALUES (?, ?, 'a', 0)";
const READERS: u32 = 4;

/// A model with the incarnation that answers questions now.
#[derive(Clone)]
pub struct Active {
    pub model: Arc<dyn Model>,
    pub tables: Tables,
    pub slot: String,
    pub position: u64,
}

pub struct Views {
    pub(crate) writer: Mutex<SqliteConnection>,
    pub(crate) readers: SqlitePool,
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
        Arc::new(issue_detail::IssueDetail),
        Arc::new(board::Board),
        Arc::new(worklist::Worklist),
        Arc::new(due::Due),
        Arc::new(dashboard::Dashboard),
        Arc::new(month_report::MonthReport),
    ]
}

impl Views {
    /// Opens the views at `path`, making the tables of `models` that are not there.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub async fn open(path: &Path, models: Vec<Arc<dyn Model>>) -> Result<Self, ViewError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Views are rebuilt from the log when lost, so a commit need not wait for the disk.
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(std::time::Duration::from_secs(10));
        let writer = options.connect().await?;
        Self::with(writer, models, |_| {
            SqlitePoolOptions::new()
                .max_connections(READERS)
                .connect_lazy_with(options.read_only(true))
        })
        .await
    }

    /// Views that are gone with the process, for simulations.
    ///
    /// # Errors
    /// When SQLite fails.
    pub async fn in_memory(name: &str, models: Vec<Arc<dyn Model>>) -> Result<Self, ViewError> {
        let options = SqliteConnectOptions::new()
            .filename(format!("file:{name}?mode=memory&cache=shared"))
            .in_memory(true)
            .shared_cache(true)
            .synchronous(SqliteSynchronous::Off);
        let writer = options.connect().await?;
        Self::with(writer, models, |_| {
            SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options)
        })
        .await
    }

    async fn with(
        mut writer: SqliteConnection,
        models: Vec<Arc<dyn Model>>,
        readers: impl FnOnce(()) -> SqlitePool,
    ) -> Result<Self, ViewError> {
        sqlx::raw_sql(SCHEMA).execute(&mut writer).await?;
        let mut active = Vec::with_capacity(models.len());
        for model in models {
            active.push(activate(&mut writer, model).await?);
        }
        Ok(Self {
            writer: Mutex::new(writer),
            readers: readers(()),
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

    /// A reader, for questions.
    #[must_use]
    pub fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// Closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
    }
}

/// Finds the active incarnation of a model, or starts its first; one of another version gives way.
async fn activate(db: &mut SqliteConnection, model: Arc<dyn Model>) -> Result<Active, ViewError> {
    for row in sqlx::query(ACTIVE).fetch_all(&mut *db).await? {
        let version: u32 = row.try_get("version")?;
        if row.try_get::<&str, _>("name")? != model.name() {
            continue;
        }
        if version == model.version() {
            let slot: String = row.try_get("slot")?;
            let position = u64::try_from(row.try_get::<i64, _>("position")?).unwrap_or(0);
            let tables = Tables::new(model.name(), version, &slot);
            return Ok(Active { model, tables, slot, position });
        }
        // Another version's tables answer nobody any more; the new ones are filled from the log
        // before the server answers.
        let slot: String = row.try_get("slot")?;
        crate::rebuild::drop_tables(db, &Tables::new(model.name(), version, &slot)).await?;
        sqlx::query("DELETE FROM projection WHERE name = ?")
            .bind(model.name())
            .execute(&mut *db)
            .await?;
        // What the old version could not read, the new one may.
        sqlx::query("DELETE FROM parked WHERE view = ?")
            .bind(model.name())
            .execute(&mut *db)
            .await?;
    }
    let tables = Tables::new(model.name(), model.version(), "a");
    let mut tx = db.begin().await?;
    sqlx::raw_sql(tables.sql(model.schema())).execute(&mut *tx).await?;
    sqlx::query(ADD).bind(model.name()).bind(model.version()).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(Active { model, tables, slot: "a".into(), position: 0 })
}
