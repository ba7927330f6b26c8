//! What can go wrong.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// An error of this crate.
#[derive(Debug, Error)]
pub enum ShardError {
    /// The spill file cannot be made.
    #[error(
        "cannot make a temporary file in {}: {source}; name a directory that exists and can be written to, \
         or give more memory",
        directory.display()
    )]
    TempDir {
        /// The directory asked for.
        directory: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// No room is left for the spill file.
    #[error(
        "no space left in the temporary directory {}, after {spilled} bytes of alignments were spilled to it; \
         free space, name another directory, or give more memory",
        directory.display()
    )]
    DiskFull {
        /// The directory of the spill file.
        directory: PathBuf,
        /// Bytes that the spill file was to hold.
        spilled: u64,
    },
    /// The spill file cannot be written or read.
    #[error("the temporary file in {} failed: {source}", directory.display())]
    Spill {
        /// The directory of the spill file.
        directory: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Spilled bytes came back changed.
    #[error(
        "the temporary file in {} gave back other bytes than were written, {length} at {offset}; check that disk, \
         name another directory, or give more memory",
        directory.display()
    )]
    Corrupt {
        /// The directory of the spill file.
        directory: PathBuf,
        /// Where in the file.
        offset: u64,
        /// How many bytes.
        length: u32,
    },
    /// A record cannot be filed.
    #[error("record {name:?} of template {template}: {problem}")]
    Record {
        /// Read name.
        name: String,
        /// Number of the template, from 0.
        template: u64,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// One read came twice.
    #[error(
        "read {name} is there twice, with the same bases and qualities, at {place}: the same reads were given \
         under two names, or a file holds them twice; give each once"
    )]
    Twice {
        /// Read name.
        name: String,
        /// Where it was aligned.
        place: String,
    },
    /// A batch's parts do not fit together.
    #[error("batch of templates from {first_template}: {problem}")]
    Batch {
        /// Number of the batch's first template.
        first_template: u64,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// A bin that does not exist or whose records were released.
    #[error("bin {bin} is not there: of {bins} bins it is none, or it was released before")]
    NoBin {
        /// The bin asked for.
        bin: usize,
        /// How many bins there are.
        bins: usize,
    },
}

impl ShardError {
    /// Whether the reads themselves are at fault.
    #[must_use]
    pub const fn is_of_data(&self) -> bool {
        matches!(self, Self::Twice { .. } | Self::Record { .. })
    }
}

/// The error of a failed write to the spill file.
pub(crate) fn write_failed(directory: &Path, spilled: u64, source: io::Error) -> ShardError {
    let directory = directory.to_owned();
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ShardError::DiskFull { directory, spilled }
        }
        _ => ShardError::Spill { directory, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_faults() {
        let full = write_failed(Path::new("/scratch"), 7, io::ErrorKind::StorageFull.into());
        assert!(matches!(full, ShardError::DiskFull { spilled: 7, .. }));
        assert!(full.to_string().contains("/scratch"), "{full}");
        let other = write_failed(Path::new("/scratch"), 7, io::ErrorKind::PermissionDenied.into());
        assert!(matches!(other, ShardError::Spill { .. }));
    }
}
