//! What a read model is: versioned tables and a pure `apply`.

use async_trait::async_trait;
use event::Recorded;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};
use thiserror::Error;

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
    #[error("{0}")]
    Poison(String),
}

/// One incarnation of a model's tables: `board_v1_a`. Templates write `{t}` for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    prefix: String,
}

impl Tables {
    #[must_use]
    pub fn new(name: &str, version: u32, slot: &str) -> Self {
        Self { prefix: format!("{name}_v{version}_{slot}") }
    }

    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The statement for these tables. Only our own names are put in; values are always bound.
    #[must_use]
    pub fn sql(&self, template: &str) -> SqlStr {
        AssertSqlSafe(template.replace("{t}", &self.prefix)).into_sql_str()
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
        db: &mut SqliteConnection,
        tables: &Tables,
        recorded: &Recorded,
        fact: &Fact,
    ) -> Result<(), ViewError>;
}
