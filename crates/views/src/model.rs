//! What a read model is: versioned tables and a pure `apply`.

use async_trait::async_trait;
use event::Recorded;
use sqlx::{Row, SqlStr};
use thiserror::Error;

use crate::database::{Db, Dialect};
use crate::fact::Fact;

#[derive(Debug, Error)]
pub enum ViewError {
    #[error("the read-model database is unavailable: {0}")]
    Unavailable(#[from] sqlx::Error),
    #[error("a stored row does not decode: {0}")]
    Row(#[from] serde_json::Error),
    #[error("{0} is no view; views are {1}")]
    NoSuchView(String, String),
    /// Another projector moved the checkpoint: this one is a zombie and must stop.
    #[error("the checkpoint of {view} moved under us (we were at {ours})")]
    Fenced { view: &'static str, ours: u64 },
    /// Processes of an older program would take the tables away from those that use them.
    #[error("a newer program made the view {0}; start that program here too")]
    NewerProgram(&'static str),
    #[error("another process rebuilds a view; wait for it to end")]
    RebuildUnderWay,
    #[error("{0}")]
    Poison(String),
}

/// One incarnation of a model's tables: `board_v1_a`. Templates write `{t}` for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    prefix: String,
    dialect: Dialect,
}

impl Tables {
    #[must_use]
    pub fn new(name: &str, version: u32, slot: &str, dialect: Dialect) -> Self {
        Self { prefix: format!("{name}_v{version}_{slot}"), dialect }
    }

    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The statement for these tables. Only our own names are put in; values are always bound.
    #[must_use]
    pub fn sql(&self, template: &str) -> SqlStr {
        self.dialect.sql(&template.replace("{t}", &self.prefix))
    }

    #[must_use]
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The tables of this incarnation that are there.
    pub(crate) async fn names(&self, db: &mut Db) -> Result<Vec<String>, ViewError> {
        let pattern = format!("{}\\_%", self.prefix.replace('_', "\\_"));
        let query = sqlx::query(self.dialect.tables()).bind(&self.prefix).bind(pattern);
        let rows = query.fetch_all(db).await?;
        rows.iter().map(|row| Ok(row.try_get("name")?)).collect()
    }

    /// The columns of one of them, in their order.
    pub(crate) async fn columns(&self, db: &mut Db, table: &str) -> Result<Vec<String>, ViewError> {
        let rows = sqlx::query(self.dialect.columns()).bind(table).fetch_all(db).await?;
        rows.iter().map(|row| Ok(row.try_get("name")?)).collect()
    }
}

/// A read model. `apply` depends on the event alone, so a rebuilt view equals the live one.
#[async_trait]
pub trait Model: Send + Sync {
    fn name(&self) -> &'static str;

    /// Raised whenever tables or `apply` change; the new version is built beside the old one.
    fn version(&self) -> u32;

    /// `CREATE TABLE` statements, with `{t}` for the incarnation.
    fn schema(&self) -> &'static str;

    async fn apply(
        &self,
        db: &mut Db,
        tables: &Tables,
        recorded: &Recorded,
        fact: &Fact,
    ) -> Result<(), ViewError>;
}
