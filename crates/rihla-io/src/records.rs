//! The formats of records; and records one behind the other, as SAM or BAM, without an index: for records in
//! the order of their reads, and for SAM in any order.
//!
//! [`RecordFormat::encode`] is pure and costs, so it runs on worker threads; [`RecordWriter::append`] takes
//! what it gave, in order.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};

use rihla_core::{Contigs, RecordRef};

use crate::atomic::{AtomicSet, Output, is_special};
use crate::bam::BamHeader;
use crate::bgzf::{self, END_MARKER};
use crate::error::IoError;
use crate::sam;

/// The formats of files of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Text.
    Sam,
    /// Packed, compressed in blocks.
    Bam,
    /// As differences from the reference.
    Cram,
}

impl FileFormat {
    /// What the name of an output promises: SAM by `.sam`, BAM by `.bam`, CRAM by `.cram`; `None` for any other
    /// name, such as those of standard output (`-`), devices and pipes.
    ///
    /// # Errors
    /// [`IoError::Argument`] for a name that promises a format which is not written.
    pub fn of_name(path: &Path) -> Result<Option<Self>, IoError> {
        let extension = |path: &Path| path.extension().map(OsStr::to_ascii_lowercase);
        let is = |found: Option<OsString>, wanted: &str| found.is_some_and(|found| found == wanted);
        if is_special(path) {
            return Ok(None);
        }
        let stem = Path::new(path.file_stem().unwrap_or_default());
        if is(extension(stem), "sam") {
            let problem = "SAM, BAM and CRAM are written; name it .sam, .bam or .cram";
            return Err(IoError::Argument(format!("{}: {problem}", path.display())));
        }
        let formats = [("sam", Self::Sam), ("bam", Self::Bam), ("cram", Self::Cram)];
        Ok(formats.into_iter().find(|(name, _)| is(extension(path), name)).map(|(_, format)| format))
    }
}

/// A form in which records are written one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordFormat {
    /// Text.
    Sam,
    /// Packed, compressed in blocks.
    Bam {
        /// libdeflate's level, 0 (stored) to 12.
        level: u8,
    },
}

impl RecordFormat {
    /// Appends records to `out` in this form, ready to be written. For BAM they are whole blocks.
    ///
    /// # Panics
    /// If a record names a contig that is not in the list.
    pub fn encode<'a>(
        self,
        records: impl IntoIterator<Item = RecordRef<'a>>,
        contigs: &Contigs,
        out: &mut Vec<u8>,
    ) {
        match self {
            Self::Sam => records.into_iter().for_each(|record| sam::push_line(&record, contigs, out)),
            Self::Bam { level } => {
                let mut packed = Vec::new();
                for record in records {
                    let bytes = record.bytes();
                    packed.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
                    packed.extend_from_slice(bytes);
                }
                bgzf::compress_into(&packed, level, out);
            }
        }
    }

    fn header(self, header: &BamHeader) -> Result<Vec<u8>, IoError> {
        Ok(match self {
            Self::Sam => header.to_text()?.into_bytes(),
            Self::Bam { level } => bgzf::compress(&header.to_bytes()?, level),
        })
    }

    /// What ends a file.
    const fn end(self) -> &'static [u8] {
        match self {
            Self::Sam => &[],
            Self::Bam { .. } => &END_MARKER,
        }
    }
}

/// Writes a file of records; `-` is standard output.
pub struct RecordWriter {
    path: PathBuf,
    output: Output,
    format: RecordFormat,
}

impl RecordWriter {
    /// Creates the file and writes the header. Standard output, devices and pipes are written at once, any
    /// other file has its name when it is complete.
    ///
    /// # Errors
    /// [`IoError::Create`], [`IoError::Write`], [`IoError::NoSpace`]; [`IoError::Argument`] for a header
    /// that SAM cannot express.
    pub fn create(path: impl AsRef<Path>, header: &BamHeader, format: RecordFormat) -> Result<Self, IoError> {
        let path = path.as_ref();
        let bytes = format.header(header)?;
        let mut writer = Self { path: path.to_owned(), output: Output::create(path)?, format };
        writer.append(&bytes)?;
        Ok(writer)
    }

    /// Writes what [`RecordFormat::encode`] gave.
    ///
    /// # Errors
    /// [`IoError::Write`], [`IoError::NoSpace`].
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), IoError> {
        self.output.write_all(bytes).map_err(|source| IoError::writing(&self.path, source))
    }

    /// Ends the file and gives it its name.
    ///
    /// # Errors
    /// [`IoError::Write`], [`IoError::NoSpace`], [`IoError::Create`]; no file stands then under its final
    /// name that did not before.
    pub fn finish(self) -> Result<(), IoError> {
        self.seal()?.commit()
    }

    /// Ends the file, which then waits for its name, so that it can appear together with other outputs.
    ///
    /// # Errors
    /// [`IoError::Write`], [`IoError::NoSpace`].
    pub fn seal(mut self) -> Result<AtomicSet, IoError> {
        self.append(self.format.end())?;
        self.output.seal(&self.path)
    }
}

#[cfg(test)]
mod tests;
