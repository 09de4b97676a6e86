//! The servers that tests need beside the program: found or installed, run in a folder of their own, and
//! stopped when the tests have ended.

pub mod nats;
mod object_store;
mod pinned;
mod postgres;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use postgres::Postgres;

use crate::process;

/// Running until dropped.
pub struct Services {
    postgres: Postgres,
    /// Each test runs servers of its own: it kills them, and deletes their files.
    nats: PathBuf,
    object_store: PathBuf,
}

impl Services {
    pub fn start(root: &Path) -> Result<Self> {
        Ok(Self {
            nats: nats::program(root)?,
            object_store: object_store::program(root)?,
            postgres: Postgres::start()?,
        })
    }

    /// Tells the tests where everything is.
    pub fn name_to(&self, command: &mut Command) {
        command.env("TESTS_POSTGRES", self.postgres.url());
        command.env("TESTS_POSTGRES_PROGRAMS", self.postgres.programs());
        command.env("TESTS_NATS_SERVER", &self.nats);
        command.env("TESTS_OBJECT_STORE", &self.object_store);
    }
}

/// From the system's own packages, where we may.
fn install_package(name: &str) -> Result<()> {
    if !is_root() || !Path::new("/etc/debian_version").is_file() {
        bail!("{name} is missing, and only root on Debian installs it");
    }
    eprintln!("services: installing {name} from the system's packages");
    let apt = |args: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(args).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
        process::run(&mut command)
    };
    apt(&["update", "--quiet"])?;
    apt(&["install", "--yes", "--quiet", "--no-install-recommends", name])
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
