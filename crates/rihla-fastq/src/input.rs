//! Where FASTQ comes from: a file, standard input, or what the driver can open.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::FastqError;

/// An input that is no file: an object in a store, for one, which the driver knows how to open.
pub trait Source: Send + Sync {
    /// What errors and reports call it; two sources of one name are the same.
    fn name(&self) -> &str;

    /// Bytes of it, where that is known before reading.
    fn size(&self) -> Option<u64>;

    /// Opens it at its beginning; more than once where a lane is looked at before it is read.
    ///
    /// # Errors
    /// Whatever keeps it from being read.
    fn open(&self) -> io::Result<Box<dyn Read + Send>>;
}

/// A place to read from.
#[derive(Clone)]
pub enum Input {
    /// Standard input, written `-`.
    Stdin,
    /// A file, pipe or device.
    Path(PathBuf),
    /// Something else.
    Source(Arc<dyn Source>),
}

impl Input {
    /// Bytes of it, where that is known before reading: for regular files.
    pub(crate) fn size(&self) -> Option<u64> {
        match self {
            Self::Stdin => None,
            Self::Path(path) => path.metadata().ok().filter(Metadata::is_file).map(|found| found.len()),
            Self::Source(source) => source.size(),
        }
    }

    /// Opens it, unbuffered.
    pub(crate) fn open(&self) -> Result<Box<dyn Read + Send>, FastqError> {
        let refuse = |source| FastqError::Open { file: self.to_string(), source };
        let path = match self {
            Self::Stdin => return Ok(Box::new(io::stdin())),
            Self::Source(source) => return source.open().map_err(refuse),
            Self::Path(path) => path,
        };
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
            (Self::Source(one), Self::Source(two)) => one.name() == two.name(),
            _ => false,
        }
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Input({self})")
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
            Self::Source(source) => f.write_str(source.name()),
        }
    }
}
