//! Log lines: message readable, values as fields, to stderr. No personal data, ever.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging; a second call changes nothing. `filter` as in `info` or `info,worker=debug`.
///
/// # Errors
/// When the filter does not parse.
pub fn start(filter: &str) -> Result<(), String> {
    // What PostgreSQL remarks while tables are made is no news to an operator.
    let filtered = format!("{filter},sqlx::postgres::notice=warn");
    let parsed = EnvFilter::try_new(filtered).map_err(|error| {
        format!("log: '{filter}' is not a log filter ({error}); write for example 'info'")
    })?;
    let colours = std::io::stderr().is_terminal();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(parsed)
        .with_ansi(colours)
        .with_writer(std::io::stderr);
    if subscriber.try_init().is_err() {
        tracing::debug!("logging was started before");
    }
    Ok(())
}
