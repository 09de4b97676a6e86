//! Makes the log's schema, or brings it to this program's version. Run by the owner of the database; the
//! processes that serve only check it.

use std::borrow::Cow;

use runtime::Ids;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Row, SqlSafeStr};

use super::unavailable;
use crate::log::LogError;

/// Never changed once released; a later change is a further entry.
const MIGRATIONS: [(i64, &str, &str); 2] = [
    (1, "tables of the log", include_str!("schema.sql")),
    (2, "append, and who may do what", include_str!("append.sql")),
];
const MIGRATED: &str = "bidao_log.migration";
const APPLIED: &str = "SELECT to_regclass('bidao_log.identity') IS NOT NULL AND EXISTS (SELECT FROM pg_proc p \
     WHERE p.proname = 'append' AND p.pronamespace = 'bidao_log'::regnamespace) AS applied";
const ADD_IDENTITY: &str =
    "INSERT INTO bidao_log.identity VALUES (1, $1) ON CONFLICT (one) DO NOTHING";

/// Brings the schema of the database that `options` name to this program's version; a new log gets its
/// identity from `ids`. Several may do so at once.
///
/// # Errors
/// When the database refuses, or is of a newer version.
pub async fn migrate(options: &PgConnectOptions, ids: &Ids) -> Result<(), LogError> {
    let mut owner = options.connect().await.map_err(unavailable)?;
    let migrations = MIGRATIONS.into_iter().map(|(version, description, sql)| {
        let sql = AssertSqlSafe(sql).into_sql_str();
        Migration::new(version, Cow::Borrowed(description), MigrationType::Simple, sql, false)
    });
    let mut migrator = Migrator::with_migrations(migrations.collect());
    migrator.create_schema("bidao_log");
    migrator.dangerous_set_table_name(MIGRATED);
    migrator.run(&mut owner).await.map_err(unavailable)?;
    let add = sqlx::query(ADD_IDENTITY).bind(ids.uuid7());
    add.execute(&mut owner).await.map_err(unavailable)?;
    Ok(())
}

/// Whether the schema is there for a process to serve on.
pub(super) async fn require_schema(connection: &mut PgConnection) -> Result<(), LogError> {
    let known = sqlx::query("SELECT to_regnamespace('bidao_log') IS NOT NULL AS known")
        .fetch_one(&mut *connection)
        .await
        .map_err(unavailable)?;
    let applied = match known.try_get("known").map_err(unavailable)? {
        true => {
            let row = sqlx::query(APPLIED).fetch_one(connection).await.map_err(unavailable)?;
            row.try_get("applied").map_err(unavailable)?
        }
        false => false,
    };
    if applied {
        return Ok(());
    }
    Err(LogError::Unavailable(
        "the database has no event log yet; run `bidao migrate` as its owner".into(),
    ))
}
