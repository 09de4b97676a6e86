//! The read models' database: SQLite or PostgreSQL behind one connection type. Statements are written once,
//! in what both understand; the few differences are here.

use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyRow, install_default_drivers};
use sqlx::{
    AnyConnection, AnyPool, AssertSqlSafe, ConnectOptions, Connection, Row, SqlSafeStr, SqlStr,
};

pub type Db = AnyConnection;
pub type DbPool = AnyPool;
pub type DbRow = AnyRow;

/// PostgreSQL looks here for every table of ours. Processes that start together make them one after the
/// other.
const PG_SCHEMA: &str = "SELECT pg_advisory_lock(hashtext('bidao_views'));
DO $$ BEGIN
    IF to_regnamespace('bidao_views') IS NULL THEN
        CREATE SCHEMA bidao_views;
        CREATE FUNCTION bidao_views.instr(text, text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
            AS 'SELECT strpos($1, $2)';
    END IF;
END $$;
SET search_path TO bidao_views;";
/// The server notices within seconds that this machine is gone, and lets go of what it held.
const PG_SESSION: &str = "SET search_path TO bidao_views; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; \
     SET tcp_keepalives_count = 3; SET tcp_user_timeout = 20000";
// Views are rebuilt from the log when lost, so a commit need not wait for the disk.
const SQLITE_WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;";
const SQLITE_SESSION: &str = "PRAGMA busy_timeout = 10000;";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// How a transaction that writes begins.
    #[must_use]
    pub const fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// What prepares the connection that writes.
    pub(crate) const fn prepare_writer(self) -> &'static str {
        match self {
            Self::Sqlite => SQLITE_WRITER,
            Self::Postgres => PG_SCHEMA,
        }
    }

    /// What ends the preparation of the writer.
    pub(crate) const fn prepared_writer(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT 1",
            Self::Postgres => "SELECT pg_advisory_unlock(hashtext('bidao_views'))",
        }
    }

    /// Projectors share the views; who switches one over has them alone for that moment.
    pub(crate) const fn share_switch(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT 1",
            Self::Postgres => "SELECT pg_advisory_xact_lock_shared(hashtext('bidao_views_switch'))",
        }
    }

    pub(crate) const fn hold_switch(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT 1",
            Self::Postgres => "SELECT pg_advisory_lock(hashtext('bidao_views_switch'))",
        }
    }

    pub(crate) const fn release_switch(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT 1",
            Self::Postgres => "SELECT pg_advisory_unlock(hashtext('bidao_views_switch'))",
        }
    }

    /// Whether this connection leads the projection; it does until it ends.
    pub(crate) const fn lead(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT 1 AS leads",
            Self::Postgres => {
                "SELECT CASE WHEN pg_try_advisory_lock(hashtext('bidao_projector')) THEN 1 ELSE 0 END AS leads"
            }
        }
    }

    /// Rebuilds follow one another, those of other processes too.
    pub(crate) const fn take_rebuild(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT 1 AS taken",
            Self::Postgres => {
                "SELECT CASE WHEN pg_try_advisory_lock(hashtext('bidao_rebuild')) THEN 1 ELSE 0 END AS taken"
            }
        }
    }

    pub(crate) const fn leave_rebuild(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT 1",
            Self::Postgres => "SELECT pg_advisory_unlock(hashtext('bidao_rebuild'))",
        }
    }

    /// What prepares any connection.
    pub(crate) const fn prepare(self) -> &'static str {
        match self {
            Self::Sqlite => SQLITE_SESSION,
            Self::Postgres => PG_SESSION,
        }
    }

    /// The statement as this database takes it. Templates are written for SQLite: parameters are `?` or
    /// `?N`, texts compare by their bytes, and `{flag:x}`, `{number:x}` and `{text:x}` are columns kept from
    /// the field `x` of the row's document.
    #[must_use]
    pub fn sql(self, template: &str) -> SqlStr {
        let sql = kept_columns(self, template);
        match self {
            Self::Sqlite => AssertSqlSafe(sql).into_sql_str(),
            Self::Postgres => AssertSqlSafe(numbered(&typed(&sql))).into_sql_str(),
        }
    }

    /// Names of tables that are `?1` or like `?2`.
    pub(crate) const fn tables(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND (name = $1 OR name LIKE $2 ESCAPE '\\') \
                 ORDER BY name"
            }
            Self::Postgres => {
                "SELECT tablename::text COLLATE \"C\" AS name FROM pg_tables WHERE schemaname = 'bidao_views' \
                 AND (tablename = $1 OR tablename LIKE $2) ORDER BY 1"
            }
        }
    }

    /// Names of the columns of table `$1`, in their order.
    pub(crate) const fn columns(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT name FROM pragma_table_info($1) ORDER BY cid",
            Self::Postgres => {
                "SELECT column_name::text AS name FROM information_schema.columns \
                 WHERE table_schema = 'bidao_views' AND table_name = $1 ORDER BY ordinal_position"
            }
        }
    }

    /// A column's value as text, different for different values.
    pub(crate) fn quoted(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("quote(\"{column}\")"),
            Self::Postgres => format!("quote_nullable(\"{column}\"::text)"),
        }
    }
}

/// Columns whose value is a field of the row's own document, written once and kept, so that sums read no
/// JSON.
fn kept_columns(dialect: Dialect, template: &str) -> String {
    let mut sql = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, marked)) = rest.split_once("{") {
        sql.push_str(before);
        let Some((mark, after)) = marked.split_once('}') else {
            sql.push('{');
            rest = marked;
            break;
        };
        match mark.split_once(':') {
            Some((kind, field)) => sql.push_str(&kept(dialect, kind, field)),
            None => sql.push_str(&format!("{{{mark}}}")),
        }
        rest = after;
    }
    sql.push_str(rest);
    sql
}

fn kept(dialect: Dialect, kind: &str, field: &str) -> String {
    match (dialect, kind) {
        (Dialect::Sqlite, "text") => format!("{field} TEXT AS (doc ->> '$.{field}') STORED"),
        (Dialect::Sqlite, _) => format!("{field} INTEGER AS (doc ->> '$.{field}') STORED"),
        (Dialect::Postgres, kind) => {
            let of = match kind {
                "text" => "TEXT",
                "flag" => "BOOLEAN",
                _ => "BIGINT",
            };
            format!("{field} {of} GENERATED ALWAYS AS ((doc::jsonb ->> '{field}')::{of}) STORED")
        }
    }
}

/// SQLite's table options and types in PostgreSQL's words.
fn typed(sql: &str) -> String {
    sql.replace(" STRICT, WITHOUT ROWID", "")
        .replace(" STRICT", "")
        .replace(" INTEGER", " BIGINT")
        .replace(" TEXT", " TEXT COLLATE \"C\"")
}

/// `?` and `?N` as `$1`, `$2`, …
fn numbered(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 16);
    let mut count = 0;
    let mut letters = sql.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '?' {
            out.push(letter);
            continue;
        }
        out.push('$');
        if !letters.peek().is_some_and(char::is_ascii_digit) {
            count += 1;
            out.push_str(&count.to_string());
        }
    }
    out
}

/// A small count; columns hold 64 bits.
pub(crate) fn count(row: &DbRow, column: &str) -> Result<u32, sqlx::Error> {
    let number: i64 = row.try_get(column)?;
    u32::try_from(number).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// A 1 or a 0, as wide as the database makes it.
pub(crate) fn is_set(row: &DbRow, column: &str) -> Result<bool, sqlx::Error> {
    let wide = || row.try_get::<i64, _>(column);
    row.try_get::<i32, _>(column).map(i64::from).or_else(|_| wide()).map(|number| number == 1)
}

/// How long a question may take; a server that is gone without a word never answers.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a sign of life may take.
const PING: Duration = Duration::from_secs(5);

/// A question that ends, whatever became of the server.
pub(crate) trait Within: Future {
    /// # Errors
    /// As the question, or that there was no answer in time.
    async fn within<T>(self) -> Result<T, sqlx::Error>
    where
        Self: Future<Output = Result<T, sqlx::Error>> + Sized,
    {
        tokio::time::timeout(ANSWER, self).await.unwrap_or_else(|_| Err(silent()))
    }
}

impl<F: Future> Within for F {}

/// Whether there is somebody at the other end.
///
/// # Errors
/// When there is not.
pub(crate) async fn ping(db: &mut Db) -> Result<(), sqlx::Error> {
    tokio::time::timeout(PING, db.ping()).await.unwrap_or_else(|_| Err(silent()))
}

pub(crate) fn silent() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "the database is silent"))
}

/// Connections for questions; one that fell silent is not given out again.
pub(crate) fn pool(options: AnyConnectOptions, dialect: Dialect, connections: u32) -> DbPool {
    let pool = AnyPoolOptions::new().max_connections(connections).acquire_timeout(PING);
    let prepared = pool.after_connect(move |connection, _| {
        Box::pin(
            async move { sqlx::raw_sql(dialect.prepare()).execute(connection).await.map(|_| ()) },
        )
    });
    let checked =
        prepared.after_release(|db, _| Box::pin(async move { ping(db).await.map(|()| true) }));
    checked.connect_lazy_with(options)
}

/// Options of a database by its URL, `sqlite:…` or `postgres:…`.
pub(crate) fn options(url: &str) -> Result<(AnyConnectOptions, Dialect), sqlx::Error> {
    install_default_drivers();
    let dialect = if url.starts_with("sqlite:") { Dialect::Sqlite } else { Dialect::Postgres };
    // Statements are logged nowhere: they carry ids.
    Ok((url.parse::<AnyConnectOptions>()?.disable_statement_logging(), dialect))
}
