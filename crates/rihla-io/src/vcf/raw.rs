//! A VCF or BCF and its index, from ready lines in genome order.

use std::borrow::Cow;
use std::io::Write;
use std::path::{Path, PathBuf};

use rihla_core::{Contigs, Interval};

use crate::atomic::{AtomicFile, AtomicSet, Output, STDOUT, beside, is_special};
use crate::bgzf::{self, END_MARKER};
use crate::error::{IoError, Place};
use crate::index::{PositionIndexer, Span};

use super::bcf::BcfEncoder;
use super::chunk::{Packer, Packing, VcfChunk};

/// libdeflate's default.
const LEVEL: u8 = 6;
/// Uncompressed bytes of lines given one by one that are packed together.
const CHUNK: usize = 1 << 20;

/// Writes a VCF from ready text: plain to standard output (`-`) and to names in `.vcf`, BGZF to names in
/// `.vcf.gz` and `.vcf.bgz` and to devices and pipes, BCF to names in `.bcf`; beside a BGZF file an index
/// (`.tbi`, or `.csi` when a contig is longer than 2^29 bases), beside a BCF one a `.csi`.
///
/// The bytes depend on the header, the lines and their division into chunks alone.
pub struct RawVcfWriter {
    path: PathBuf,
    output: Output,
    packing: Packing,
    /// Makes the records of a BCF of the lines.
    encoder: Option<BcfEncoder>,
    /// The record of the last line.
    encoded: Vec<u8>,
    contigs: Contigs,
    indexer: PositionIndexer,
    /// Lines that were given one by one and wait to be packed.
    pending: Packer,
    /// Bytes written so far.
    offset: u64,
    /// Contig and position of the record given last.
    last: (u32, u32),
}

impl RawVcfWriter {
    /// Creates the file and writes the header, whose text ends with the `#CHROM` line (and a line end);
    /// `contigs` are those that places of records refer to.
    ///
    /// # Errors
    /// [`IoError::Create`], [`IoError::Write`], [`IoError::NoSpace`]; [`IoError::Argument`] for a header
    /// that ends otherwise, for a file of any other name, and for a BCF whose header lacks types or has
    /// other contigs.
    pub fn create(path: impl AsRef<Path>, header_text: &str, contigs: &Contigs) -> Result<Self, IoError> {
        let path = path.as_ref();
        let form = Form::of(path)?;
        let columns = header_text.strip_suffix('\n').and_then(|text| text.lines().next_back());
        if !columns.is_some_and(|columns| columns.starts_with("#CHROM\t")) {
            return Err(IoError::Argument("a VCF header must end with the #CHROM line".into()));
        }
        let (packing, indexer) = match form {
            Form::Plain => (Packing::Plain, PositionIndexer::for_vcf(contigs)),
            Form::Bgzf => (Packing::Bgzf(LEVEL), PositionIndexer::for_vcf(contigs)),
            Form::Bcf => (Packing::Bgzf(LEVEL), PositionIndexer::for_bam(contigs).into_csi()),
        };
        let bcf = (form == Form::Bcf).then(|| encoder(path, header_text, contigs)).transpose()?;
        let (encoder, header) = match bcf {
            Some((encoder, header)) => (Some(encoder), Cow::Owned(header)),
            None => (None, Cow::Borrowed(header_text.as_bytes())),
        };
        let mut writer = Self {
            path: path.to_owned(),
            output: Output::create(path)?,
            packing,
            encoder,
            encoded: Vec::new(),
            contigs: contigs.clone(),
            indexer,
            pending: Packer::new(packing),
            offset: 0,
            last: (0, 0),
        };
        match packing {
            Packing::Plain => writer.put(&header)?,
            Packing::Bgzf(level) => writer.put(&bgzf::compress(&header, level))?,
        }
        Ok(writer)
    }

    /// How chunks for this file are packed; another level of [`Packing::Bgzf`] will do too. A BCF takes none.
    #[must_use]
    pub fn packing(&self) -> Packing {
        self.packing
    }

    /// Appends a record's line, which has its line end; `place` is the reference bases of its REF (of a
    /// block to its END), not before the last one's.
    ///
    /// # Errors
    /// [`IoError::Write`], [`IoError::NoSpace`]; [`IoError::Data`] for a record out of order or outside
    /// its contig, and for a line that is not as a BCF's header has it.
    pub fn write_line(&mut self, place: Interval, line: &[u8]) -> Result<(), IoError> {
        self.check(place)?;
        match &mut self.encoder {
            Some(encoder) => {
                self.encoded.clear();
                let encoded = encoder.encode(place, line, &mut self.encoded);
                encoded.map_err(|problem| self.problem(place.contig, place.start, problem))?;
                self.pending.push(place, &self.encoded);
            }
            None => self.pending.push(place, line),
        }
        if self.pending.length() >= CHUNK { self.flush_pending() } else { Ok(()) }
    }

    /// Whether it writes BCF.
    #[must_use]
    pub fn is_bcf(&self) -> bool {
        self.encoder.is_some()
    }

    /// Appends a record of a BCF with the same header, as it is; `place` is as for [`RawVcfWriter::write_line`].
    ///
    /// # Errors
    /// As [`RawVcfWriter::write_line`]; [`IoError::Argument`] where the file is no BCF.
    pub fn write_bcf_record(&mut self, place: Interval, record: &[u8]) -> Result<(), IoError> {
        if self.encoder.is_none() {
            let problem = "records of a BCF can only go into a BCF; give it a name in .bcf";
            return Err(IoError::Argument(format!("{}: {problem}", self.path.display())));
        }
        self.check(place)?;
        self.pending.push(place, record);
        if self.pending.length() >= CHUNK { self.flush_pending() } else { Ok(()) }
    }

    /// Appends lines that were packed elsewhere, not before those given before.
    ///
    /// # Errors
    /// As [`RawVcfWriter::write_line`]; [`IoError::Argument`] for a chunk that is plain where the file is
    /// not, or the other way around, and where the file is a BCF.
    pub fn write_chunk(&mut self, chunk: &VcfChunk) -> Result<(), IoError> {
        if self.encoder.is_some() {
            let problem = "packed lines of text cannot go into a BCF";
            return Err(IoError::Argument(format!("{}: {problem}", self.path.display())));
        }
        if (chunk.packing == Packing::Plain) != (self.packing == Packing::Plain) {
            let (file, chunk) = (self.packing, chunk.packing);
            let problem = format!("lines packed as {chunk:?} cannot go into a file of {file:?}");
            return Err(IoError::Argument(format!("{}: {problem}", self.path.display())));
        }
        self.flush_pending()?;
        chunk.entries.iter().try_for_each(|entry| self.check(entry.place))?;
        self.append(chunk)
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
    /// As [`RawVcfWriter::finish`].
    pub fn seal(mut self) -> Result<AtomicSet, IoError> {
        self.flush_pending()?;
        if self.packing == Packing::Plain {
            return self.output.seal(&self.path);
        }
        self.put(&END_MARKER)?;
        let mut files = AtomicSet::new();
        if self.output.takes_index() {
            let extension = if self.indexer.fits_classic() { ".tbi" } else { ".csi" };
            let mut index = AtomicFile::create(beside(&self.path, extension))?;
            let written = self.indexer.write_vcf_index(&mut index).and_then(|()| index.flush());
            written.map_err(|source| IoError::writing(index.destination(), source))?;
            files.push(index);
        }
        files.append(self.output.seal(&self.path)?);
        Ok(files)
    }

    /// Makes sure that a record may follow the last one, and makes it the last one.
    fn check(&mut self, place: Interval) -> Result<(), IoError> {
        let start = (place.contig, place.start);
        let problem = if place.contig as usize >= self.contigs.len() {
            "the header lacks its contig"
        } else if place.end > self.contigs.get(place.contig).length {
            "the record ends behind its contig"
        } else if start < self.last {
            "the record lies before the one written last; records must be sorted"
        } else {
            self.last = start;
            return Ok(());
        };
        Err(self.problem(place.contig, place.start, problem))
    }

    /// An error about a record.
    pub(super) fn problem(&self, contig: u32, position: u32, problem: impl Into<String>) -> IoError {
        let at = format!("contig number {contig}, position {}", u64::from(position) + 1);
        IoError::data_at(&self.path, Place::At(at), problem)
    }

    fn flush_pending(&mut self) -> Result<(), IoError> {
        if self.pending.length() == 0 {
            return Ok(());
        }
        let pending = std::mem::replace(&mut self.pending, Packer::new(self.packing));
        self.append(&pending.finish())
    }

    fn append(&mut self, chunk: &VcfChunk) -> Result<(), IoError> {
        if chunk.packing != Packing::Plain {
            let shift = self.offset << 16;
            for entry in &chunk.entries {
                let Span { begin, end } = entry.span;
                let span = Span { begin: begin + shift, end: end + shift };
                let added = self.indexer.add(entry.place, true, span);
                added.map_err(|problem| self.problem(entry.place.contig, entry.place.start, problem))?;
            }
        }
        self.put(&chunk.bytes)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), IoError> {
        self.offset += bytes.len() as u64;
        self.output.write_all(bytes).map_err(|source| IoError::writing(&self.path, source))
    }
}

/// What is written to a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// VCF as plain text.
    Plain,
    /// VCF in BGZF.
    Bgzf,
    /// BCF in BGZF.
    Bcf,
}

impl Form {
    fn of(path: &Path) -> Result<Self, IoError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let ends = |ending: &str| name.ends_with(ending);
        if path == Path::new(STDOUT) || ends(".vcf") {
            return Ok(Self::Plain);
        }
        if ends(".bcf") {
            return Ok(Self::Bcf);
        }
        if ends(".vcf.gz") || ends(".vcf.bgz") || is_special(path) {
            return Ok(Self::Bgzf);
        }
        let remedy = "name it .vcf.gz or .bcf (compressed, with an index) or .vcf (plain text)";
        Err(IoError::Argument(format!("{}: what is written is VCF or BCF; {remedy}", path.display())))
    }
}

/// The encoder of a BCF and the bytes that the file begins with.
fn encoder(path: &Path, header_text: &str, contigs: &Contigs) -> Result<(BcfEncoder, Vec<u8>), IoError> {
    let refuse = |problem: String| IoError::Argument(format!("{}: {problem}", path.display()));
    let (encoder, header) = BcfEncoder::new(header_text).map_err(refuse)?;
    // Records name contigs by their numbers.
    match encoder.contigs().iter().eq(contigs.iter().map(|contig| &contig.name)) {
        true => Ok((encoder, header)),
        false => Err(refuse("the contigs of its header are not those of its records".into())),
    }
}
