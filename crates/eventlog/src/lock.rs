//! One server per data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::Path;

/// Held as long as the value lives; the operating system lets go of it when the process dies.
#[derive(Debug)]
pub struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    /// # Errors
    /// One line with cause and remedy, when another process holds the directory or it is not writable.
    pub fn take(directory: &Path) -> Result<Self, String> {
        let path = directory.join("LOCK");
        let failed = |error: std::io::Error| {
            format!("{}: {error}; the data directory must exist and be writable", path.display())
        };
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(format!(
                    "{} is in use by another bidao process; stop it, or choose another --data-dir",
                    directory.display()
                ));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        file.set_len(0).map_err(failed)?;
        writeln!(file, "{}", std::process::id()).map_err(failed)?;
        Ok(Self { _file: file })
    }
}
