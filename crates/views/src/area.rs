//! Unit → area path, kept by each model that scopes its rows, so that no model reads another's tables.

use domain::org::OrgEvent;
use domain::shared::ids::UnitId;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use crate::fact::Fact;
use crate::model::{Tables, ViewError};

pub const SCHEMA: &str =
    "CREATE TABLE {t}_area (unit TEXT PRIMARY KEY, path TEXT NOT NULL) STRICT, WITHOUT ROWID;";
const ADD: &str =
    "INSERT INTO {t}_area VALUES (?, ?) ON CONFLICT (unit) DO UPDATE SET path = excluded.path";
/// Tables of the model that keep a path, with the column's name and whether a document repeats it.
const COLUMNS: &str = "SELECT m.name AS name, p.name AS path,
    EXISTS (SELECT 1 FROM pragma_table_info(m.name) d WHERE d.name = 'doc') AS has_doc
  FROM sqlite_schema m, pragma_table_info(m.name) p
  WHERE m.type = 'table' AND (m.name = ?1 OR m.name LIKE ?2 ESCAPE '\\') AND p.name IN ('path', 'area_path')
  ORDER BY m.name";
/// Two places that saw one file become one place that sees it.
const RELOCATE: &str = "UPDATE OR REPLACE \"{table}\" SET {path} = ?1 || substr({path}, ?2)
  WHERE {path} = ?3 OR ({path} >= ?4 AND {path} < ?5)";
const RELOCATE_DOC: &str = "UPDATE OR REPLACE \"{table}\" SET doc = json_replace(doc,
    '$.area_path', ?1 || substr({path}, ?2), '$.row.area_path', ?1 || substr({path}, ?2)),
    {path} = ?1 || substr({path}, ?2)
  WHERE {path} = ?3 OR ({path} >= ?4 AND {path} < ?5)";
const PATH: &str = "SELECT path FROM {t}_area WHERE unit = ?";

/// Learns the path of a unit that was added. When a unit moves or is merged, the paths of everything
/// below it follow, and with them every row of this model that has an `area_path`: what is visible
/// follows the tree as it stands (ADR 8).
///
/// # Errors
/// When the database fails.
pub async fn learn(
    db: &mut SqliteConnection,
    tables: &Tables,
    fact: &Fact,
) -> Result<(), ViewError> {
    let Fact::Org(fact) = fact else { return Ok(()) };
    if let OrgEvent::UnitAdded(unit) = fact {
        let above = match unit.parent {
            Some(parent) => path_of(db, tables, parent).await?,
            None => String::new(),
        };
        let path = format!("{above}/{}", unit.unit);
        sqlx::query(tables.sql(ADD)).bind(unit.unit.to_string()).bind(path).execute(db).await?;
    } else if let OrgEvent::UnitMoved(e) = fact {
        let path = format!("{}/{}", path_of(db, tables, e.parent).await?, e.unit);
        relocate(db, tables, e.unit, &path).await?;
    } else if let OrgEvent::UnitMerged(e) = fact {
        let path = path_of(db, tables, e.into).await?;
        relocate(db, tables, e.unit, &path).await?;
    }
    Ok(())
}

/// Gives everything at or below the unit's old path the new one. Rare, so the tables are asked for
/// their columns instead of listed twice.
async fn relocate(
    db: &mut SqliteConnection,
    tables: &Tables,
    unit: UnitId,
    path: &str,
) -> Result<(), ViewError> {
    let old = path_of(db, tables, unit).await?;
    if old.is_empty() {
        return Ok(());
    }
    let pattern = format!("{}\\_%", tables.prefix().replace('_', "\\_"));
    let found =
        sqlx::query(COLUMNS).bind(tables.prefix()).bind(pattern).fetch_all(&mut *db).await?;
    for row in found {
        let table: &str = row.try_get("name")?;
        let sql = match row.try_get("has_doc")? {
            true => RELOCATE_DOC,
            false => RELOCATE,
        };
        let sql = sql.replace("{table}", table).replace("{path}", row.try_get("path")?);
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(path)
            .bind(i64::try_from(old.len()).unwrap_or(0) + 1)
            .bind(&old)
            .bind(format!("{old}/"))
            .bind(format!("{old}0"));
        query.execute(&mut *db).await?;
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
