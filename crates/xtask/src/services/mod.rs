//! The servers that tests need beside the program: found or installed, run in a folder of their own, and
//! stopped when the tests have ended.

pub mod nats;
mod postgres;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use postgres::Postgres;

/// Running until dropped.
pub struct Services {
    postgres: Postgres,
    /// Each test runs a server of its own: it kills it, and deletes its files.
    nats: PathBuf,
}

impl Services {
    pub fn start(root: &Path) -> Result<Self> {
        Ok(Self { nats: nats::program(root)?, postgres: Postgres::start()? })
    }

    /// Tells the tests where everything is.
    pub fn name_to(&self, command: &mut Command) {
        command.env("TESTS_POSTGRES", self.postgres.url());
        command.env("TESTS_POSTGRES_PROGRAMS", self.postgres.programs());
        command.env("TESTS_NATS_SERVER", &self.nats);
    }
}
