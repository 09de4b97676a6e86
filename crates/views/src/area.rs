//! Unit → area path, kept by each model that scopes its rows, so that no model reads another's tables.

use std::collections::BTreeSet;

use domain::org::OrgEvent;
use domain::shared::ids::UnitId;
use sqlx::Row;

use crate::database::Db;
use crate::fact::Fact;
use crate::model::{Tables, ViewError};

pub const SCHEMA: &str =
    "CREATE TABLE {t}_area (unit TEXT PRIMARY KEY, path TEXT NOT NULL) STRICT, WITHOUT ROWID;";
const ADD: &str =
    "INSERT INTO {t}_area VALUES (?, ?) ON CONFLICT (unit) DO UPDATE SET path = excluded.path";
/// Two places that saw one file become one place that sees it.
const JOIN: &str = "DELETE FROM \"{table}\" WHERE ({path} = ?3 OR ({path} >= ?4 AND {path} < ?5)) AND EXISTS (
    SELECT 1 FROM \"{table}\" AS other
    WHERE other.id = \"{table}\".id AND other.path = ?1 || substr(\"{table}\".path, CAST(?2 AS INT)))";
const RELOCATE: &str = "UPDATE \"{table}\" SET {path} = ?1 || substr({path}, CAST(?2 AS INT))
  WHERE {path} = ?3 OR ({path} >= ?4 AND {path} < ?5)";
/// The document repeats the path. No other text of it looks like this: quotes within a text are escaped.
const RELOCATE_DOC: &str = "UPDATE \"{table}\" SET {path} = ?1 || substr({path}, CAST(?2 AS INT)),
    doc = replace(doc, '\"area_path\":\"' || ?3, '\"area_path\":\"' || ?1)
  WHERE {path} = ?3 OR ({path} >= ?4 AND {path} < ?5)";
/// Who stood aside with a unit stands aside with the one it went into, and with one that comes below it.
const STAND_ASIDE: &str =
    "UPDATE \"{table}\" SET recused = recused || ' ' || ? WHERE instr(recused, ?) > 0";
const WITHIN: &str = "SELECT unit FROM {t}_area WHERE path = ? OR (path >= ? AND path < ?)";
const PATH: &str = "SELECT path FROM {t}_area WHERE unit = ?";

/// Learns the path of a unit that was added. When a unit moves or is merged, the paths of everything
/// below it follow, and with them every row of this model that has an `area_path`: what is visible
/// follows the tree as it stands (ADR 8).
///
/// # Errors
/// When the database fails.
pub async fn learn(db: &mut Db, tables: &Tables, fact: &Fact) -> Result<(), ViewError> {
    let Fact::Org(fact) = fact else { return Ok(()) };
    if let OrgEvent::UnitAdded(unit) = fact {
        let above = match unit.parent {
            Some(parent) => path_of(db, tables, parent).await?,
            None => String::new(),
        };
        let path = format!("{above}/{}", unit.unit);
        let query = sqlx::query(tables.sql(ADD)).bind(unit.unit.to_string()).bind(path);
        query.execute(&mut *db).await?;
        if let Some(parent) = unit.parent {
            stand_aside(db, tables, parent, unit.unit).await?;
        }
    } else if let OrgEvent::UnitMoved(e) = fact {
        let path = format!("{}/{}", path_of(db, tables, e.parent).await?, e.unit);
        relocate(db, tables, e.unit, &path).await?;
        stand_aside(db, tables, e.parent, e.unit).await?;
    } else if let OrgEvent::UnitMerged(e) = fact {
        let path = path_of(db, tables, e.into).await?;
        relocate(db, tables, e.unit, &path).await?;
        stand_aside(db, tables, e.unit, e.into).await?;
        // What comes below a unit that stands aside does so too.
        stand_aside(db, tables, e.into, e.into).await?;
    }
    Ok(())
}

/// Gives everything at or below the unit's old path the new one. Rare, so the tables are asked for
/// their columns instead of listed twice.
async fn relocate(db: &mut Db, tables: &Tables, unit: UnitId, path: &str) -> Result<(), ViewError> {
    let old = path_of(db, tables, unit).await?;
    if old.is_empty() {
        return Ok(());
    }
    for table in tables.names(db).await? {
        let columns = tables.columns(db, &table).await?;
        let has = |name: &str| columns.iter().any(|column| column == name);
        let Some(column) = ["path", "area_path"].into_iter().find(|column| has(column)) else {
            continue;
        };
        let statements: &[&str] = match (has("id") && column == "path", has("doc")) {
            (true, _) => &[JOIN, RELOCATE],
            (false, true) => &[RELOCATE_DOC],
            (false, false) => &[RELOCATE],
        };
        for statement in statements {
            let sql = statement.replace("{table}", &table).replace("{path}", column);
            let query = sqlx::query(tables.sql(&sql))
                .bind(path)
                .bind(i64::try_from(old.len()).unwrap_or(0) + 1)
                .bind(&old)
                .bind(format!("{old}/"))
                .bind(format!("{old}0"));
            query.execute(&mut *db).await?;
        }
    }
    Ok(())
}

/// Who stands aside with `named` stands aside with `unit`, and all below it, from now on.
async fn stand_aside(
    db: &mut Db,
    tables: &Tables,
    named: UnitId,
    unit: UnitId,
) -> Result<(), ViewError> {
    let more = Vec::from_iter(units_within(db, tables, unit).await?).join(" ");
    for table in tables.names(db).await? {
        if tables.columns(db, &table).await?.iter().any(|column| column == "recused") {
            let sql = tables.sql(&STAND_ASIDE.replace("{table}", &table));
            let query = sqlx::query(sql).bind(&more).bind(named.to_string());
            query.execute(&mut *db).await?;
        }
    }
    Ok(())
}

/// The unit itself, what it has become, and everything below that.
///
/// # Errors
/// When the database fails.
pub async fn units_within(
    db: &mut Db,
    tables: &Tables,
    unit: UnitId,
) -> Result<BTreeSet<String>, ViewError> {
    let path = path_of(db, tables, unit).await?;
    let mut units = BTreeSet::from([unit.to_string()]);
    if !path.is_empty() {
        let query = sqlx::query(tables.sql(WITHIN))
            .bind(&path)
            .bind(format!("{path}/"))
            .bind(format!("{path}0"));
        for row in query.fetch_all(db).await? {
            units.insert(row.try_get("unit")?);
        }
    }
    Ok(units)
}

/// `/county/township/village/grid`; empty for a unit that is not in the tree.
///
/// # Errors
/// When the database fails.
pub async fn path_of(db: &mut Db, tables: &Tables, unit: UnitId) -> Result<String, ViewError> {
    let row = sqlx::query(tables.sql(PATH)).bind(unit.to_string()).fetch_optional(db).await?;
    Ok(row.map(|row| row.try_get("path")).transpose()?.unwrap_or_default())
}
