//! Whether a PostgreSQL server keeps what it acknowledged when the power fails.

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Row};

use super::unavailable;
use crate::log::LogError;

const SETTINGS: &str = "SELECT current_setting('fsync') AS fsync, \
     current_setting('full_page_writes') AS full_page_writes, \
     current_setting('synchronous_commit') AS synchronous_commit, \
     current_setting('server_version') AS version, \
     (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now_us";

/// The settings that an acknowledgement rests on, as this user's connections have them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durability {
    pub version: String,
    pub fsync: String,
    pub full_page_writes: String,
    pub synchronous_commit: String,
    /// The server's clock, µs UTC.
    pub now_us: i64,
}

impl Durability {
    /// # Errors
    /// When the database does not answer.
    pub async fn of(options: &PgConnectOptions) -> Result<Self, LogError> {
        let mut connection = options.connect().await.map_err(unavailable)?;
        let row = sqlx::query(SETTINGS).fetch_one(&mut connection).await.map_err(unavailable)?;
        let text = |name: &str| row.try_get::<String, _>(name).map_err(unavailable);
        Ok(Self {
            version: text("version")?,
            fsync: text("fsync")?,
            full_page_writes: text("full_page_writes")?,
            synchronous_commit: text("synchronous_commit")?,
            now_us: row.try_get("now_us").map_err(unavailable)?,
        })
    }

    /// The setting that lets an acknowledged command be lost, when there is one.
    #[must_use]
    pub fn weakness(&self) -> Option<String> {
        let flushes = ["on", "remote_apply", "remote_write", "local"];
        let settings = [
            ("fsync", &self.fsync, self.fsync == "on"),
            ("full_page_writes", &self.full_page_writes, self.full_page_writes == "on"),
            (
                "synchronous_commit",
                &self.synchronous_commit,
                flushes.contains(&&*self.synchronous_commit),
            ),
        ];
        let weak = settings.into_iter().find(|(.., sound)| !sound);
        weak.map(|(name, value, _)| format!("{name} = {value}; set it to on"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> Durability {
        let on = || "on".to_owned();
        Durability {
            version: "17.2".into(),
            fsync: on(),
            full_page_writes: on(),
            synchronous_commit: on(),
            now_us: 0,
        }
    }

    #[test]
    fn every_setting_that_loses_acknowledged_commands_is_named() {
        assert_eq!(sound().weakness(), None);
        let off = || "off".to_owned();
        for (name, weak) in [
            ("fsync", Durability { fsync: off(), ..sound() }),
            ("full_page_writes", Durability { full_page_writes: off(), ..sound() }),
            ("synchronous_commit", Durability { synchronous_commit: off(), ..sound() }),
        ] {
            assert!(weak.weakness().is_some_and(|said| said.starts_with(name)), "{name}");
        }
    }
}
