//! Records by region from any coordinate-sorted, indexed CRAM.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use noodles::cram::crai;
use noodles::cram::io::Reader;
use noodles::cram::io::reader::Builder;
use rihla_core::{Contigs, Interval, RecordArena, RecordRef, Reference};

use crate::atomic::beside;
use crate::bam::contigs::IdMap;
use crate::bam::header::InputHeader;
use crate::bam::reader::check_record;
use crate::error::{IoError, Place};

use super::container::END;
use super::decode::{Decoder, read_header};
use super::letters;

const BUFFER: usize = 1 << 17;

/// An open CRAM. Handles of several threads share header, index and the letters of the contig in hand, which
/// take a byte a base: see [`CramReader::reopen`].
pub struct CramReader {
    shared: Arc<Shared>,
    reader: Reader<BufReader<File>>,
}

struct Shared {
    path: PathBuf,
    header: InputHeader,
    decoder: Decoder,
    index: Vec<crai::Record>,
    ids: IdMap,
    /// The contig whose letters are held.
    contig: Mutex<Option<u32>>,
}

impl CramReader {
    /// Opens a CRAM and its index (`FILE.cram.crai` or `FILE.crai`); its contigs must be the reference's, whose
    /// FASTA file is read where the packed form lacks its IUPAC letters. Contig ids are the reference's.
    ///
    /// # Errors
    /// [`IoError::Missing`]; [`IoError::NoIndex`]; [`IoError::Data`] when the file is no CRAM, is cut off,
    /// says that it is not sorted by coordinate, is of another reference, or the index is damaged.
    pub fn open(path: impl AsRef<Path>, reference: &Reference, fasta: &Path) -> Result<Self, IoError> {
        let path = path.as_ref();
        let mut reader = open_stream(path)?;
        let damaged = |source: io::Error| {
            let problem = format!("its header cannot be read ({source}); the CRAM is damaged or cut off");
            IoError::data(path, format!("{problem}: copy or make it again"))
        };
        let (sam_header, header) = read_header(&mut reader).map_err(damaged)?;
        check_end(path)?;
        header.check_sorted(path)?;
        let ids = IdMap::new(&header.contigs, reference.contigs());
        let ids = ids.map_err(|problem| IoError::data(path, problem))?;
        let index = read_index(path)?;
        let decoder = Decoder { header: sam_header, letters: letters::repository(reference, fasta) };
        let shared = Shared { path: path.to_owned(), header, decoder, index, ids, contig: Mutex::new(None) };
        Ok(Self { shared: Arc::new(shared), reader })
    }

    /// Another handle on the same file, for another thread.
    ///
    /// # Errors
    /// [`IoError::Missing`] when the file has gone.
    pub fn reopen(&self) -> Result<Self, IoError> {
        Ok(Self { shared: Arc::clone(&self.shared), reader: open_stream(&self.shared.path)? })
    }

    /// The contigs as the file lists them.
    #[must_use]
    pub fn contigs(&self) -> &Contigs {
        &self.shared.header.contigs
    }

    /// The one sample that all read groups belong to; `None` when no read group names one.
    ///
    /// # Errors
    /// [`IoError::Data`] when they name several.
    pub fn sample(&self) -> Result<Option<&str>, IoError> {
        self.shared.header.sample(&self.shared.path)
    }

    /// Bytes of the slices with records of a contig, as the index lists them; of one with several contigs, all of it.
    #[must_use]
    pub fn slice_bytes(&self, contig: u32) -> u64 {
        let Some(contig) = self.shared.ids.in_file(contig) else { return 0 };
        let of_contig = |slice: &&crai::Record| slice.reference_sequence_id() == Some(contig as usize);
        self.shared.index.iter().filter(of_contig).map(crai::Record::slice_length).sum()
    }

    /// Appends the records that overlap the interval to `out`, in file order; an unmapped record at its
    /// mate's place counts as one base.
    ///
    /// # Errors
    /// [`IoError::Data`] for damaged containers, malformed or unsorted records, and a reference with other
    /// bases; [`IoError::Read`].
    pub fn query(&mut self, interval: Interval, out: &mut RecordArena) -> Result<(), IoError> {
        let shared = Arc::clone(&self.shared);
        let Some(contig) = shared.ids.in_file(interval.contig) else { return Ok(()) };
        let length = shared.header.contigs.get(contig).length;
        let interval = Interval { end: interval.end.min(length), ..interval };
        shared.hold(interval.contig);
        let mut before = 0;
        for offset in shared.containers(contig, interval) {
            let mut take = |bytes: &mut [u8]| {
                shared.ids.to_reference(bytes)?;
                let record = RecordRef::new(bytes);
                let position = match (record.contig(), record.position()) {
                    (Some(contig), Some(position)) if contig == interval.contig => position,
                    // A container may hold other contigs' records.
                    _ => return Ok(()),
                };
                if position < before {
                    return Err("records are not sorted by position; sort it: samtools sort".into());
                }
                before = position;
                let end = check_record(&record, length).map_err(|problem| {
                    let name = String::from_utf8_lossy(record.name());
                    format!("record {name} at {}: {problem}", position + 1)
                })?;
                if position < interval.end && end > interval.start {
                    out.push(bytes);
                }
                Ok(())
            };
            let read = self
                .reader
                .seek(SeekFrom::Start(offset))
                .and_then(|_| shared.decoder.next_container(&mut self.reader, &mut take));
            read.map_err(|source| shared.damage(interval, source))?;
        }
        Ok(())
    }
}

impl Shared {
    /// Where the containers begin that may hold records of an interval, in file order.
    fn containers(&self, contig: u32, interval: Interval) -> Vec<u64> {
        let overlaps = |slice: &&crai::Record| {
            let start = slice.alignment_start().map_or(0, |start| usize::from(start) - 1);
            slice.reference_sequence_id() == Some(contig as usize)
                && start < interval.end as usize
                && start + slice.alignment_span() > interval.start as usize
        };
        let mut offsets: Vec<u64> = self.index.iter().filter(overlaps).map(crai::Record::offset).collect();
        offsets.sort_unstable();
        offsets.dedup();
        offsets
    }

    /// Lets go of the letters of other contigs.
    fn hold(&self, contig: u32) {
        let mut held = self.contig.lock().unwrap_or_else(PoisonError::into_inner);
        if *held != Some(contig) {
            self.decoder.letters.clear();
            *held = Some(contig);
        }
    }

    fn damage(&self, interval: Interval, source: io::Error) -> IoError {
        // What the FASTA file has to say comes through the decoder.
        let source = match source.downcast::<IoError>() {
            Ok(error) => return error,
            Err(source) => source,
        };
        let name = &self.ids_name(interval);
        let place = Place::At(format!("{name}:{}-{}", interval.start + 1, interval.end));
        let problem = match source.kind() {
            _ if source.to_string().contains("checksum mismatch")
                && source.to_string().contains("reference") =>
            {
                "its reads were written against other bases than the reference's; give the reference that \
                 they were aligned to"
                    .to_owned()
            }
            io::ErrorKind::UnexpectedEof => {
                "the data end too early; the CRAM is cut off or its index is of another file".to_owned()
            }
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
                format!("the data are damaged or the index is of another file ({source})")
            }
            _ => return IoError::Read { path: self.path.clone(), source },
        };
        IoError::data_at(&self.path, place, problem)
    }

    fn ids_name(&self, interval: Interval) -> String {
        let contig = self.ids.in_file(interval.contig).unwrap_or_default();
        self.header.contigs.get(contig).name.clone()
    }
}

fn open_stream(path: &Path) -> Result<Reader<BufReader<File>>, IoError> {
    let file = File::open(path).map_err(|source| IoError::open(path, source))?;
    Ok(Builder::default().build_from_reader(BufReader::with_capacity(BUFFER, file)))
}

/// That the file ends as a whole one does.
fn check_end(path: &Path) -> Result<(), IoError> {
    let mut end = [0; END.len()];
    let read = File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::End(-(END.len() as i64)))?;
        file.read_exact(&mut end)
    });
    // Version 2.1 has another number in it.
    let is_end = read.is_ok() && end[8..] == END[8..];
    if is_end {
        return Ok(());
    }
    Err(IoError::data(path, "the end marker is missing; the CRAM is cut off: copy or make it again"))
}

fn read_index(path: &Path) -> Result<Vec<crai::Record>, IoError> {
    let names = [beside(path, ".crai"), path.with_extension("crai")];
    let Some(file) = names.into_iter().find(|name| name.exists()) else {
        return Err(IoError::NoIndex { path: path.to_owned() });
    };
    let bytes = fs::read(&file).map_err(|source| IoError::open(&file, source))?;
    crai::io::Reader::new(&bytes[..]).read_index().map_err(|source| {
        let remedy = format!("make it again: samtools index {}", path.display());
        IoError::data(&file, format!("the index is damaged ({source}); {remedy}"))
    })
}
