//! Files in a folder of this machine, or one that several machines share.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;

use crate::{ARRIVED, Address, BlobError, Blobs};

/// Two letters of the name make a folder, so that none grows too large to list.
#[derive(Clone, Debug)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// The folder comes to be with the first file in it.
    #[must_use]
    pub fn at(root: PathBuf) -> Self {
        Self { root }
    }

    fn place(&self, address: &Address) -> PathBuf {
        self.root.join(&address.as_str()[..2]).join(address.as_str())
    }

    fn arrived(&self, address: &Address) -> PathBuf {
        self.root.join(ARRIVED).join(address.as_str())
    }
}

fn unavailable(path: &Path, error: &dyn std::fmt::Display) -> BlobError {
    BlobError::Unavailable(format!("{}: {error}", path.display()))
}

/// Written beside and renamed: a crash leaves a whole file or none under its name.
fn write(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut beside = NamedTempFile::new_in(folder)?;
    beside.write_all(bytes)?;
    beside.as_file().sync_all()?;
    beside.persist(place)?;
    name_is_durable(folder)
}

/// A new name is durable only when its folder is, and that folder's own name.
fn name_is_durable(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()?;
    File::open(folder.parent().unwrap_or(folder))?.sync_all()
}

fn rename(arrived: &Path, place: &Path) -> std::io::Result<()> {
    let folder = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    match fs::rename(arrived, place) {
        // Kept before, or never there.
        Err(error) if error.kind() == ErrorKind::NotFound => fs::metadata(place).map(|_| ())?,
        renamed => renamed?,
    }
    name_is_durable(folder)
}

/// What a crash left half written is among them.
fn sweep(folder: &Path, ago: Duration) -> std::io::Result<usize> {
    let files = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        files => files?,
    };
    // A file made now tells what the folder's clock says.
    let now = NamedTempFile::new_in(folder)?.as_file().metadata()?.modified()?;
    let mut swept = 0;
    for file in files {
        let file = file?;
        let Ok(arrived) = file.metadata().and_then(|known| known.modified()) else {
            // Another process was faster.
            continue;
        };
        if arrived.checked_add(ago).is_some_and(|end| end <= now) {
            match fs::remove_file(file.path()) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => swept += 1,
            }
        }
    }
    Ok(swept)
}

async fn blocking<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce(&Path) -> std::io::Result<T> + Send + 'static,
) -> Result<T, BlobError> {
    let done = spawn_blocking(move || {
        work(&path).map_err(|error| {
            let absent = error.kind() == ErrorKind::NotFound;
            if absent { BlobError::Absent } else { unavailable(&path, &error) }
        })
    });
    done.await.map_err(|error| BlobError::Unavailable(error.to_string()))?
}

#[async_trait]
impl Blobs for Directory {
    async fn put(&self, bytes: Vec<u8>) -> Result<Address, BlobError> {
        let address = Address::of(&bytes);
        blocking(self.arrived(&address), move |place| write(place, &bytes)).await?;
        Ok(address)
    }

    async fn keep(&self, address: &Address) -> Result<(), BlobError> {
        let arrived = self.arrived(address);
        blocking(self.place(address), move |place| rename(&arrived, place)).await
    }

    async fn get(&self, address: &Address) -> Result<Vec<u8>, BlobError> {
        let bytes = blocking(self.place(address), |place| fs::read(place)).await?;
        if Address::of(&bytes) == *address { Ok(bytes) } else { Err(BlobError::Damaged) }
    }

    async fn delete(&self, address: &Address) -> Result<(), BlobError> {
        match blocking(self.place(address), |place| fs::remove_file(place)).await {
            Ok(()) | Err(BlobError::Absent) => Ok(()),
            failed => failed,
        }
    }

    async fn sweep(&self, ago: Duration) -> Result<usize, BlobError> {
        blocking(self.root.join(ARRIVED), move |folder| sweep(folder, ago)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path) -> usize {
        fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|found| found.path())
            .fold(0, |count, path| count + if path.is_dir() { files(&path) } else { 1 })
    }

    #[tokio::test]
    async fn a_file_is_what_its_name_says_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Directory::at(folder.path().join("blobs"));
        let bytes = b"ciphertext".to_vec();
        let address = blobs.put(bytes.clone()).await.unwrap();
        assert_eq!(blobs.put(bytes.clone()).await.unwrap(), address);
        assert!(matches!(blobs.get(&address).await, Err(BlobError::Absent)), "not kept yet");
        blobs.keep(&address).await.unwrap();
        blobs.keep(&address).await.unwrap();
        assert_eq!((blobs.get(&address).await.unwrap(), files(folder.path())), (bytes, 1));
        fs::write(blobs.place(&address), b"other").unwrap();
        assert!(matches!(blobs.get(&address).await, Err(BlobError::Damaged)));
        blobs.delete(&address).await.unwrap();
        blobs.delete(&address).await.unwrap();
        assert!(matches!(blobs.get(&address).await, Err(BlobError::Absent)));
        assert_eq!(files(folder.path()), 0);
    }

    #[tokio::test]
    async fn what_nobody_kept_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Directory::at(folder.path().join("blobs"));
        assert_eq!(blobs.sweep(Duration::ZERO).await.unwrap(), 0, "no folder yet");
        let kept = blobs.put(vec![1]).await.unwrap();
        blobs.keep(&kept).await.unwrap();
        let left = blobs.put(vec![2]).await.unwrap();
        assert_eq!(blobs.sweep(Duration::from_secs(3_600)).await.unwrap(), 0, "it may be kept yet");
        assert_eq!(blobs.sweep(Duration::ZERO).await.unwrap(), 1);
        assert!(matches!(blobs.keep(&left).await, Err(BlobError::Absent)));
        assert_eq!(blobs.get(&kept).await.unwrap(), [1]);
        assert_eq!(files(folder.path()), 1);
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        for text in ["", "../../etc/passwd", &"A".repeat(64), &"0".repeat(63)] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
        assert!("0".repeat(64).parse::<Address>().is_ok());
    }

    #[tokio::test]
    async fn a_folder_that_is_none_is_told() {
        let file = NamedTempFile::new().unwrap();
        let kept = Directory::at(file.path().into()).put(vec![1]).await;
        assert!(matches!(kept, Err(BlobError::Unavailable(_))));
    }
}
