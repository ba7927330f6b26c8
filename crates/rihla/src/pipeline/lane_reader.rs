//! The reads of a file, FASTQ or records, in batches of one read group.

use anyhow::Result;
use rihla_core::{FileDigest, ReadBatch};
use rihla_fastq::{FastqReader, Warning};
use rihla_io::reads::RecordReads;

/// An open file of reads, or the two of pairs.
pub enum LaneReader {
    /// FASTQ.
    Fastq(Box<FastqReader>),
    /// BAM or CRAM.
    Records(Box<RecordReads>),
}

impl LaneReader {
    /// The next batch, replacing what `batch` held, and the number of its read group in the file; `None` at the
    /// end.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn next_batch_into(&mut self, batch: &mut ReadBatch) -> Result<Option<usize>> {
        Ok(match self {
            Self::Fastq(reader) => reader.next_batch_into(batch)?.then_some(0),
            Self::Records(reader) => reader.next_batch_into(batch)?,
        })
    }

    /// Numbers of the next batch and of its first template.
    pub fn numbers(&self) -> (u64, u64) {
        match self {
            Self::Fastq(reader) => (reader.batches(), reader.templates()),
            Self::Records(reader) => (reader.batches(), reader.templates()),
        }
    }

    /// Share of the bytes that have been read, where that is known.
    pub fn share_read(&self) -> Option<f64> {
        match self {
            Self::Fastq(reader) => reader.share_read(),
            Self::Records(reader) => reader.share_read(),
        }
    }

    /// What was odd, once all is read.
    pub fn warnings(&self) -> Vec<Warning> {
        match self {
            Self::Fastq(reader) => reader.warnings(),
            Self::Records(_) => Vec::new(),
        }
    }

    /// The files as they were read, once all is.
    pub fn digests(&self) -> Vec<FileDigest> {
        match self {
            Self::Fastq(reader) => reader.digests().unwrap_or_default(),
            Self::Records(reader) => reader.digest().into_iter().collect(),
        }
    }
}
