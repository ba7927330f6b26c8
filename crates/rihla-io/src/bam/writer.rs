//! A BAM and its index, from blocks in genome order.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::atomic::{AtomicFile, AtomicSet, Output, beside, is_special};
use crate::bgzf::{self, END_MARKER};
use crate::error::{IoError, Place};
use crate::index::{PositionIndexer, Span};

use super::{BamBlock, BamHeader};

/// libdeflate's default; the header is too small for its level to matter.
const HEADER_LEVEL: u8 = 6;

/// The index beside a BAM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BamIndex {
    /// BAI, or CSI when a contig is longer than 2^29 bases.
    #[default]
    Fitting,
    /// BAI; such a contig is an error.
    Bai,
    /// CSI.
    Csi,
}

/// Writes a coordinate-sorted BAM and its index beside it, unless it goes to standard output, a device or a pipe.
pub struct BamWriter {
    path: PathBuf,
    output: Output,
    indexer: PositionIndexer,
    /// Bytes written so far.
    offset: u64,
    has_unplaced: bool,
}

impl BamWriter {
    /// Creates the file and writes the header. The path `-` is standard output.
    ///
    /// # Errors
    /// [`IoError::Create`], [`IoError::Write`], [`IoError::NoSpace`]; [`IoError::Argument`] for a header
    /// that SAM cannot express and for a name that ends in `.sam` or `.cram`, but for devices and pipes.
    pub fn create(path: impl AsRef<Path>, header: &BamHeader) -> Result<Self, IoError> {
        Self::with_index(path, header, BamIndex::default())
    }

    /// As [`BamWriter::create`], with a choice of index.
    ///
    /// # Errors
    /// As [`BamWriter::create`]; [`IoError::Argument`] for a BAI that cannot hold the contigs.
    pub fn with_index(path: impl AsRef<Path>, header: &BamHeader, index: BamIndex) -> Result<Self, IoError> {
        let path = path.as_ref();
        check_name(path)?;
        let fitting = PositionIndexer::for_bam(&header.contigs);
        let indexer = match index {
            BamIndex::Bai if !fitting.fits_classic() => {
                let problem = "a contig is longer than 2^29 bases, which BAI cannot hold; take CSI";
                return Err(IoError::Argument(format!("{}: {problem}", path.display())));
            }
            BamIndex::Csi => fitting.into_csi(),
            BamIndex::Fitting | BamIndex::Bai => fitting,
        };
        let bytes = bgzf::compress(&header.to_bytes()?, HEADER_LEVEL);
        let mut writer = Self {
            path: path.to_owned(),
            output: Output::create(path)?,
            indexer,
            offset: 0,
            has_unplaced: false,
        };
        writer.put(&bytes)?;
        Ok(writer)
    }

    /// Appends a block; its records must follow those before in coordinate order, records without a
    /// place last.
    ///
    /// # Errors
    /// [`IoError::Write`], [`IoError::NoSpace`]; [`IoError::Data`] for records out of order.
    pub fn append(&mut self, block: &BamBlock) -> Result<(), IoError> {
        let first_unplaced = if self.has_unplaced { Some(0) } else { block.first_unplaced };
        let shift = self.offset << 16;
        for entry in &block.entries {
            let Span { begin, end } = entry.span;
            let added = if first_unplaced.is_some_and(|unplaced| unplaced <= begin) {
                Err("a record with a place follows one without".into())
            } else {
                self.indexer.add(
                    entry.place,
                    entry.is_mapped,
                    Span { begin: begin + shift, end: end + shift },
                )
            };
            added.map_err(|problem| {
                let place =
                    format!("contig number {}, position {}", entry.place.contig, entry.place.start + 1);
                IoError::data_at(&self.path, Place::At(place), format!("records are not sorted: {problem}"))
            })?;
        }
        self.indexer.add_unplaced(block.unplaced);
        self.has_unplaced |= block.unplaced > 0;
        self.put(&block.bytes)
    }

    /// Ends the file, writes the index and gives both their names.
    ///
    /// # Errors
    /// [`IoError::Write`], [`IoError::NoSpace`], [`IoError::Create`]; no file stands then under its final
    /// name that did not before.
    pub fn finish(self) -> Result<(), IoError> {
        self.seal()?.commit()
    }

    /// Ends the file and writes the index; both wait for their names, index first, so that they can
    /// appear together with other outputs.
    ///
    /// # Errors
    /// As [`BamWriter::finish`].
    pub fn seal(mut self) -> Result<AtomicSet, IoError> {
        self.put(&END_MARKER)?;
        let mut files = AtomicSet::new();
        if self.output.takes_index() {
            let extension = if self.indexer.fits_classic() { ".bai" } else { ".csi" };
            let mut index = AtomicFile::create(beside(&self.path, extension))?;
            let written = self.indexer.write_bam_index(&mut index).and_then(|()| index.flush());
            written.map_err(|source| IoError::writing(index.destination(), source))?;
            files.push(index);
        }
        files.append(self.output.seal(&self.path)?);
        Ok(files)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), IoError> {
        self.offset += bytes.len() as u64;
        self.output.write_all(bytes).map_err(|source| IoError::writing(&self.path, source))
    }
}

/// The name of a file must not promise another format.
fn check_name(path: &Path) -> Result<(), IoError> {
    let extension = path.extension().unwrap_or_default();
    if !["sam", "cram"].iter().any(|other| extension.eq_ignore_ascii_case(other)) || is_special(path) {
        return Ok(());
    }
    let (name, bam) = (path.display(), path.with_extension("bam"));
    let problem = format!("{name}: only BAM is written; name it {}", bam.display());
    Err(IoError::Argument(problem))
}
