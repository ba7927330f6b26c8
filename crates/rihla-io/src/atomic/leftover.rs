//! Temporary files that a killed run left behind. A file in use is locked by its process, so a file that can be
//! locked is nobody's.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::EXTENSION;

/// Creates a file and locks it, as far as the file system knows locks.
pub(super) fn create_locked(temporary: &Path) -> io::Result<File> {
    loop {
        let file = File::create(temporary)?;
        let _ = file.try_lock();
        // Between these two another process may have taken it for a leftover.
        if temporary.exists() {
            return Ok(file);
        }
    }
}

/// Removes the temporary files of a destination that no process holds; what cannot be looked at stays.
pub(super) fn remove(destination: &Path) {
    let (Some(directory), Some(name)) = (destination.parent(), destination.file_name()) else { return };
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten().filter(|entry| is_temporary_of(&entry.file_name(), name)) {
        let path = entry.path();
        if File::options().write(true).open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(&path);
        }
    }
}

/// Whether a file name is `NAME.PID-N.part`.
fn is_temporary_of(candidate: &OsStr, name: &OsStr) -> bool {
    let candidate = candidate.as_encoded_bytes();
    let numbers = candidate
        .strip_prefix(name.as_encoded_bytes())
        .and_then(|rest| rest.strip_prefix(b"."))
        .and_then(|rest| rest.strip_suffix(EXTENSION.as_bytes()))
        .and_then(|numbers| std::str::from_utf8(numbers).ok()?.split_once('-'));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    numbers.is_some_and(|(process, number)| is_number(process) && is_number(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AtomicFile;

    #[test]
    fn names_are_told_apart() {
        let of = |candidate: &str| is_temporary_of(OsStr::new(candidate), OsStr::new("a.bam"));
        assert!(of("a.bam.12-0.part"));
        for other in [
            "a.bam",
            "a.bam.part",
            "a.bam.12.part",
            "a.bam.x-1.part",
            "a.bam.bai.12-0.part",
            "b.bam.1-1.part",
        ] {
            assert!(!of(other), "{other}");
        }
    }

    #[test]
    fn what_nobody_writes_goes_and_what_is_in_use_stays() {
        let directory = tempfile::tempdir().expect("temporary directory");
        let path = |name: &str| directory.path().join(name);
        fs::write(path("a.bam.1-0.part"), "left behind").expect("written");
        fs::write(path("b.bam.1-0.part"), "another's").expect("written");
        let first = AtomicFile::create(path("a.bam")).expect("created");
        assert!(!path("a.bam.1-0.part").exists());
        assert!(path("b.bam.1-0.part").exists());
        let second = AtomicFile::create(path("a.bam")).expect("created");
        first.commit().expect("still there");
        second.commit().expect("still there");
    }
}
