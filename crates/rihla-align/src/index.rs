//! The index of a reference: its packed bases and a table of all its syncmers, in one mapped file.

mod build;
mod format;
mod source;
mod table;

use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rihla_core::Reference;
use rihla_core::reference::PackedWords;
use rihla_kernels::mmap::MappedFile;

pub use build::build;
pub use source::SourceFingerprint;
pub use table::{Entry, Table, prefetch_bases};

use crate::error::IndexError;

/// Extension of index files, added to the name of the FASTA file: `ref.fa.rhx`.
pub const EXTENSION: &str = "rhx";

/// A built index, in memory.
pub struct IndexData {
    reference: Reference,
    source: SourceFingerprint,
    directory_bits: u32,
    /// First entry of each value of the top `directory_bits` of the hash, and the total behind them.
    directory: Vec<u32>,
    /// Sorted by hash, then position; see [`Entry`].
    entries: Vec<u64>,
}

impl IndexData {
    /// Writes the index file. The bytes depend on the reference and its fingerprint alone.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn write_to(&self, out: impl Write) -> io::Result<()> {
        format::write(self, out)
    }

    /// Uses the index as it is, without a file.
    #[must_use]
    pub fn into_index(self) -> Index {
        Index {
            reference: self.reference,
            source: self.source,
            directory_bits: self.directory_bits,
            storage: Storage::Owned { directory: self.directory, entries: self.entries },
        }
    }
}

enum Storage {
    Owned { directory: Vec<u32>, entries: Vec<u64> },
    Mapped { file: Arc<MappedFile>, directory: Range<usize>, entries: Range<usize> },
}

/// An index ready for use.
pub struct Index {
    reference: Reference,
    source: SourceFingerprint,
    directory_bits: u32,
    storage: Storage,
}

impl Index {
    /// Maps an index file and checks all of it against its checksums. The check reads the file from
    /// front to back once, on all threads of the current pool, which also brings it into memory.
    ///
    /// # Errors
    /// Every [`IndexError`] but `Source` and `Stale`.
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        format::open(path)
    }

    /// Checks that `fasta` is the file that was indexed; `index` is named in the error. The file is
    /// read whole only where size and samples agree but the modification time does not.
    ///
    /// # Errors
    /// [`IndexError::Stale`] when it is not, [`IndexError::Source`] when it cannot be read.
    pub fn check_source(&self, index: &Path, fasta: &Path) -> Result<(), IndexError> {
        if self.source.matches(fasta)? {
            return Ok(());
        }
        Err(IndexError::Stale { path: index.to_owned(), fasta: fasta.to_owned() })
    }

    /// The reference.
    #[must_use]
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The fingerprint of the FASTA file it was built from.
    #[must_use]
    pub fn source(&self) -> SourceFingerprint {
        self.source
    }

    /// The seed table.
    #[must_use]
    pub fn table(&self) -> Table<'_> {
        match &self.storage {
            Storage::Owned { directory, entries } => Table::new(self.directory_bits, directory, entries),
            Storage::Mapped { file, directory, entries } => Table::new(
                self.directory_bits,
                bytemuck::cast_slice(&file.bytes()[directory.clone()]),
                bytemuck::cast_slice(&file.bytes()[entries.clone()]),
            ),
        }
    }
}

/// The packed bases inside a mapped index.
struct MappedWords {
    file: Arc<MappedFile>,
    range: Range<usize>,
}

impl PackedWords for MappedWords {
    fn words(&self) -> &[u64] {
        bytemuck::cast_slice(&self.file.bytes()[self.range.clone()])
    }
}

#[cfg(test)]
mod tests;
