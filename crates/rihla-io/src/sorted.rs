//! Sorted records in the format that is wanted: encoded on worker threads, written in genome order.

use std::path::Path;

use rihla_core::pack::{self, Pack, Unpack};
use rihla_core::{Contigs, RecordRef, Reference};

use crate::atomic::AtomicSet;
use crate::bam::{BamBlock, BamHeader, BamIndex, BamWriter, compress_records};
use crate::cram::{CramBlock, CramEncoder, CramVersion, CramWriter};
use crate::error::IoError;
use crate::records::{FileFormat, RecordFormat, RecordWriter};

/// How sorted records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortedFormat {
    /// The format.
    pub file: FileFormat,
    /// libdeflate's level, 0 (stored) to 12; nothing to SAM.
    pub level: u8,
    /// The index of a BAM.
    pub index: BamIndex,
    /// The version of a CRAM.
    pub cram: CramVersion,
}

/// Encodes records; threads share one.
pub struct SortedEncoder(Encoder);

enum Encoder {
    Sam(Contigs),
    Bam(u8),
    Cram(CramEncoder),
}

/// Encoded records.
#[derive(Debug)]
pub struct SortedBlock(Block);

#[derive(Debug)]
enum Block {
    /// With the number of records.
    Sam(Vec<u8>, u64),
    Bam(BamBlock),
    Cram(CramBlock),
}

impl SortedEncoder {
    /// For records of a file with this header, of which the contigs are the reference's.
    #[must_use]
    pub fn new(format: SortedFormat, reference: &Reference, header: &BamHeader) -> Self {
        Self(match format.file {
            FileFormat::Sam => Encoder::Sam(header.contigs.clone()),
            FileFormat::Bam => Encoder::Bam(format.level),
            FileFormat::Cram => {
                let encoder = CramEncoder::new(reference, &header.read_groups, format.level);
                Encoder::Cram(encoder.with_version(format.cram))
            }
        })
    }

    /// Encodes sorted records, those without a place last. The bytes depend on the arguments alone.
    #[must_use]
    pub fn encode<'a>(&self, records: impl IntoIterator<Item = RecordRef<'a>>) -> SortedBlock {
        SortedBlock(match &self.0 {
            Encoder::Sam(contigs) => {
                let (mut text, mut count) = (Vec::new(), 0);
                RecordFormat::Sam.encode(records.into_iter().inspect(|_| count += 1), contigs, &mut text);
                Block::Sam(text, count)
            }
            Encoder::Bam(level) => Block::Bam(compress_records(records, *level)),
            Encoder::Cram(encoder) => Block::Cram(encoder.encode(records)),
        })
    }
}

impl SortedBlock {
    /// Number of records.
    #[must_use]
    pub fn records(&self) -> u64 {
        match &self.0 {
            Block::Sam(_, count) => *count,
            Block::Bam(block) => block.records(),
            Block::Cram(block) => block.records(),
        }
    }
}

/// As bytes that a writer of the same format takes once they are read back.
impl Pack for SortedBlock {
    fn pack(&self, out: &mut Vec<u8>) {
        match &self.0 {
            Block::Sam(text, count) => {
                0_u8.pack(out);
                pack::bytes(text, out);
                count.pack(out);
            }
            Block::Bam(block) => {
                1_u8.pack(out);
                block.pack(out);
            }
            Block::Cram(block) => {
                2_u8.pack(out);
                block.pack(out);
            }
        }
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self(match from.read::<u8>()? {
            0 => Block::Sam(from.bytes()?.to_vec(), from.read()?),
            1 => Block::Bam(from.read()?),
            2 => Block::Cram(from.read()?),
            _ => return None,
        }))
    }
}

/// Writes a file of sorted records, and the index that belongs to its format.
pub struct SortedWriter(Writer);

enum Writer {
    Sam(RecordWriter),
    Bam(BamWriter),
    Cram(CramWriter),
}

impl SortedWriter {
    /// Creates the file and writes the header. The path `-` is standard output.
    ///
    /// # Errors
    /// [`IoError::Create`], [`IoError::Write`], [`IoError::NoSpace`]; [`IoError::Argument`] for a header
    /// that SAM cannot express, and what the format cannot hold.
    pub fn create(path: impl AsRef<Path>, header: &BamHeader, format: SortedFormat) -> Result<Self, IoError> {
        Ok(Self(match format.file {
            FileFormat::Sam => Writer::Sam(RecordWriter::create(path, header, RecordFormat::Sam)?),
            FileFormat::Bam => Writer::Bam(BamWriter::with_index(path, header, format.index)?),
            FileFormat::Cram => Writer::Cram(CramWriter::create_version(path, header, format.cram)?),
        }))
    }

    /// Appends a block that an encoder of the same format made; its records must follow those before in
    /// coordinate order, records without a place last.
    ///
    /// # Errors
    /// [`IoError::Write`], [`IoError::NoSpace`]; [`IoError::Data`] for records out of order.
    ///
    /// # Panics
    /// If the block is of another format.
    pub fn append(&mut self, block: &SortedBlock) -> Result<(), IoError> {
        match (&mut self.0, &block.0) {
            (Writer::Sam(writer), Block::Sam(text, _)) => writer.append(text),
            (Writer::Bam(writer), Block::Bam(block)) => writer.append(block),
            (Writer::Cram(writer), Block::Cram(block)) => writer.append(block),
            _ => panic!("a block of another format"),
        }
    }

    /// Ends the file and gives it and its index their names.
    ///
    /// # Errors
    /// [`IoError::Write`], [`IoError::NoSpace`], [`IoError::Create`]; no file stands then under its final
    /// name that did not before.
    pub fn finish(self) -> Result<(), IoError> {
        self.seal()?.commit()
    }

    /// Ends the file and writes the index; both wait for their names, so that they can appear together with
    /// other outputs.
    ///
    /// # Errors
    /// As [`SortedWriter::finish`].
    pub fn seal(self) -> Result<AtomicSet, IoError> {
        match self.0 {
            Writer::Sam(writer) => writer.seal(),
            Writer::Bam(writer) => writer.seal(),
            Writer::Cram(writer) => writer.seal(),
        }
    }
}
