//! The servers that tests need beside the program: found or installed, run in a folder of their own, and
//! stopped when the tests have ended.

mod nats;
mod postgres;

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use postgres::Postgres;

/// Running until dropped.
pub struct Services {
    postgres: Postgres,
    nats_server: std::path::PathBuf,
}

impl Services {
    pub fn start(root: &Path) -> Result<Self> {
        let nats_server = nats::program(root)?;
        let postgres = Postgres::start()?;
        Ok(Self { postgres, nats_server })
    }

    /// Tells the tests where everything is.
    pub fn name_to(&self, command: &mut Command) {
        command.env("TESTS_POSTGRES", self.postgres.url());
        // Each test starts a server of its own: some kill it.
        command.env("TESTS_NATS_SERVER", &self.nats_server);
    }
}
