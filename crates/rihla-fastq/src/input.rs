//! Where FASTQ comes from: a file or standard input.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::FastqError;

/// A place to read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Standard input, written `-`.
    Stdin,
    /// A file, pipe or device.
    Path(PathBuf),
}

impl Input {
    /// Bytes of it, where that is known before reading: for regular files.
    pub(crate) fn size(&self) -> Option<u64> {
        let Self::Path(path) = self else { return None };
        path.metadata().ok().filter(Metadata::is_file).map(|metadata| metadata.len())
    }

    /// Opens it, unbuffered.
    pub(crate) fn open(&self) -> Result<Box<dyn Read + Send>, FastqError> {
        let Self::Path(path) = self else {
            return Ok(Box::new(io::stdin()));
        };
        let refuse = |source| FastqError::Open { file: self.to_string(), source };
        let file = File::open(path).map_err(refuse)?;
        if file.metadata().map_err(refuse)?.is_dir() {
            return Err(refuse(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        Ok(Box::new(file))
    }

    /// Whether both name the same file (or both standard input).
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Stdin, Self::Stdin) => true,
            (Self::Path(one), Self::Path(two)) => {
                one == two
                    || matches!((one.canonicalize(), two.canonicalize()), (Ok(one), Ok(two)) if one == two)
            }
            _ => false,
        }
    }
}

impl<P: AsRef<Path> + ?Sized> From<&P> for Input {
    fn from(path: &P) -> Self {
        Self::from(path.as_ref().to_path_buf())
    }
}

impl From<PathBuf> for Input {
    fn from(path: PathBuf) -> Self {
        if path.as_os_str() == "-" { Self::Stdin } else { Self::Path(path) }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::Path(path) => path.display().fmt(f),
        }
    }
}
