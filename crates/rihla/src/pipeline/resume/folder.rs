//! The folder in which finished work is kept: whose it is, and what it is the work of.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_io::IoError;

use super::key::Key;
use crate::exit::{Failure, fault};
use crate::progress::Progress;

/// Files in the folder: held by the run that uses it; what the work is of; the work.
const LOCK: &str = "lock";
const KEY: &str = "key";
const BATCHES: &str = "batches";
const BINS: &str = "bins";

/// A folder that is this run's as long as it lives.
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Takes a folder, made when it is not there. What it holds of another key is removed, with a warning.
    ///
    /// # Errors
    /// Another run has it; it cannot be made or written.
    pub fn take(path: &Path, key: &Key, progress: &Progress) -> Result<Self> {
        let folder = Self { path: path.to_owned(), _lock: held(path)? };
        let found = fs::read_to_string(folder.file(KEY)).ok();
        match found.map(|found| key.difference(&found)) {
            Some(None) => return Ok(folder),
            Some(Some(difference)) => progress.warn(&format!(
                "{}: holds the work of another run ({difference}); it is not used",
                path.display()
            )),
            None => {}
        }
        // The key goes last and comes first, so that work never lies under the key of another.
        for name in [BATCHES, BINS, KEY] {
            remove(&folder.file(name))?;
        }
        let key_file = folder.file(KEY);
        let written = fs::write(&key_file, key.text()).and_then(|()| File::open(&key_file)?.sync_all());
        written.map_err(|source| IoError::writing(&key_file, source))?;
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where aligned batches are kept.
    pub fn batches(&self) -> PathBuf {
        self.file(BATCHES)
    }

    /// Where finished bins are kept.
    pub fn bins(&self) -> PathBuf {
        self.file(BINS)
    }

    /// Removes it, once its work has gone into outputs.
    pub fn remove(self) {
        clear(&self.path);
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

/// Removes the folder that an earlier run left, unless a run has it.
pub fn discard(path: &Path, progress: &Progress) {
    let Ok(lock) = File::options().write(true).open(path.join(LOCK)) else { return };
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => {
            progress.warn(&format!("{}: another run works with it for the same outputs", path.display()));
        }
        _ => {
            progress.say(&format!(
                "{}: left by an earlier run; removed, as there is no --resume",
                path.display()
            ));
            clear(path);
        }
    }
}

/// Removes what is ours, and the folder when nothing else is in it; the lock last. What cannot be removed is found by
/// the next run.
fn clear(path: &Path) {
    for name in [BATCHES, BINS, KEY, LOCK] {
        let _ = fs::remove_file(path.join(name));
    }
    let _ = fs::remove_dir(path);
}

/// The lock of a folder, held.
fn held(path: &Path) -> Result<File> {
    let lock = path.join(LOCK);
    loop {
        match fs::create_dir(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(IoError::creating(path, error).into());
            }
            _ => {}
        }
        let file = match File::options().write(true).create(true).truncate(false).open(&lock) {
            Ok(file) => file,
            // A run that ended has just removed the folder.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !path.exists() => continue,
            Err(source) => return Err(IoError::creating(&lock, source).into()),
        };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let message = format!(
                    "{}: another run works with it; wait until that ends, or write elsewhere",
                    path.display()
                );
                return Err(fault(Failure::CannotCreate, message));
            }
            // A file system without locks gives none.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        // Between these two a run that ended may have removed it.
        if is_there(&file, &lock) {
            return Ok(file);
        }
    }
}

/// Whether an open file still has its name.
#[cfg(unix)]
fn is_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let numbers = |found: &fs::Metadata| (found.dev(), found.ino());
    matches!((file.metadata(), fs::metadata(path)), (Ok(a), Ok(b)) if numbers(&a) == numbers(&b))
}

#[cfg(not(unix))]
fn is_there(_: &File, path: &Path) -> bool {
    path.exists()
}

fn remove(path: &Path) -> Result<(), IoError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(IoError::creating(path, error)),
        _ => Ok(()),
    }
}
