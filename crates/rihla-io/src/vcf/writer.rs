//! A VCF and its index, from calls in genome order.

use std::path::Path;

use rihla_core::{Interval, VariantRecord};

use crate::atomic::AtomicSet;
use crate::error::IoError;

use super::record::format_record;
use super::{RawVcfWriter, VcfHeader};

/// Writes a VCF of calls; files, their names and their indexes are those of [`RawVcfWriter`].
pub struct VcfWriter {
    raw: RawVcfWriter,
    header: VcfHeader,
    line: String,
}

impl VcfWriter {
    /// Creates the file and writes the header.
    ///
    /// # Errors
    /// [`IoError::Create`], [`IoError::Write`], [`IoError::NoSpace`]; [`IoError::Argument`] for a header
    /// that VCF cannot express and for a file of any other name.
    pub fn create(path: impl AsRef<Path>, header: &VcfHeader) -> Result<Self, IoError> {
        let raw = RawVcfWriter::create(path, &header.to_text()?, &header.contigs)?;
        Ok(Self { raw, header: header.clone(), line: String::new() })
    }

    /// Appends a record, not before the last one in the genome.
    ///
    /// # Errors
    /// [`IoError::Write`], [`IoError::NoSpace`]; [`IoError::Data`] for a record out of order, outside its
    /// contig, or with a filter that the header lacks.
    pub fn write(&mut self, record: &VariantRecord) -> Result<(), IoError> {
        let (contig, position) = (record.contig, record.position);
        let is_known = |filter: &&&str| self.header.filters.iter().any(|known| known.id == **filter);
        if let Some(filter) = record.filters.iter().find(|filter| !is_known(filter)) {
            return Err(self.raw.problem(contig, position, format!("the header lacks the filter {filter}")));
        }
        // A contig that the header lacks is refused with the line, whatever the line says.
        let name = self.header.contigs.iter().nth(contig as usize).map_or(".", |contig| &contig.name);
        format_record(record, name, &mut self.line);
        self.raw.write_line(Interval::new(contig, position, record.end()), self.line.as_bytes())
    }

    /// Ends the file, writes the index and gives both their names.
    ///
    /// # Errors
    /// [`IoError::Write`], [`IoError::NoSpace`], [`IoError::Create`]; no file stands then under its final
    /// name that did not before.
    pub fn finish(self) -> Result<(), IoError> {
        self.raw.finish()
    }

    /// Ends the file and writes the index; both wait for their names, index first, so that they can
    /// appear together with other outputs.
    ///
    /// # Errors
    /// As [`VcfWriter::finish`].
    pub fn seal(self) -> Result<AtomicSet, IoError> {
        self.raw.seal()
    }
}
