//! A PostgreSQL database for one test, on the server that `cargo xtask test` runs.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};
use uuid::Uuid;

const VARIABLE: &str = "TESTS_POSTGRES";

/// A new and empty database, as its owner. It goes with the server.
///
/// # Panics
/// When no server runs: these tests are never skipped.
pub async fn database() -> PgConnectOptions {
    let server = server();
    let name = format!("test_{}", Uuid::from_bytes(random()).simple());
    let mut admin = server.connect().await.unwrap();
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut admin).await.unwrap();
    server.database(&name)
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
