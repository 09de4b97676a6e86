//! Unit → area path, kept by each model that scopes its rows, so that no model reads another's tables.

use domain::org::OrgEvent;
use domain::shared::ids::UnitId;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use crate::fact::Fact;
use crate::model::{Tables, ViewError};

pub const SCHEMA: &str =
    "CREATE TABLE {t}_area (unit TEXT PRIMARY KEY, path TEXT NOT NULL) STRICT, WITHOUT ROWID;";
const ADD: &str =
    "INSERT INTO {t}_area VALUES (?, ?) ON CONFLICT (unit) DO UPDATE SET path = excluded.path";
const PATH: &str = "SELECT path FROM {t}_area WHERE unit = ?";

/// Learns the path of a unit that was added.
///
/// # Errors
/// When the database fails.
pub async fn learn(
    db: &mut SqliteConnection,
    tables: &Tables,
    fact: &Fact,
) -> Result<(), ViewError> {
    if let Fact::Org(OrgEvent::UnitAdded(unit)) = fact {
        let above = match unit.parent {
            Some(parent) => path_of(db, tables, parent).await?,
            None => String::new(),
        };
        let path = format!("{above}/{}", unit.unit);
        sqlx::query(tables.sql(ADD)).bind(unit.unit.to_string()).bind(path).execute(db).await?;
    }
    Ok(())
}

/// `/county/township/village/grid`; empty for a unit that is not in the tree.
///
/// # Errors
/// When the database fails.
pub async fn path_of(
    db: &mut SqliteConnection,
    tables: &Tables,
    unit: UnitId,
) -> Result<String, ViewError> {
    let row = sqlx::query(tables.sql(PATH)).bind(unit.to_string()).fetch_optional(db).await?;
    Ok(row.map(|row| row.try_get("path")).transpose()?.unwrap_or_default())
}
