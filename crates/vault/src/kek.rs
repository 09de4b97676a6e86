//! The key that wraps all others: 32 random bytes in a file of its own. Losing it is losing the words.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use runtime::ids::fill_random;
use zeroize::Zeroizing;

use crate::VaultError;
use crate::seal::Secret;

const LENGTH: usize = 32;

/// Wraps the vault's keys at rest. Never printed; wiped from memory when dropped.
#[derive(Clone)]
pub struct Kek(Secret);

impl fmt::Debug for Kek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kek(..)")
    }
}

impl Kek {
    /// A key of this process alone, for vaults in memory.
    #[must_use]
    pub fn random() -> Self {
        Self(Secret::random())
    }

    /// Reads the key at `path`; makes it, readable by its owner alone, when there is none.
    ///
    /// # Errors
    /// [`VaultError::KekFile`] with one line: what is wrong with the file, and what to do.
    pub fn load_or_create(path: &Path) -> Result<Self, VaultError> {
        match Self::load(path) {
            Ok(Some(kek)) => Ok(kek),
            Ok(None) => Self::create(path),
            Err(error) => Err(error),
        }
    }

    /// Reads the key of a vault that is there: a new one would open nothing of it.
    ///
    /// # Errors
    /// As [`Kek::load_or_create`], and when there is no file at `path`.
    pub fn load_existing(path: &Path) -> Result<Self, VaultError> {
        let missing = "there is no file; restore the key from its backup, or correct kek_file";
        Self::load(path)?.ok_or_else(|| problem(path, &missing))
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0
    }

    fn load(path: &Path) -> Result<Option<Self>, VaultError> {
        let mode = match fs::metadata(path) {
            Ok(found) => found.mode() & 0o777,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(problem(path, &error)),
        };
        if mode & 0o077 != 0 {
            let what = format!("others may read it (mode {mode:04o}); run: chmod 600 <file>");
            return Err(problem(path, &what));
        }
        let bytes = Zeroizing::new(fs::read(path).map_err(|error| problem(path, &error))?);
        let key: [u8; LENGTH] = bytes.as_slice().try_into().map_err(|_| {
            problem(
                path,
                &format!("{} bytes instead of {LENGTH}; restore it from its backup", bytes.len()),
            )
        })?;
        Ok(Some(Self(Secret::of(key))))
    }

    /// A crash leaves a whole key or none, and of two processes that start at once one wins: the file
    /// is written beside, and a hard link never replaces what is there.
    fn create(path: &Path) -> Result<Self, VaultError> {
        let kek = Self::random();
        let beside = beside(path);
        let linked = write_new(&beside, kek.0.bytes()).and_then(|()| fs::hard_link(&beside, path));
        let removed = fs::remove_file(&beside);
        match linked {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Self::load(path)?.ok_or_else(|| problem(path, &error));
            }
            Err(error) => return Err(problem(path, &error)),
        }
        removed.and_then(|()| sync_folder_of(path)).map_err(|error| problem(path, &error))?;
        Ok(kek)
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let mut bytes = [0; 8];
    fill_random(&mut bytes);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".new-{:016x}", u64::from_le_bytes(bytes)));
    name.into()
}

/// A new name is durable only when its folder is.
fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn problem(path: &Path, what: &dyn fmt::Display) -> VaultError {
    VaultError::KekFile(format!("key file {}: {what}", path.display()))
}
