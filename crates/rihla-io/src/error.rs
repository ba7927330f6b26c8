//! What can go wrong with a file, told so that the reader knows what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// An error of reading or writing a file.
#[derive(Debug, Error)]
pub enum IoError {
    /// An input that does not exist or may not be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Missing {
        /// The input.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A BAM without the index that says where each region begins.
    #[error("{path}: has no index beside it; make one with: samtools index {path}", path = path.display())]
    NoIndex {
        /// The BAM.
        path: PathBuf,
    },
    /// The device failed while an input was read.
    #[error("{}: reading failed: {source}", path.display())]
    Read {
        /// The input.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The content of an input is not what it should be.
    #[error("{}{place}: {problem}", path.display())]
    Data {
        /// The input.
        path: PathBuf,
        /// Where in it.
        place: Place,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// An output that cannot be made: no such directory, no permission.
    #[error("{}: cannot be created: {source}", path.display())]
    Create {
        /// The output.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The device failed while an output was written.
    #[error("{}: writing failed: {source}", path.display())]
    Write {
        /// The output.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The device is full.
    #[error("{}: no space is left on its device; free some or write elsewhere", path.display())]
    NoSpace {
        /// The output.
        path: PathBuf,
    },
    /// The caller asked for something that the format cannot hold.
    #[error("{0}")]
    Argument(String),
}

/// The kinds of [`IoError`] that a program tells its caller apart by its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IoErrorKind {
    /// An input is missing or not readable (`EX_NOINPUT`, 66).
    MissingInput,
    /// An input's content is wrong (`EX_DATAERR`, 65).
    BadData,
    /// An output cannot be created (`EX_CANTCREAT`, 73).
    CannotCreate,
    /// Reading or writing failed (`EX_IOERR`, 74).
    Device,
    /// The device of an output is full (`EX_IOERR`, 74).
    NoSpace,
    /// Who read standard output has gone; a success to most programs.
    BrokenPipe,
    /// The request cannot be met in this format (usage, 2).
    Usage,
}

/// Where in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A line, from 1.
    Line(u64),
    /// A place in the genome or a record, in words.
    At(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => Ok(()),
            Self::Line(number) => write!(f, ", line {number}"),
            Self::At(words) => write!(f, ", {words}"),
        }
    }
}

impl IoError {
    /// The kind, for an exit code.
    #[must_use]
    pub fn kind(&self) -> IoErrorKind {
        match self {
            Self::Missing { .. } | Self::NoIndex { .. } => IoErrorKind::MissingInput,
            Self::Data { .. } => IoErrorKind::BadData,
            Self::Create { .. } => IoErrorKind::CannotCreate,
            Self::Write { source, .. } if source.kind() == io::ErrorKind::BrokenPipe => {
                IoErrorKind::BrokenPipe
            }
            Self::Read { .. } | Self::Write { .. } => IoErrorKind::Device,
            Self::NoSpace { .. } => IoErrorKind::NoSpace,
            Self::Argument(_) => IoErrorKind::Usage,
        }
    }

    /// Wrong content of a line of a text file, counted from 1.
    #[must_use]
    pub fn record(path: &Path, line_number: u64, problem: impl Into<String>) -> Self {
        Self::data_at(path, Place::Line(line_number), problem)
    }

    /// An input that could not be opened.
    pub(crate) fn open(path: &Path, source: io::Error) -> Self {
        Self::Missing { path: path.to_owned(), source }
    }

    /// Wrong content of the file as a whole.
    #[must_use]
    pub fn data(path: &Path, problem: impl Into<String>) -> Self {
        Self::Data { path: path.to_owned(), place: Place::File, problem: problem.into() }
    }

    /// Wrong content at a place.
    pub(crate) fn data_at(path: &Path, place: Place, problem: impl Into<String>) -> Self {
        Self::Data { path: path.to_owned(), place, problem: problem.into() }
    }

    /// A failed read of possibly compressed data: damage is told apart from a failing device.
    pub(crate) fn reading(path: &Path, place: Place, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::UnexpectedEof => Self::data_at(
                path,
                place,
                "the compressed data end too early; the file is cut off: copy it again",
            ),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Self::data_at(
                path,
                place,
                format!("the compressed data are damaged ({source}); copy the file again"),
            ),
            _ => Self::Read { path: path.to_owned(), source },
        }
    }

    /// An output that could not be created; a full device is told apart.
    #[must_use]
    pub fn creating(path: &Path, source: io::Error) -> Self {
        if is_full(&source) {
            return Self::NoSpace { path: path.to_owned() };
        }
        Self::Create { path: path.to_owned(), source }
    }

    /// A failed write of an output; a full device is told apart.
    #[must_use]
    pub fn writing(path: &Path, source: io::Error) -> Self {
        if is_full(&source) {
            return Self::NoSpace { path: path.to_owned() };
        }
        Self::Write { path: path.to_owned(), source }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_devices_and_broken_pipes_have_kinds_of_their_own() {
        let path = Path::new("out.bam");
        let full = IoError::writing(path, io::ErrorKind::StorageFull.into());
        assert_eq!(full.kind(), IoErrorKind::NoSpace);
        assert!(full.to_string().starts_with("out.bam: no space"), "{full}");
        let pipe = IoError::writing(path, io::ErrorKind::BrokenPipe.into());
        assert_eq!(pipe.kind(), IoErrorKind::BrokenPipe);
        let failed = IoError::writing(path, io::ErrorKind::TimedOut.into());
        assert_eq!(failed.kind(), IoErrorKind::Device);
    }

    #[test]
    fn damage_is_data_and_names_the_line() {
        let error = IoError::reading(Path::new("a.gz"), Place::Line(7), io::ErrorKind::UnexpectedEof.into());
        assert_eq!(error.kind(), IoErrorKind::BadData);
        assert!(error.to_string().starts_with("a.gz, line 7: "), "{error}");
    }
}
