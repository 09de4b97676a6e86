//! `cargo xtask bench`: builds the program optimised, then becomes its benchmark.

use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Result;
use cargo_metadata::MetadataCommand;

use crate::{demo, process};

pub fn run(root: &Path, args: &[String]) -> Result<ExitCode> {
    let build = ["build", "--release", "--package", "bidao"];
    process::run(process::cargo(root, build).stdout(io::stderr()))?;
    let metadata = MetadataCommand::new().current_dir(root).no_deps().exec()?;
    let built = metadata.target_directory.join("release").join("bidao");
    let program = built.as_std_path().with_extension(std::env::consts::EXE_EXTENSION);
    demo::hand_over(Command::new(program).arg("bench").args(args))
}
