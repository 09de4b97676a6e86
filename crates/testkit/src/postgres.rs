//! A PostgreSQL database for one test, on the server that `cargo xtask test` runs.

use std::path::Path;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions};
use uuid::Uuid;

const VARIABLE: &str = "TESTS_POSTGRES";
/// Before the number of the process whose test made a database.
const PREFIX: &str = "test_of_";

/// A new and empty database, as its owner. It goes when another test wants one after this process has
/// ended, or with the server: a whole run would fill gigabytes otherwise.
///
/// # Panics
/// When no server runs: these tests are never skipped.
pub async fn database() -> PgConnectOptions {
    let server = server();
    let process = std::process::id();
    let name = format!("{PREFIX}{process}_{}", Uuid::from_bytes(random()).simple());
    let mut admin = server.connect().await.unwrap();
    drop_those_of_ended_tests(&mut admin).await;
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut admin).await.unwrap();
    server.database(&name)
}

async fn drop_those_of_ended_tests(admin: &mut PgConnection) {
    let all = "SELECT datname FROM pg_database WHERE starts_with(datname, $1)";
    let names: Vec<String> =
        sqlx::query_scalar(all).bind(PREFIX).fetch_all(&mut *admin).await.unwrap();
    for name in names {
        let process = name.trim_start_matches(PREFIX).split('_').next().unwrap_or_default();
        if !Path::new("/proc/self").exists() || Path::new("/proc").join(process).exists() {
            continue;
        }
        // Two tests may sweep at once; whoever comes second finds it gone, or going.
        let drop = AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        sqlx::query(drop).execute(&mut *admin).await.ok();
    }
}

/// Databases for one server under test, as the variables that name them to it.
///
/// # Panics
/// When no server runs.
pub async fn environment() -> Vec<(String, String)> {
    let mut variables = Vec::new();
    for key in ["BIDAO_LOG_URL", "BIDAO_VIEWS_URL", "BIDAO_VAULT_URL"] {
        variables.push((key.into(), database().await.to_url_lossy().to_string()));
    }
    variables
}

/// Ends every connection to the databases of `environment`, as a server does that goes down.
///
/// # Panics
/// When no server runs.
pub async fn hang_up(environment: &[(String, String)]) {
    let mut admin = server().connect().await.unwrap();
    for (_, url) in environment {
        let database = url.parse::<PgConnectOptions>().unwrap();
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        let name = database.get_database().unwrap_or_default().to_owned();
        sqlx::query(end).bind(name).execute(&mut admin).await.unwrap();
    }
}

/// Makes every append to the log of `environment` fail, or work again.
///
/// # Panics
/// When the log cannot be changed.
pub async fn refuse_appends(environment: &[(String, String)], refuse: bool) {
    let (from, to) = if refuse { ("append", "append_gone") } else { ("append_gone", "append") };
    let (_, url) = environment.iter().find(|(name, _)| name == "BIDAO_LOG_URL").unwrap();
    let mut owner = url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
    let rename = format!(
        "DO $$ DECLARE found regprocedure; BEGIN \
         SELECT oid INTO STRICT found FROM pg_proc WHERE proname = '{from}' AND pronamespace = 'bidao_log'::regnamespace; \
         EXECUTE format('ALTER FUNCTION %s RENAME TO {to}', found); END $$"
    );
    sqlx::raw_sql(AssertSqlSafe(rename)).execute(&mut owner).await.unwrap();
}

/// Every row of every table in the databases of `environment`, as PostgreSQL prints them; bytes as hex.
///
/// # Panics
/// When a database cannot be read.
pub async fn everything(environment: &[(String, String)]) -> String {
    let tables = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables \
         WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
    let mut all = String::new();
    for (_, url) in environment.iter().filter(|(_, url)| url.starts_with("postgres")) {
        let mut database = url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
        let names: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut database).await.unwrap();
        for name in names {
            let rows = AssertSqlSafe(format!("SELECT found::text FROM {name} AS found"));
            let rows: Vec<String> =
                sqlx::query_scalar(rows).fetch_all(&mut database).await.unwrap();
            all.extend(rows);
        }
    }
    all
}

/// The server, as its administrator.
///
/// # Panics
/// When no server runs.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "where the server is comes from `cargo xtask test`")]
pub fn server() -> PgConnectOptions {
    let Ok(url) = std::env::var(VARIABLE) else {
        panic!("{VARIABLE} is not set: run `cargo xtask test`, or `cargo xtask test -p PACKAGE`");
    };
    url.parse().unwrap()
}

fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    runtime::ids::fill_random(&mut bytes);
    bytes
}
