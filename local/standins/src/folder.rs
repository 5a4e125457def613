//! The data folder: one process at a time, and files that are whole after any crash.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StartError;

/// Makes the folder and takes it for this process, until the file is dropped or the process ends.
pub(crate) fn claim(folder: &Path) -> Result<File, StartError> {
    let failed = |error| StartError::Folder(folder.to_owned(), error);
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    // The database writes its own files, readable for all.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(failed)?;
    let lock = private().open(folder.join("lock")).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StartError::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Reads a JSON file; the default when there is none yet.
pub(crate) fn read<T: DeserializeOwned + Default>(path: &Path) -> Result<T, StartError> {
    match fs::read(path) {
        Ok(content) => serde_json::from_slice(&content)
            .map_err(|error| StartError::Content(path.to_owned(), error.to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(T::default()),
        Err(error) => Err(StartError::Folder(path.to_owned(), error)),
    }
}

/// Writes a JSON file beside the old one and renames it, so that a kill leaves the old or the new one.
pub(crate) fn write<T: Serialize>(path: &Path, content: &T) -> io::Result<()> {
    let beside = path.with_extension("json.new");
    let mut file = private().open(&beside)?;
    file.write_all(&serde_json::to_vec_pretty(content)?)?;
    file.sync_data()?;
    fs::rename(&beside, path)
}

/// Secrets are in these files: nobody else on the machine may read them.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
