//! `cargo xtask test`: builds what the black-box stories start, then runs every test of the workspace.

use std::io;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process;

pub fn run(root: &Path, args: &[String]) -> Result<()> {
    build_program(root)?;
    process::run(runner(root).args(args))
}

/// The stories and the demo start `bidao` as a separate process, and cargo does not build
/// another package's program for a test run.
pub fn build_program(root: &Path) -> Result<()> {
    process::run(process::cargo(root, ["build", "--package", "bidao"]).stdout(io::stderr()))
}

/// nextest where it is installed; plain `cargo test` needs nothing but the toolchain.
fn runner(root: &Path) -> Command {
    if process::answers(&mut process::cargo(root, ["nextest", "--version"])) {
        process::cargo(root, ["nextest", "run", "--workspace", "--no-fail-fast"])
    } else {
        process::cargo(root, ["test", "--workspace", "--no-fail-fast"])
    }
}
