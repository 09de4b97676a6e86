//! `cargo deny` over licences, bans and sources, installed under `target/tools` when the machine has none.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;

use crate::process;

/// `advisories` is left out: it needs a database from the network, and a check that
/// fails with the weather is not a check. It belongs to a scheduled job.
const CHECKS: [&str; 5] = ["check", "--hide-inclusion-graph", "licenses", "bans", "sources"];

pub fn check(root: &Path) -> Result<()> {
    process::run(tool(root)?.args(CHECKS))
}

fn tool(root: &Path) -> Result<Command> {
    if process::answers(&mut process::cargo(root, ["deny", "--version"])) {
        return Ok(process::cargo(root, ["deny"]));
    }
    let tools = tools(root)?;
    let program =
        tools.join("bin").join("cargo-deny").with_extension(std::env::consts::EXE_EXTENSION);
    if !process::answers(Command::new(&program).arg("--version")) {
        install(root, &tools)?;
    }
    let mut command = Command::new(program);
    command.current_dir(root);
    Ok(command)
}

fn tools(root: &Path) -> Result<PathBuf> {
    let metadata = MetadataCommand::new().current_dir(root).no_deps().exec()?;
    Ok(metadata.target_directory.join("tools").into_std_path_buf())
}

fn install(root: &Path, tools: &Path) -> Result<()> {
    eprintln!("deny: installing cargo-deny once into target/tools; this takes some minutes");
    let mut command = process::cargo(root, ["install", "cargo-deny", "--locked", "--root"]);
    process::run(command.arg(tools)).context("install cargo-deny by hand, then run again")
}
