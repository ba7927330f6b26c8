//! The index of a reference: its packed bases and a table of all its syncmers, in one mapped file.

mod build;
mod format;
mod table;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rihla_core::Reference;
use rihla_core::reference::PackedWords;
use rihla_kernels::mmap::MappedFile;
use xxhash_rust::xxh3::Xxh3Default;

pub use build::build;
pub use table::{Entry, Table};

use crate::error::IndexError;

/// Extension of index files, added to the name of the FASTA file: `ref.fa.rhx`.
pub const EXTENSION: &str = "rhx";

/// What ties an index to the FASTA file it was built from: its size and a digest of samples of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceFingerprint {
    /// Size of the file in bytes.
    pub size: u64,
    /// xxh3 over 64 evenly spaced samples; over the whole file when it is small.
    pub digest: u64,
}

impl SourceFingerprint {
    const SAMPLES: u64 = 64;
    const SAMPLE_BYTES: u64 = 1 << 18;

    /// The fingerprint of a file.
    ///
    /// # Errors
    /// [`IndexError::Source`] when it cannot be read.
    pub fn of(path: &Path) -> Result<Self, IndexError> {
        Self::read(path).map_err(|source| IndexError::Source { path: path.to_owned(), source })
    }

    fn read(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut hasher = Xxh3Default::new();
        let mut buffer = Vec::new();
        if size <= Self::SAMPLES * Self::SAMPLE_BYTES {
            file.read_to_end(&mut buffer)?;
            hasher.update(&buffer);
        } else {
            for sample in 0..Self::SAMPLES {
                let at = (size - Self::SAMPLE_BYTES) / (Self::SAMPLES - 1) * sample;
                file.seek(SeekFrom::Start(at))?;
                buffer.clear();
                (&mut file).take(Self::SAMPLE_BYTES).read_to_end(&mut buffer)?;
                hasher.update(&buffer);
            }
        }
        Ok(Self { size, digest: hasher.digest() })
    }
}

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

    /// Checks that `fasta` is the file that was indexed; `index` is named in the error.
    ///
    /// # Errors
    /// [`IndexError::Stale`] when it is not, [`IndexError::Source`] when it cannot be read.
    pub fn check_source(&self, index: &Path, fasta: &Path) -> Result<(), IndexError> {
        if SourceFingerprint::of(fasta)? == self.source {
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
