//! The index of a reference: its packed bases and a table of all its syncmers, in one mapped file.

mod blocks;
mod build;
mod check;
mod format;
mod scan;
mod source;
mod table;

use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rihla_core::Reference;
use rihla_core::reference::PackedWords;
use rihla_kernels::mmap::{MappedFile, ZeroedMemory};

pub use build::build;
pub use format::VERSION as FORMAT_VERSION;
pub use source::SourceFingerprint;
pub use table::{Entry, Table, prefetch_bases};

use crate::error::IndexError;
use check::Unchecked;
use table::Layout;

/// Extension of index files, added to the name of the FASTA file: `ref.fa.rhx`.
pub const EXTENSION: &str = "rhx";

/// A built index, in memory.
pub struct IndexData {
    reference: Reference,
    source: SourceFingerprint,
    layout: Layout,
    /// First entry of each value of the top bits of the hash, and the total behind them.
    directory: Vec<u32>,
    /// Sorted by hash, then position; see [`Entry`].
    entries: ZeroedMemory,
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
        let mut entries = vec![0; self.entries.words().len() * self.layout.entry_bytes()];
        self.layout.pack(self.entries.words(), &mut entries);
        Index {
            reference: self.reference,
            source: self.source,
            layout: self.layout,
            storage: Storage::Owned { directory: self.directory, entries },
            unchecked: None,
        }
    }
}

enum Storage {
    Owned { directory: Vec<u32>, entries: Vec<u8> },
    Mapped { file: Arc<MappedFile>, directory: Range<usize>, entries: Range<usize> },
}

/// An index ready for use.
pub struct Index {
    reference: Reference,
    source: SourceFingerprint,
    layout: Layout,
    storage: Storage,
    /// What of its file has not been checked yet.
    unchecked: Option<Unchecked>,
}

impl Index {
    /// Maps an index file, in a moment whatever its size: header, contigs and ambiguous runs are checked
    /// against their checksums, and of a file up to 64 MiB all the rest too. That of a larger one is left
    /// to [`Index::verify`]; until then every number in it counts as doubtful and is held within bounds, so
    /// that a damaged index may give wrong places but nothing worse.
    ///
    /// # Errors
    /// Every [`IndexError`] but `Source` and `Stale`.
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        format::open(path)
    }

    /// Checks what [`Index::open`] left unchecked against its checksums, on this thread. The file is read
    /// from front to back, which also brings it into memory.
    ///
    /// # Errors
    /// [`IndexError::Corrupt`] when a part is not what was written.
    pub fn verify(&self) -> Result<(), IndexError> {
        self.unchecked.as_ref().map_or(Ok(()), Unchecked::verify)
    }

    /// Whether [`Index::verify`] has something to do.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.unchecked.is_none()
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

    /// Bytes of the file that is mapped, or about as many of what was built in memory.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match &self.storage {
            Storage::Owned { directory, entries } => {
                4 * directory.len() as u64 + entries.len() as u64 + self.reference.bases() / 4
            }
            Storage::Mapped { file, .. } => file.bytes().len() as u64,
        }
    }

    /// The seed table.
    #[must_use]
    pub fn table(&self) -> Table<'_> {
        let bases = self.reference.bases();
        match &self.storage {
            Storage::Owned { directory, entries } => Table::new(self.layout, directory, entries, bases),
            Storage::Mapped { file, directory, entries } => Table::new(
                self.layout,
                bytemuck::cast_slice(&file.bytes()[directory.clone()]),
                &file.bytes()[entries.clone()],
                bases,
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
