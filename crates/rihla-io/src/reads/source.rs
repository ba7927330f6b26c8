//! The records of a BAM or CRAM from its first to its last, from a file or standard input.

use std::fs::{File, Metadata};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use flate2::read::MultiGzDecoder;
use noodles::bgzf;
use noodles::cram::io::Reader as CramStream;
use noodles::cram::io::reader::Builder;
use noodles::fasta::Repository;
use rihla_core::{Contigs, FileDigest, RecordRef, Reference};

use crate::atomic::STDOUT;
use crate::bam::contigs::IdMap;
use crate::bam::header::InputHeader;
use crate::bgzf::END_MARKER;
use crate::cram::decode::{Decoder, read_header};
use crate::cram::{self, letters};
use crate::digest::Digester;
use crate::error::{IoError, Place};

/// Bytes read at once.
const BUFFER: usize = 1 << 18;
/// Records taken from a BAM at once.
const PART: usize = 1_000;
/// Bytes of a record beyond which its size must be damage; no read is that long.
const MAX_RECORD: usize = 1 << 28;
/// Contigs whose letters are held while a CRAM is decoded.
const CONTIGS_HELD: usize = 2;

/// What has been read of a file: to be digested, and looked at where it ends.
#[derive(Default)]
struct Seen {
    digester: Digester,
    bytes: u64,
    tail: Vec<u8>,
}

/// A stream that notes what passes.
struct Noted {
    inner: Box<dyn Read + Send>,
    seen: Arc<Mutex<Seen>>,
}

impl Read for Noted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        let mut seen = lock(&self.seen);
        seen.digester.add(&out[..count]);
        seen.bytes += count as u64;
        let keep = cram::END.len();
        seen.tail.extend_from_slice(&out[count.saturating_sub(keep)..count]);
        let excess = seen.tail.len().saturating_sub(keep);
        seen.tail.drain(..excess);
        Ok(count)
    }
}

fn lock(seen: &Mutex<Seen>) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An open file.
pub(super) struct Source {
    records: Records,
    seen: Arc<Mutex<Seen>>,
    size: Option<u64>,
}

enum Records {
    Bam { stream: bgzf::io::Reader<BufReader<Noted>>, record: Vec<u8> },
    Cram { stream: Box<CramStream<BufReader<Noted>>>, decoder: Box<Decoder> },
}

/// Whether a file, or standard input (`-`), holds records: BAM or CRAM, by its first bytes. Nothing is lost of
/// standard input, which is waited for; of pipes with a name, which cannot be looked at without losing what is
/// read, and of what cannot be read, it is never said.
#[must_use]
pub fn holds_records(path: &Path) -> bool {
    if path == Path::new(STDOUT) {
        return io::stdin().lock().fill_buf().is_ok_and(begins_records);
    }
    if !path.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(1 << 16).read_to_end(&mut start));
    read.is_ok() && begins_records(&start)
}

fn begins_records(start: &[u8]) -> bool {
    if start.starts_with(b"CRAM") {
        return true;
    }
    let mut magic = [0; 4];
    start.starts_with(&[0x1f, 0x8b])
        && MultiGzDecoder::new(start).read_exact(&mut magic).is_ok()
        && magic == *b"BAM\x01"
}

impl Source {
    /// Opens a file, or standard input, and reads its header.
    pub(super) fn open(path: &Path) -> Result<(Self, InputHeader), IoError> {
        let missing = |source| IoError::open(path, source);
        let is_stdin = path == Path::new(STDOUT);
        let size = path.metadata().ok().filter(Metadata::is_file).map(|metadata| metadata.len());
        let inner: Box<dyn Read + Send> =
            if is_stdin { Box::new(io::stdin()) } else { Box::new(File::open(path).map_err(missing)?) };
        let seen = Arc::new(Mutex::new(Seen::default()));
        let noted = Noted { inner, seen: Arc::clone(&seen) };
        let mut buffered = BufReader::with_capacity(BUFFER, noted);
        let is_cram = buffered.fill_buf().map_err(missing)?.starts_with(b"CRAM");
        let damaged = |problem: String| {
            let remedy = "the file is damaged or cut off: copy or make it again";
            IoError::data(path, format!("its header cannot be read ({problem}); {remedy}"))
        };
        let (records, header) = if is_cram {
            let mut stream = Builder::default().build_from_reader(buffered);
            let (sam_header, header) =
                read_header(&mut stream).map_err(|source| damaged(source.to_string()))?;
            let decoder = Decoder { header: sam_header, letters: Repository::default() };
            (Records::Cram { stream: Box::new(stream), decoder: Box::new(decoder) }, header)
        } else {
            let mut stream = bgzf::io::Reader::new(buffered);
            let header = InputHeader::read(&mut stream).map_err(|source| damaged(source.to_string()))?;
            let header = header.ok_or_else(|| damaged("it is no BAM".into()))?;
            (Records::Bam { stream, record: Vec::new() }, header)
        };
        Ok((Self { records, seen, size }, header))
    }

    /// Sets what a CRAM of aligned reads is decoded with.
    pub(super) fn set_reference(
        &mut self,
        path: &Path,
        contigs: &Contigs,
        reference: &Reference,
        fasta: &Path,
    ) -> Result<(), IoError> {
        if let Records::Cram { decoder, .. } = &mut self.records {
            IdMap::new(contigs, reference.contigs()).map_err(|problem| IoError::data(path, problem))?;
            decoder.letters = letters::repository(reference, fasta);
        }
        Ok(())
    }

    /// Calls `take` with the next records; false at the end of the file.
    pub(super) fn next_part(
        &mut self,
        path: &Path,
        mut take: impl FnMut(&RecordRef<'_>) -> Result<(), IoError>,
    ) -> Result<bool, IoError> {
        match &mut self.records {
            Records::Bam { stream, record } => {
                for _ in 0..PART {
                    let more = next_record(stream, record);
                    if !more.map_err(|source| damage(path, source))? {
                        return check_end(path, &lock(&self.seen).tail, &END_MARKER, 0).map(|()| false);
                    }
                    take(&RecordRef::new(record))?;
                }
                Ok(true)
            }
            Records::Cram { stream, decoder } => {
                if decoder.letters.len() > CONTIGS_HELD {
                    decoder.letters.clear();
                }
                let mut failed = None;
                let more = decoder.next_container(stream, |bytes| {
                    if failed.is_none() {
                        failed = take(&RecordRef::new(bytes)).err();
                    }
                    Ok(())
                });
                if let Some(error) = failed {
                    return Err(error);
                }
                if more.map_err(|source| damage(path, source))? {
                    return Ok(true);
                }
                // The first number in it depends on the version.
                check_end(path, &lock(&self.seen).tail, &cram::END, 8).map(|()| false)
            }
        }
    }

    pub(super) fn share_read(&self) -> Option<f64> {
        Some(lock(&self.seen).bytes as f64 / self.size?.max(1) as f64)
    }

    pub(super) fn digest(&self) -> FileDigest {
        lock(&self.seen).digester.digest()
    }
}

/// That what was read last is the end marker, but for its first `skip` bytes.
fn check_end(path: &Path, tail: &[u8], marker: &[u8], skip: usize) -> Result<(), IoError> {
    if tail.ends_with(&marker[skip..]) {
        return Ok(());
    }
    Err(IoError::data(path, "the end marker is missing; the file is cut off: copy or make it again"))
}

/// Reads the next record's bytes; false at the end of the file.
fn next_record(stream: &mut impl Read, record: &mut Vec<u8>) -> io::Result<bool> {
    let mut size = [0; 4];
    if stream.read(&mut size[..1])? == 0 {
        return Ok(false);
    }
    stream.read_exact(&mut size[1..])?;
    let size = u32::from_le_bytes(size) as usize;
    if size > MAX_RECORD {
        return Err(invalid("the size of a record is out of all proportion"));
    }
    record.resize(size, 0);
    stream.read_exact(record)?;
    let parsed = RecordRef::parse(record);
    parsed.map(|_| true).ok_or_else(|| invalid("the lengths in a record contradict each other"))
}

fn invalid(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

fn damage(path: &Path, source: io::Error) -> IoError {
    // What the FASTA file has to say comes through the decoder.
    let source = match source.downcast::<IoError>() {
        Ok(error) => return error,
        Err(source) => source,
    };
    if source.to_string().contains("reference sequence checksum mismatch") {
        let problem = "its reads were written against other bases than the reference's; give the reference \
                       that they were aligned to";
        return IoError::data(path, problem);
    }
    IoError::reading(path, Place::File, source)
}
