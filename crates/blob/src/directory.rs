//! Files in a folder of this machine, or one that several machines share.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;

use crate::{Address, BlobError, Blobs};

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
    // A new name is durable only when its folder is, and that folder's own name.
    File::open(folder)?.sync_all()?;
    File::open(folder.parent().unwrap_or(folder))?.sync_all()
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
        blocking(self.place(&address), move |place| write(place, &bytes)).await?;
        Ok(address)
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
        assert_eq!((blobs.get(&address).await.unwrap(), files(folder.path())), (bytes, 1));
        fs::write(blobs.place(&address), b"other").unwrap();
        assert!(matches!(blobs.get(&address).await, Err(BlobError::Damaged)));
        blobs.delete(&address).await.unwrap();
        blobs.delete(&address).await.unwrap();
        assert!(matches!(blobs.get(&address).await, Err(BlobError::Absent)));
        assert_eq!(files(folder.path()), 0);
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
