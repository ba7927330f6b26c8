//! Records by region from a coordinate-sorted, indexed file, BAM or CRAM, told apart by content.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rihla_core::{Interval, RecordArena, Reference};

use crate::bam::BamReader;
use crate::cram::CramReader;
use crate::error::IoError;

/// An open file of alignments; contig ids are the reference's.
pub enum AlignmentReader {
    /// A BAM.
    Bam(BamReader),
    /// A CRAM.
    Cram(Box<CramReader>),
}

impl AlignmentReader {
    /// Opens a file and its index; its contigs must be the reference's, whose FASTA file a CRAM may need.
    ///
    /// # Errors
    /// Those of [`BamReader::open`], [`BamReader::check_contigs`] and [`CramReader::open`].
    pub fn open(path: impl AsRef<Path>, reference: &Reference, fasta: &Path) -> Result<Self, IoError> {
        let path = path.as_ref();
        let mut start = Vec::new();
        let read = File::open(path).and_then(|file| file.take(4).read_to_end(&mut start));
        read.map_err(|source| IoError::open(path, source))?;
        if start == *b"CRAM" {
            return Ok(Self::Cram(Box::new(CramReader::open(path, reference, fasta)?)));
        }
        let mut bam = BamReader::open(path)?;
        bam.check_contigs(reference.contigs())?;
        Ok(Self::Bam(bam))
    }

    /// Another handle on the same file, for another thread.
    ///
    /// # Errors
    /// [`IoError::Missing`] when the file has gone.
    pub fn reopen(&self) -> Result<Self, IoError> {
        Ok(match self {
            Self::Bam(bam) => Self::Bam(bam.reopen()?),
            Self::Cram(cram) => Self::Cram(Box::new(cram.reopen()?)),
        })
    }

    /// The one sample that all read groups belong to; `None` when no read group names one.
    ///
    /// # Errors
    /// [`IoError::Data`] when they name several.
    pub fn sample(&self) -> Result<Option<&str>, IoError> {
        match self {
            Self::Bam(bam) => bam.sample(),
            Self::Cram(cram) => cram.sample(),
        }
    }

    /// How many records lie on a contig, as a BAM's index says ([`BamReader::record_count`]); `None` when the
    /// index does not count, as that of a CRAM, which is held by a checksum.
    #[must_use]
    pub fn record_count(&self, contig: u32) -> Option<u64> {
        match self {
            Self::Bam(bam) => bam.record_count(contig),
            Self::Cram(_) => None,
        }
    }

    /// How much lies on a contig, to be compared between contigs: records as a BAM's index counts them (0 where it does
    /// not), bytes of a CRAM's slices.
    #[must_use]
    pub fn amount(&self, contig: u32) -> u64 {
        match self {
            Self::Bam(bam) => bam.record_count(contig).unwrap_or(0),
            Self::Cram(cram) => cram.slice_bytes(contig),
        }
    }

    /// Appends the records that overlap the interval to `out`, in file order; an unmapped record at its
    /// mate's place counts as one base.
    ///
    /// # Errors
    /// Those of [`BamReader::query`] and [`CramReader::query`].
    pub fn query(&mut self, interval: Interval, out: &mut RecordArena) -> Result<(), IoError> {
        match self {
            Self::Bam(bam) => bam.query(interval, out),
            Self::Cram(cram) => cram.query(interval, out),
        }
    }
}
