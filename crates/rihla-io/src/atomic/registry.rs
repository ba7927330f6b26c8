//! The temporary names that exist in this process, so that they can go when it is ended from outside.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static LIVE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A poisoned set is whole: no operation on it leaves it half done.
fn live() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes a name and makes its file; nothing comes between the two.
pub(super) fn create(temporary: &Path, make: impl FnOnce() -> io::Result<File>) -> io::Result<File> {
    let mut live = live();
    let file = make()?;
    live.insert(temporary.to_owned());
    Ok(file)
}

/// Forgets a name that is no longer there.
pub(super) fn forget(temporary: &Path) {
    live().remove(temporary);
}

/// As long as it is there no temporary file is made.
#[must_use]
pub struct NoMoreFiles {
    _live: MutexGuard<'static, BTreeSet<PathBuf>>,
}

/// Deletes the temporary files of every [`AtomicFile`](super::AtomicFile) of this process that has not
/// got its final name, as dropping them would; no other is made while what it gives is held.
///
/// For a program that is about to end because of a signal, when nothing is dropped any more: call it from
/// an ordinary thread (it takes a lock, so not from a signal handler itself), then exit at once. A file
/// whose temporary name is gone cannot get its final name: its commit fails. Never panics; a file that
/// cannot be deleted stays.
pub fn remove_temporary_files() -> NoMoreFiles {
    let mut live = live();
    for temporary in std::mem::take(&mut *live) {
        let _ = fs::remove_file(temporary);
    }
    NoMoreFiles { _live: live }
}
