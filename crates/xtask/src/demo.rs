//! `cargo xtask demo`: builds the program, then becomes its demo, so that stdout carries the demo and nothing else.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;

use crate::suite;

pub fn run(root: &Path, args: &[String]) -> Result<ExitCode> {
    suite::build_program(root)?;
    let metadata = MetadataCommand::new().current_dir(root).no_deps().exec()?;
    let built = metadata.target_directory.join("debug").join("bidao");
    let program = built.as_std_path().with_extension(std::env::consts::EXE_EXTENSION);
    hand_over(Command::new(program).arg("demo").args(args))
}

/// Replaces this process, so that Ctrl-C, the exit code and the streams are the demo's own.
#[cfg(unix)]
pub fn hand_over(command: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).context("cannot start the built program")
}

#[cfg(not(unix))]
pub fn hand_over(command: &mut Command) -> Result<ExitCode> {
    let status = command.status().context("cannot start the built program")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
