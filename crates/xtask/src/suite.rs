//! `cargo xtask test`: starts the servers that tests need, builds what the black-box stories start, then
//! runs every test of the workspace.

use std::io;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::services::Services;

pub fn run(root: &Path, args: &[String]) -> Result<()> {
    let services = Services::start(root)?;
    build_program(root)?;
    let mut tests = runner(root);
    services.name_to(&mut tests);
    if !args.iter().any(|arg| arg == "-p" || arg.starts_with("--package")) {
        tests.arg("--workspace");
    }
    process::run(tests.args(args))
}

/// The stories and the demo start `bidao` as a separate process, and cargo does not build
/// another package's program for a test run.
pub fn build_program(root: &Path) -> Result<()> {
    process::run(process::cargo(root, ["build", "--package", "bidao"]).stdout(io::stderr()))
}

/// nextest where it is installed; plain `cargo test` needs nothing but the toolchain.
fn runner(root: &Path) -> Command {
    if process::answers(&mut process::cargo(root, ["nextest", "--version"])) {
        process::cargo(root, ["nextest", "run", "--no-fail-fast"])
    } else {
        process::cargo(root, ["test", "--no-fail-fast"])
    }
}
