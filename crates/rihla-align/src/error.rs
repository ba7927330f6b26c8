//! What can go wrong with an index file.

use std::io;
use std::path::{Path, PathBuf};

/// Why an index cannot be used. Each message names the file and the command that makes a good one.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The file cannot be opened or mapped.
    #[error("{}: cannot read the index: {source}; {}", path.display(), remedy(path))]
    Io {
        /// The index file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The FASTA file cannot be read for its fingerprint.
    #[error("{}: cannot read the reference: {source}", path.display())]
    Source {
        /// The FASTA file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file does not start as an index does.
    #[error("{}: not an index of Rihla; {}", path.display(), remedy(path))]
    NotAnIndex {
        /// The index file.
        path: PathBuf,
    },
    /// The file was written by another version, whose layout differs.
    #[error("{}: index layout {found}, this version reads {expected}; {}", path.display(), remedy(path))]
    OldVersion {
        /// The index file.
        path: PathBuf,
        /// Layout number in the file.
        found: u32,
        /// Layout number that this version reads.
        expected: u32,
    },
    /// The seeds in the file were chosen or hashed in another way than this version does.
    #[error("{}: index with other seeds than this version looks up; {}", path.display(), remedy(path))]
    OtherSeeds {
        /// The index file.
        path: PathBuf,
    },
    /// The file ends too early.
    #[error("{}: truncated index: {found} bytes of {expected}; {}", path.display(), remedy(path))]
    Truncated {
        /// The index file.
        path: PathBuf,
        /// Bytes there are.
        found: u64,
        /// Bytes there should be.
        expected: u64,
    },
    /// A part of the file is not what was written.
    #[error("{}: corrupt index: checksum of the {section} differs; {}", path.display(), remedy(path))]
    Corrupt {
        /// The index file.
        path: PathBuf,
        /// Which part.
        section: &'static str,
    },
    /// The FASTA file is not the one that was indexed.
    #[error("{}: stale index: {} has changed since it was indexed; rebuild it with: rihla index {}",
        path.display(), fasta.display(), fasta.display())]
    Stale {
        /// The index file.
        path: PathBuf,
        /// The FASTA file.
        fasta: PathBuf,
    },
}

/// The end of each message: `ref.fa.rhx` was made from `ref.fa`.
fn remedy(index: &Path) -> String {
    let fasta = match index.extension() {
        Some(extension) if extension == crate::index::EXTENSION => index.with_extension(""),
        _ => PathBuf::from("REF.fa"),
    };
    format!("rebuild it with: rihla index {}", fasta.display())
}
