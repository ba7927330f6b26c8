//! One file of alignments, read on many threads.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use rihla_core::{Contigs, Reference};
use rihla_io::alignments::AlignmentReader;

use crate::exit::{Failure, fault};

/// Handles on one BAM or CRAM, as many as threads want at once.
pub struct Bams {
    /// The first handle.
    pub first: AlignmentReader,
    idle: Mutex<Vec<AlignmentReader>>,
}

impl Bams {
    /// Opens it.
    ///
    /// # Errors
    /// Missing, damaged, without an index, or of another reference.
    pub fn open(path: &Path, reference: &Reference, fasta: &Path) -> Result<Self> {
        let first = AlignmentReader::open(path, reference, fasta)?;
        Ok(Self { first, idle: Mutex::default() })
    }

    /// Checks the records that were seen of each whole contig against the index's own counts: an index
    /// has no checksum, and a damaged one would hide reads without a word.
    ///
    /// # Errors
    /// They differ.
    pub fn reconcile(&self, path: &Path, contigs: &Contigs, seen: &[u64]) -> Result<()> {
        for ((id, contig), &seen) in (0..).zip(contigs.iter()).zip(seen) {
            let expected = self.first.record_count(id).unwrap_or(seen);
            if seen != expected {
                let path = path.display();
                let message = format!(
                    "{path}: its index counts {expected} records on {}, but {seen} were found; the index is \
                     damaged or of another file, make it again: samtools index {path}",
                    contig.name
                );
                return Err(fault(Failure::Data, message));
            }
        }
        Ok(())
    }

    /// Does something with a handle that nobody else has.
    ///
    /// # Errors
    /// Those of `work`; the file cannot be opened once more.
    pub fn with<T>(&self, work: impl FnOnce(&mut AlignmentReader) -> Result<T>) -> Result<T> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = idle().pop();
        let mut bam = match waiting {
            Some(bam) => bam,
            None => self.first.reopen()?,
        };
        let result = work(&mut bam)?;
        idle().push(bam);
        Ok(result)
    }
}
