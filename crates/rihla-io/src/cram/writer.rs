//! A CRAM and its index, from blocks in genome order.

use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::atomic::{AtomicFile, AtomicSet, Output, beside};
use crate::bam::BamHeader;
use crate::error::{IoError, Place as ErrorPlace};

use super::CramBlock;
use super::block::Packer;
use super::container::{END, file_definition, push_file_header};
use super::version::CramVersion;

/// libdeflate's default; headers are too small for their level to matter.
const HEADER_LEVEL: u8 = 6;

/// Writes a coordinate-sorted CRAM; a `.crai` beside it unless it goes to standard output, a device or a
/// pipe.
pub struct CramWriter {
    path: PathBuf,
    output: Output,
    packer: Packer,
    /// The index: a line for each slice.
    index: Vec<u8>,
    /// Bytes written so far.
    offset: u64,
    /// Records written so far.
    records: u64,
    /// Contig and start of the last container; records without a place come behind all contigs.
    last: (u32, u32),
}

impl CramWriter {
    /// Creates the file and writes the header. The path `-` is standard output.
    ///
    /// # Errors
    /// [`IoError::Create`], [`IoError::Write`], [`IoError::NoSpace`]; [`IoError::Argument`] for a header
    /// that SAM cannot express.
    pub fn create(path: impl AsRef<Path>, header: &BamHeader) -> Result<Self, IoError> {
        Self::create_version(path, header, CramVersion::default())
    }

    /// The same for a version, which must be that of the blocks.
    ///
    /// # Errors
    /// As [`CramWriter::create`].
    pub fn create_version(
        path: impl AsRef<Path>,
        header: &BamHeader,
        version: CramVersion,
    ) -> Result<Self, IoError> {
        let path = path.as_ref();
        let text = header.to_text()?;
        let mut writer = Self {
            path: path.to_owned(),
            output: Output::create(path)?,
            packer: Packer::new(HEADER_LEVEL, version),
            index: Vec::new(),
            offset: 0,
            records: 0,
            last: (0, 0),
        };
        let mut bytes = file_definition(version).to_vec();
        push_file_header(&text, &mut writer.packer, &mut bytes);
        writer.put(&bytes)?;
        Ok(writer)
    }

    /// Appends a block; its records must follow those before in coordinate order, records without a
    /// place last.
    ///
    /// # Errors
    /// [`IoError::Write`], [`IoError::NoSpace`]; [`IoError::Data`] for records out of order.
    pub fn append(&mut self, block: &CramBlock) -> Result<(), IoError> {
        let mut bytes = Vec::new();
        for container in &block.containers {
            let place = container.place.map_or((u32::MAX, 0), |place| (place.contig, place.start));
            if place < self.last {
                let at = format!("contig number {}, position {}", place.0, place.1 + 1);
                let problem = "records are not sorted by position";
                return Err(IoError::data_at(&self.path, ErrorPlace::At(at), problem));
            }
            self.last = place;
            bytes.clear();
            let landmark = container.push(self.records, &mut self.packer, &mut bytes);
            let [contig, start, span] = container.place_numbers();
            let line = format!(
                "{contig}\t{start}\t{span}\t{}\t{}\t{}\n",
                self.offset, landmark.offset, landmark.size
            );
            self.index.extend_from_slice(line.as_bytes());
            self.records += u64::from(container.records);
            self.put(&bytes)?;
        }
        Ok(())
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
    /// As [`CramWriter::finish`].
    pub fn seal(mut self) -> Result<AtomicSet, IoError> {
        self.put(&END)?;
        let mut files = AtomicSet::new();
        if self.output.takes_index() {
            let index = AtomicFile::create(beside(&self.path, ".crai"))?;
            let fail = |source| IoError::writing(&beside(&self.path, ".crai"), source);
            let mut compressed = GzEncoder::new(index, Compression::default());
            let written = compressed.write_all(&self.index).and_then(|()| compressed.finish());
            let mut index = written.map_err(fail)?;
            index.flush().map_err(fail)?;
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
