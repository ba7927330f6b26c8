//! Records by region from any coordinate-sorted, indexed BAM.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use noodles::core::Position;
use noodles::csi::BinningIndex;
use noodles::csi::binning_index::index::reference_sequence::bin::Chunk;
use rihla_core::record::flags;
use rihla_core::{Contigs, Interval, RecordArena, RecordRef};

use crate::error::{IoError, Place};
use crate::text;

use super::ReadGroup;
use super::contigs::IdMap;
use super::header::InputHeader;
use super::index_check::Counts;
use super::open::{AnyIndex, FoundIndex, Stream, open_stream, read_header, read_index};

/// Bytes of a record beyond which its size must be damage; no read is that long.
const MAX_RECORD: usize = 1 << 28;

/// An open BAM. Handles of several threads share header and index: see [`BamReader::reopen`].
pub struct BamReader {
    shared: Arc<Shared>,
    stream: Stream,
    ids: Option<Arc<IdMap>>,
    record: Vec<u8>,
}

struct Shared {
    path: PathBuf,
    header: InputHeader,
    index: AnyIndex,
    /// Records of each contig of the file, as the index counts them.
    counts: Counts,
    size: u64,
}

impl BamReader {
    /// Opens a BAM and its index (`FILE.bam.bai`, `FILE.bai`, `FILE.bam.csi` or `FILE.csi`).
    ///
    /// # Errors
    /// [`IoError::Missing`]; [`IoError::NoIndex`]; [`IoError::Data`] when the file is no BAM, is cut off,
    /// says that it is not sorted by coordinate, or the index is damaged.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, IoError> {
        let path = path.as_ref();
        let (mut stream, size) = open_stream(path)?;
        let header = read_header(path, &mut stream)?;
        if !text::ends_with_marker(path).map_err(|source| IoError::open(path, source))? {
            let problem = "the end marker is missing; the BAM is cut off: copy or make it again";
            return Err(IoError::data(path, problem));
        }
        header.check_sorted(path)?;
        let FoundIndex { index, counts } = read_index(path)?;
        let shared = Arc::new(Shared { path: path.to_owned(), header, index, counts, size });
        Ok(Self { shared, stream, ids: None, record: Vec::new() })
    }

    /// Another handle on the same file, for another thread; header, index and the outcome of
    /// [`BamReader::check_contigs`] are shared.
    ///
    /// # Errors
    /// [`IoError::Missing`] when the file has gone.
    pub fn reopen(&self) -> Result<Self, IoError> {
        let (stream, _) = open_stream(&self.shared.path)?;
        Ok(Self { shared: Arc::clone(&self.shared), stream, ids: self.ids.clone(), record: Vec::new() })
    }

    /// The contigs as the file lists them; digests where `@SQ` has `M5`.
    #[must_use]
    pub fn contigs(&self) -> &Contigs {
        &self.shared.header.contigs
    }

    /// The read groups.
    #[must_use]
    pub fn read_groups(&self) -> &[ReadGroup] {
        &self.shared.header.read_groups
    }

    /// The one sample that all read groups belong to; `None` when no read group names one.
    ///
    /// # Errors
    /// [`IoError::Data`] when they name several.
    pub fn sample(&self) -> Result<Option<&str>, IoError> {
        self.shared.header.sample(&self.shared.path)
    }

    /// Checks that every contig of the file is the reference's, by name, length and (where both are
    /// known) MD5; from then on [`BamReader::query`] takes and gives the reference's contig ids.
    ///
    /// The order may differ, and the reference may have contigs that the file lacks.
    ///
    /// # Errors
    /// [`IoError::Data`] naming the first contig that differs.
    pub fn check_contigs(&mut self, reference: &Contigs) -> Result<(), IoError> {
        let map = IdMap::new(self.contigs(), reference);
        let map = map.map_err(|problem| IoError::data(&self.shared.path, problem))?;
        self.ids = Some(Arc::new(map));
        Ok(())
    }

    /// How many records lie on a contig, mapped and unmapped ones with a place together, as the index
    /// says. `None` when the index does not count; 0 for a contig that the file lacks.
    ///
    /// Who has read a whole contig can compare: fewer records than this were lost by a damaged index.
    /// Records that name a contig but no position are in the count, and no [`BamReader::query`] gives them.
    /// Contig ids are those of [`BamReader::query`].
    #[must_use]
    pub fn record_count(&self, contig: u32) -> Option<u64> {
        match self.in_file(contig) {
            Some(contig) => self.shared.counts.get(contig as usize).copied().flatten(),
            None => self.shared.counts.iter().any(Option::is_some).then_some(0),
        }
    }

    /// The file's id of a contig; `None` when the file lacks it.
    fn in_file(&self, contig: u32) -> Option<u32> {
        let contig = self.ids.as_ref().map_or(Some(contig), |ids| ids.in_file(contig));
        contig.filter(|&id| (id as usize) < self.contigs().len())
    }

    /// Appends the records that overlap the interval to `out`, in file order; an unmapped record at its
    /// mate's place covers one base.
    ///
    /// Every record has passed [`RecordRef::parse`]; a mapped one lies inside its contig and its CIGAR
    /// spans its sequence, unless the record has no sequence. The interval is in the reference's contig
    /// ids after [`BamReader::check_contigs`], else in the file's.
    ///
    /// # Errors
    /// [`IoError::Data`] for damaged blocks, malformed or unsorted records, and an index of another
    /// file; [`IoError::Read`].
    pub fn query(&mut self, interval: Interval, out: &mut RecordArena) -> Result<(), IoError> {
        let Some(contig) = self.in_file(interval.contig) else { return Ok(()) };
        let end = interval.end.min(self.contigs().get(contig).length);
        let interval = Interval { contig, start: interval.start, end };
        if interval.start >= end {
            return Ok(());
        }
        let mut before = 0;
        for chunk in self.chunks(interval)? {
            if chunk.end().compressed() > self.shared.size {
                return Err(self.problem(
                    interval,
                    "the index is of another, longer file; make it again: samtools index",
                ));
            }
            if !self.read_chunk(chunk, interval, &mut before, out)? {
                break;
            }
        }
        Ok(())
    }

    fn chunks(&self, interval: Interval) -> Result<Vec<Chunk>, IoError> {
        let bound =
            |at: u32| Position::try_from(at as usize).expect("starts count from 1, ends are not empty");
        let region = bound(interval.start + 1)..=bound(interval.end);
        self.shared.index.query(interval.contig as usize, region.into()).map_err(|_| {
            let problem = "the index does not fit the BAM; make it again: samtools index";
            IoError::data(&self.shared.path, problem)
        })
    }

    /// Reads one stretch of the file; false when the rest of the file lies behind the interval.
    fn read_chunk(
        &mut self,
        chunk: Chunk,
        interval: Interval,
        before: &mut u32,
        out: &mut RecordArena,
    ) -> Result<bool, IoError> {
        self.stream.seek(chunk.start()).map_err(|source| self.damage(interval, source))?;
        while self.stream.virtual_position() < chunk.end() {
            if !self.next_record().map_err(|source| self.damage(interval, source))? {
                break;
            }
            let record = RecordRef::new(&self.record);
            let Some(contig) = record.contig() else { return Ok(false) };
            // A record with a contig but no position overlaps nothing.
            let Some(position) = record.position() else { continue };
            if contig != interval.contig || position >= interval.end {
                if contig < interval.contig {
                    return Err(self.problem(
                        interval,
                        "the index points at another contig; make it again: samtools index",
                    ));
                }
                return Ok(false);
            }
            if position < *before {
                return Err(
                    self.problem(interval, "records are not sorted by position; sort it: samtools sort")
                );
            }
            *before = position;
            let end = check_record(&record, self.contigs().get(contig).length);
            let kept = end.and_then(|end| if end > interval.start { self.keep(out) } else { Ok(()) });
            kept.map_err(|problem| {
                let name = String::from_utf8_lossy(RecordRef::new(&self.record).name()).into_owned();
                self.problem(interval, format!("record {name} at {}: {problem}", position + 1))
            })?;
        }
        Ok(true)
    }

    /// Reads the next record's bytes; false at the end of the file.
    fn next_record(&mut self) -> io::Result<bool> {
        let mut size = [0; 4];
        if self.stream.read(&mut size[..1])? == 0 {
            // A file that goes on here has a block whose header was cut.
            return if self.stream.position() == self.shared.size {
                Ok(false)
            } else {
                Err(io::ErrorKind::UnexpectedEof.into())
            };
        }
        self.stream.read_exact(&mut size[1..])?;
        let size = u32::from_le_bytes(size) as usize;
        if size > MAX_RECORD {
            return Err(invalid("the size of a record is out of all proportion"));
        }
        self.record.resize(size, 0);
        self.stream.read_exact(&mut self.record)?;
        RecordRef::parse(&self.record)
            .map(|_| true)
            .ok_or_else(|| invalid("the lengths in a record contradict each other"))
    }

    /// Copies the record read last, with the reference's contig ids.
    fn keep(&mut self, out: &mut RecordArena) -> Result<(), String> {
        if let Some(ids) = &self.ids {
            ids.to_reference(&mut self.record)?;
        }
        out.push(&self.record);
        Ok(())
    }

    fn problem(&self, interval: Interval, problem: impl Into<String>) -> IoError {
        let name = &self.contigs().get(interval.contig).name;
        let place = format!("{name}:{}-{}", interval.start + 1, interval.end);
        IoError::data_at(&self.shared.path, Place::At(place), problem)
    }

    fn damage(&self, interval: Interval, source: io::Error) -> IoError {
        match source.kind() {
            io::ErrorKind::UnexpectedEof => self.problem(interval, "the data end too early; the BAM is cut off or its index is of another file"),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                self.problem(interval, format!("the data are damaged or the index is of another file ({source}); copy the BAM again and index it: samtools index"))
            }
            _ => IoError::Read { path: self.shared.path.clone(), source },
        }
    }
}

fn invalid(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

/// One past the record's last reference base, if the record can lie where it says.
pub(crate) fn check_record(record: &RecordRef<'_>, contig_length: u32) -> Result<u32, String> {
    let position = record.position().unwrap_or_default();
    if position >= contig_length {
        return Err("it begins behind the contig's end".into());
    }
    if record.has_any(flags::UNMAPPED) {
        return Ok(position + 1);
    }
    let (mut reference, mut read) = (0u64, 0u64);
    for op in record.cigar() {
        reference += if op.kind().consumes_reference() { u64::from(op.len()) } else { 0 };
        read += if op.kind().consumes_read() { u64::from(op.len()) } else { 0 };
    }
    let end = u64::from(position) + reference.max(1);
    if end > u64::from(contig_length) {
        return Err("it ends behind the contig's end".into());
    }
    let bases = record.sequence_len() as u64;
    if bases > 0 && reference + read > 0 && read != bases {
        return Err(format!("its CIGAR spans {read} bases, its sequence has {bases}"));
    }
    Ok(end as u32)
}
