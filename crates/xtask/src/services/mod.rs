//! The servers that tests need beside the program: found or installed, run in a folder of their own, and
//! stopped when the tests have ended.

mod postgres;

use std::process::Command;

use anyhow::Result;

use postgres::Postgres;

/// Running until dropped.
pub struct Services {
    postgres: Postgres,
}

impl Services {
    pub fn start() -> Result<Self> {
        Ok(Self { postgres: Postgres::start()? })
    }

    /// Tells the tests where everything is.
    pub fn name_to(&self, command: &mut Command) {
        command.env("TESTS_POSTGRES", self.postgres.url());
    }
}
