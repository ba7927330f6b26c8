//! Outputs that have their final name only when they are complete.
//!
//! An [`AtomicFile`] is written under a temporary name beside its destination and renamed at the end;
//! dropped before, it vanishes. Files that belong together (a BAM, its index, the VCF of the same run)
//! are collected in an [`AtomicSet`] and get their names together. A process that is ended by a signal
//! drops nothing: [`remove_temporary_files`] is for its last moment.

mod leftover;
mod registry;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Stdout, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rihla_core::FileDigest;

use crate::digest::Digester;
use crate::error::IoError;

pub use registry::{NoMoreFiles, remove_temporary_files};

/// The path that means standard output.
pub const STDOUT: &str = "-";

/// What a temporary name ends with.
const EXTENSION: &str = ".part";

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A file under a temporary name (`NAME.PID-N.part`) in its destination's directory.
#[derive(Debug)]
pub struct AtomicFile {
    writer: BufWriter<File>,
    destination: PathBuf,
    /// `None` when the destination is a device or pipe, written as it is, or when renamed already.
    temporary: Option<PathBuf>,
    /// Of what has a name when it is complete.
    digester: Option<Digester>,
}

impl AtomicFile {
    /// Creates the temporary file, and removes those that a run that was killed left for the same
    /// destination. A link is followed; a destination that exists and is no regular file
    /// (a device, a named pipe) is written directly.
    ///
    /// # Errors
    /// [`IoError::Create`] when the directory is missing or not writable or the destination is a
    /// directory; [`IoError::NoSpace`].
    pub fn create(path: impl AsRef<Path>) -> Result<Self, IoError> {
        let path = path.as_ref();
        let fail = |source| IoError::creating(path, source);
        let destination = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&destination) {
            Ok(found) if found.is_dir() => return Err(fail(io::ErrorKind::IsADirectory.into())),
            Ok(found) if !found.is_file() => {
                let file = File::options().write(true).open(&destination).map_err(fail)?;
                return Ok(Self::new(file, destination, None));
            }
            _ => {}
        }
        leftover::remove(&destination);
        let temporary =
            temporary_name(&destination).ok_or_else(|| fail(io::ErrorKind::InvalidInput.into()))?;
        let file = registry::create(&temporary, || leftover::create_locked(&temporary)).map_err(fail)?;
        Ok(Self::new(file, destination, Some(temporary)))
    }

    fn new(file: File, destination: PathBuf, temporary: Option<PathBuf>) -> Self {
        let digester = temporary.as_ref().map(|_| Digester::default());
        Self { writer: BufWriter::new(file), destination, temporary, digester }
    }

    /// The final path.
    #[must_use]
    pub fn destination(&self) -> &Path {
        &self.destination
    }

    /// Flushes, syncs and renames.
    ///
    /// # Errors
    /// [`IoError::Write`] or [`IoError::NoSpace`]; nothing stands then under the final name that did not
    /// before.
    pub fn commit(self) -> Result<(), IoError> {
        AtomicSet::from(self).commit()
    }

    fn digest(&mut self, bytes: &[u8]) {
        if let Some(digester) = &mut self.digester {
            digester.add(bytes);
        }
    }

    fn sync(&mut self) -> Result<(), IoError> {
        let synced = self.writer.flush().and_then(|()| match self.temporary {
            Some(_) => self.writer.get_ref().sync_all(),
            None => Ok(()),
        });
        synced.map_err(|source| IoError::writing(&self.destination, source))
    }

    fn rename(&mut self) -> Result<(), IoError> {
        if let Some(temporary) = &self.temporary {
            fs::rename(temporary, &self.destination)
                .map_err(|source| IoError::creating(&self.destination, source))?;
            registry::forget(temporary);
            self.temporary = None;
        }
        Ok(())
    }
}

/// Writes a small text to a file that waits for its name, such as a table of a report.
///
/// # Errors
/// [`IoError::Create`], [`IoError::Write`], [`IoError::NoSpace`].
pub fn write_text(path: impl AsRef<Path>, text: &str) -> Result<AtomicFile, IoError> {
    let mut file = AtomicFile::create(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.flush());
    written.map_err(|source| IoError::writing(file.destination(), source))?;
    Ok(file)
}

fn temporary_name(destination: &Path) -> Option<PathBuf> {
    let mut name = OsString::from(destination.file_name()?);
    name.push(format!(".{}-{}{EXTENSION}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed)));
    Some(destination.with_file_name(name))
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.writer.write(bytes)?;
        self.digest(&bytes[..count]);
        Ok(count)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest(bytes);
        self.writer.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            // Nothing can be done about a failure here; the name says that the file is a part.
            let _ = fs::remove_file(temporary);
            registry::forget(temporary);
        }
    }
}

/// Complete files that wait for their final names.
#[derive(Debug, Default)]
pub struct AtomicSet {
    files: Vec<AtomicFile>,
}

impl AtomicSet {
    /// An empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file; files get their names in the order in which they were added, so an index goes
    /// before its data.
    pub fn push(&mut self, file: AtomicFile) {
        self.files.push(file);
    }

    /// Adds all files of another set, behind.
    pub fn append(&mut self, mut other: Self) {
        self.files.append(&mut other.files);
    }

    /// The final paths of the files that have one, with the digest of what was written to each.
    pub fn digests(&self) -> impl Iterator<Item = (&Path, FileDigest)> {
        let digest = |file: &'_ AtomicFile| file.digester.as_ref().map(Digester::digest);
        self.files.iter().filter_map(move |file| Some((file.destination(), digest(file)?)))
    }

    /// Syncs every file, then renames every file.
    ///
    /// # Errors
    /// [`IoError::Write`], [`IoError::NoSpace`] or [`IoError::Create`]; files that this call had renamed
    /// are removed again, and the temporary ones too.
    pub fn commit(mut self) -> Result<(), IoError> {
        self.files.iter_mut().try_for_each(AtomicFile::sync)?;
        let mut renamed: Vec<&Path> = Vec::new();
        for file in self.files.iter_mut().filter(|file| file.temporary.is_some()) {
            if let Err(error) = file.rename() {
                for path in renamed {
                    let _ = fs::remove_file(path);
                }
                return Err(error);
            }
            renamed.push(&file.destination);
        }
        self.sync_directories();
        Ok(())
    }

    /// Makes the new names durable; not every file system can, and none loses data by it.
    fn sync_directories(&self) {
        let mut directories: Vec<_> =
            self.files.iter().filter_map(|file| file.destination.parent()).collect();
        directories.sort_unstable();
        directories.dedup();
        for directory in directories.iter().filter(|directory| !directory.as_os_str().is_empty()) {
            let _ = File::open(directory).and_then(|directory| directory.sync_all());
        }
    }
}

impl From<AtomicFile> for AtomicSet {
    fn from(file: AtomicFile) -> Self {
        Self { files: vec![file] }
    }
}

/// A path with an extension behind its own.
pub(crate) fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(extension);
    name.into()
}

/// Whether a path is no name that anyone chose for a file: a device, a named pipe, or what stands for an
/// open file, such as `/dev/stdout`, whatever it leads to. A directory counts too, as creating refuses it.
pub(crate) fn is_special(path: &Path) -> bool {
    ["/dev", "/proc"].iter().any(|root| path.starts_with(root))
        || fs::metadata(path).is_ok_and(|found| !found.is_file())
}

/// Where an output goes: a file by and by, or standard output at once.
#[derive(Debug)]
pub(crate) enum Output {
    File(AtomicFile),
    Stdout(BufWriter<Stdout>),
}

impl Output {
    /// Opens a path; [`STDOUT`] is standard output.
    pub(crate) fn create(path: &Path) -> Result<Self, IoError> {
        if path == Path::new(STDOUT) {
            return Ok(Self::Stdout(BufWriter::new(io::stdout())));
        }
        AtomicFile::create(path).map(Self::File)
    }

    /// Whether a file can stand beside it: not beside standard output, a device or a pipe.
    pub(crate) fn takes_index(&self) -> bool {
        matches!(self, Self::File(file) if file.temporary.is_some())
    }

    /// Flushes; the file then waits for its name.
    pub(crate) fn seal(mut self, path: &Path) -> Result<AtomicSet, IoError> {
        self.flush().map_err(|source| IoError::writing(path, source))?;
        Ok(match self {
            Self::File(file) => file.into(),
            Self::Stdout(_) => AtomicSet::new(),
        })
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Stdout(stdout) => stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Stdout(stdout) => stdout.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IoErrorKind;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(directory)
            .expect("directory")
            .map(|entry| entry.expect("entry").file_name().into_string().expect("text"))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn final_name_appears_on_commit_only() {
        let directory = tempfile::tempdir().expect("temporary directory");
        let path = directory.path().join("a.txt");
        let mut file = AtomicFile::create(&path).expect("created");
        file.write_all(b"whole").expect("written");
        let during = names(directory.path());
        assert!(during.len() == 1 && during[0].starts_with("a.txt.") && during[0].ends_with(".part"));
        file.commit().expect("committed");
        assert_eq!(names(directory.path()), ["a.txt"]);
        assert_eq!(fs::read(&path).expect("read"), b"whole");
    }

    #[test]
    fn texts_get_their_names_together() {
        let directory = tempfile::tempdir().expect("temporary directory");
        let mut set = AtomicSet::new();
        for name in ["a.csv", "b.json"] {
            set.push(write_text(directory.path().join(name), name).expect("written"));
        }
        assert!(names(directory.path()).iter().all(|name| name.ends_with(".part")));
        let promised: Vec<_> = set.digests().map(|(path, digest)| (path.to_owned(), digest)).collect();
        set.commit().expect("committed");
        assert_eq!(names(directory.path()), ["a.csv", "b.json"]);
        assert_eq!(fs::read_to_string(directory.path().join("b.json")).expect("read"), "b.json");
        assert_eq!(promised.len(), 2);
        for (path, digest) in promised {
            assert_eq!(crate::digest_file(path).expect("read"), digest);
        }
    }

    #[test]
    fn dropped_file_leaves_the_old_one() {
        let directory = tempfile::tempdir().expect("temporary directory");
        let path = directory.path().join("a.txt");
        fs::write(&path, "old").expect("written");
        let mut file = AtomicFile::create(&path).expect("created");
        file.write_all(b"new").expect("written");
        drop(file);
        assert_eq!(names(directory.path()), ["a.txt"]);
        assert_eq!(fs::read(&path).expect("read"), b"old");
    }

    #[test]
    fn failed_set_leaves_nothing() {
        let directory = tempfile::tempdir().expect("temporary directory");
        let mut set = AtomicSet::new();
        for name in ["a", "b"] {
            set.push(AtomicFile::create(directory.path().join(name)).expect("created"));
        }
        // A directory that took the second name meanwhile makes its rename fail.
        fs::create_dir(directory.path().join("b")).expect("directory");
        assert!(set.commit().is_err());
        assert_eq!(names(directory.path()), ["b"]);
    }

    #[test]
    fn missing_directory_cannot_be_created_in() {
        let directory = tempfile::tempdir().expect("temporary directory");
        let error = AtomicFile::create(directory.path().join("no/such")).expect_err("no directory");
        assert_eq!(error.kind(), IoErrorKind::CannotCreate);
        let error = AtomicFile::create(directory.path()).expect_err("a directory");
        assert_eq!(error.kind(), IoErrorKind::CannotCreate);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn full_device_is_told_and_devices_are_not_replaced() {
        let mut file = AtomicFile::create("/dev/full").expect("opened");
        file.write_all(b"x").expect("buffered");
        let error = file.commit().expect_err("full");
        assert_eq!(error.kind(), IoErrorKind::NoSpace);
        assert!(error.to_string().contains("/dev/full"), "{error}");
        assert!(!fs::metadata("/dev/full").expect("still there").is_file());
    }
}
