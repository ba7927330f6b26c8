//! A VCF and its index, from records in genome order.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use noodles::bgzf;
use rihla_core::{Contigs, Interval, VariantRecord};

use crate::atomic::{AtomicFile, AtomicSet, Output, STDOUT, beside, is_special};
use crate::error::{IoError, Place};
use crate::index::{PositionIndexer, Span};

use super::VcfHeader;
use super::record::format_record;

/// Writes a VCF: plain text to standard output (`-`) and to names in `.vcf`, BGZF to names in `.vcf.gz` and
/// `.vcf.bgz` and to devices and pipes; beside a BGZF file an index (`.tbi`, or `.csi` when a contig is
/// longer than 2^29 bases).
pub struct VcfWriter {
    path: PathBuf,
    sink: Sink,
    contigs: Contigs,
    filters: Vec<&'static str>,
    /// Contig and position of the record written last.
    last: (u32, u32),
    line: String,
}

enum Sink {
    Plain(Output),
    Indexed(Box<IndexedSink>),
}

struct IndexedSink {
    writer: bgzf::io::Writer<Output>,
    indexer: PositionIndexer,
    /// The last record and where it begins; it ends where the next one begins.
    pending: Option<(Interval, u64)>,
}

impl VcfWriter {
    /// Creates the file and writes the header.
    ///
    /// # Errors
    /// [`IoError::Create`], [`IoError::Write`], [`IoError::NoSpace`]; [`IoError::Argument`] for a header
    /// that VCF cannot express and for a file of any other name.
    pub fn create(path: impl AsRef<Path>, header: &VcfHeader) -> Result<Self, IoError> {
        let path = path.as_ref();
        let is_plain = is_plain(path)?;
        let text = header.to_text()?;
        let output = Output::create(path)?;
        let sink = if is_plain {
            Sink::Plain(output)
        } else {
            let writer = bgzf::io::Writer::new(output);
            let indexer = PositionIndexer::for_vcf(&header.contigs);
            Sink::Indexed(Box::new(IndexedSink { writer, indexer, pending: None }))
        };
        let mut writer = Self {
            path: path.to_owned(),
            sink,
            contigs: header.contigs.clone(),
            filters: header.filters.iter().map(|filter| filter.id).collect(),
            last: (0, 0),
            line: text,
        };
        writer.put(None)?;
        Ok(writer)
    }

    /// Appends a record, not before the last one in the genome.
    ///
    /// # Errors
    /// [`IoError::Write`], [`IoError::NoSpace`]; [`IoError::Data`] for a record out of order, outside its
    /// contig, or with a filter that the header lacks.
    pub fn write(&mut self, record: &VariantRecord) -> Result<(), IoError> {
        self.check(record)?;
        let name = &self.contigs.get(record.contig).name;
        format_record(record, name, &mut self.line);
        self.last = (record.contig, record.position);
        self.put(Some(Interval::new(record.contig, record.position, record.end())))
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
    /// As [`VcfWriter::finish`].
    pub fn seal(self) -> Result<AtomicSet, IoError> {
        let sink = match self.sink {
            Sink::Plain(output) => return output.seal(&self.path),
            Sink::Indexed(sink) => sink,
        };
        let (output, indexer) = sink.finish().map_err(|source| IoError::writing(&self.path, source))?;
        let mut files = AtomicSet::new();
        if output.takes_index() {
            let extension = if indexer.fits_classic() { ".tbi" } else { ".csi" };
            let mut index = AtomicFile::create(beside(&self.path, extension))?;
            let written = indexer.write_vcf_index(&mut index).and_then(|()| index.flush());
            written.map_err(|source| IoError::writing(index.destination(), source))?;
            files.push(index);
        }
        files.append(output.seal(&self.path)?);
        Ok(files)
    }

    fn check(&self, record: &VariantRecord) -> Result<(), IoError> {
        let place = (record.contig, record.position);
        let problem = if record.contig as usize >= self.contigs.len() {
            "the header lacks its contig".into()
        } else if record.end() > self.contigs.get(record.contig).length {
            "the record ends behind its contig".into()
        } else if place < self.last {
            "the record lies before the one written last; records must be sorted".into()
        } else if let Some(filter) = record.filters.iter().find(|filter| !self.filters.contains(filter)) {
            format!("the header lacks the filter {filter}")
        } else {
            return Ok(());
        };
        let at = format!("contig number {}, position {}", record.contig, record.position + 1);
        Err(IoError::data_at(&self.path, Place::At(at), problem))
    }

    /// Writes the line, which is a record's or the header.
    fn put(&mut self, place: Option<Interval>) -> Result<(), IoError> {
        let written = match &mut self.sink {
            Sink::Plain(output) => output.write_all(self.line.as_bytes()),
            Sink::Indexed(sink) => sink.put(place, self.line.as_bytes()),
        };
        written.map_err(|source| IoError::writing(&self.path, source))
    }
}

/// Whether a path takes plain text; else it takes BGZF.
fn is_plain(path: &Path) -> Result<bool, IoError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let ends = |ending: &str| name.ends_with(ending);
    if path == Path::new(STDOUT) || ends(".vcf") {
        return Ok(true);
    }
    if ends(".vcf.gz") || ends(".vcf.bgz") || is_special(path) {
        return Ok(false);
    }
    let what = if ends(".bcf") || ends(".bcf.gz") { "BCF is not written" } else { "what is written is VCF" };
    let remedy = "name it .vcf.gz (compressed, with an index) or .vcf (plain text)";
    Err(IoError::Argument(format!("{}: {what}; {remedy}", path.display())))
}

impl IndexedSink {
    fn put(&mut self, place: Option<Interval>, line: &[u8]) -> io::Result<()> {
        let begin = u64::from(self.writer.virtual_position());
        self.end_pending(begin)?;
        self.pending = place.map(|place| (place, begin));
        self.writer.write_all(line)
    }

    fn end_pending(&mut self, end: u64) -> io::Result<()> {
        let Some((place, begin)) = self.pending.take() else { return Ok(()) };
        let added = self.indexer.add(place, true, Span { begin, end });
        added.map_err(|problem| io::Error::new(io::ErrorKind::InvalidInput, problem))
    }

    fn finish(mut self) -> io::Result<(Output, PositionIndexer)> {
        self.writer.flush()?;
        self.end_pending(u64::from(self.writer.virtual_position()))?;
        Ok((self.writer.finish()?, self.indexer))
    }
}
