//! Records as they are, whole templates: for those who keep the alignments of a BAM or CRAM and do the rest anew.
//!
//! Mates come together, as duplicates are looked for by both; secondary and supplementary records come alone. Each
//! template has the number of its first record in the file, so that the order of a sorted file, but for records
//! at one place, and all that is decided by it, is kept, wherever mates meet.

use std::collections::VecDeque;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

use rihla_core::record::{TagField, flags};
use rihla_core::{FileDigest, ReadBatch, RecordArena, RecordRef, Reference};

use crate::bam::contigs::IdMap;
use crate::bam::header::InputHeader;
use crate::bam::reader::check_record;
use crate::error::{IoError, Place};

use super::collate::{Collator, HasMate, Mates, OVERHEAD, Unpaired};
use super::fields::{self, Read};
use super::source::Source;
use super::{OTHER_GROUP, TWICE};

/// A batch ends with the first template that brings its records to this many bytes.
const BATCH_BYTES: usize = 1 << 20;
/// Full batches' worth of bytes that may wait in batches which are not full.
const MOST_WAITING: usize = 16;

/// Templates of one read group.
#[derive(Clone, Debug, Default)]
pub struct TemplateBatch {
    /// Number of the read group in the header, 0 where the header has none.
    pub group: usize,
    /// Number of each template.
    pub numbers: Vec<u64>,
    /// One past the last record of each.
    pub ends: Vec<u32>,
    /// The records, with the reference's contig ids.
    pub records: RecordArena,
    /// Bytes of the records.
    bytes: usize,
}

impl TemplateBatch {
    fn push<'a>(&mut self, number: u64, records: impl IntoIterator<Item = &'a [u8]>) {
        for record in records {
            self.records.push(record);
            self.bytes += record.len();
        }
        self.numbers.push(number);
        self.ends.push(self.records.len() as u32);
    }
}

/// Reads the templates of a BAM or CRAM, in batches of one read group.
pub struct TemplateReads {
    path: PathBuf,
    source: Source,
    header: InputHeader,
    ids: IdMap,
    collator: Collator<Waiting>,
    filling: Vec<TemplateBatch>,
    waiting: usize,
    full: VecDeque<TemplateBatch>,
    /// Number of the first record, and records so far.
    first: u64,
    records: u64,
    is_done: bool,
}

/// A record of a pair.
#[derive(Debug)]
struct Waiting {
    number: u64,
    group: u32,
    bytes: Vec<u8>,
}

impl Waiting {
    fn record(&self) -> RecordRef<'_> {
        RecordRef::new(&self.bytes)
    }
}

impl HasMate for Waiting {
    fn name(&self) -> &[u8] {
        self.record().name()
    }

    fn is_last(&self) -> bool {
        self.record().has_any(flags::LAST)
    }

    fn size(&self) -> usize {
        OVERHEAD + 2 * self.name().len() + self.bytes.len()
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.number.to_le_bytes())?;
        out.write_all(&self.group.to_le_bytes())?;
        out.write_all(&(self.bytes.len() as u32).to_le_bytes())?;
        out.write_all(&self.bytes)
    }

    fn read_back(file: &mut impl io::Read) -> io::Result<Option<Self>> {
        let (mut number, mut group, mut length) = ([0; 8], [0; 4], [0; 4]);
        if file.read(&mut number[..1])? == 0 {
            return Ok(None);
        }
        file.read_exact(&mut number[1..])?;
        file.read_exact(&mut group)?;
        file.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length);
        let mut bytes = Vec::new();
        file.take(length.into()).read_to_end(&mut bytes)?;
        if bytes.len() < length as usize || RecordRef::parse(&bytes).is_none() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Some(Self { number: u64::from_le_bytes(number), group: u32::from_le_bytes(group), bytes }))
    }
}

impl TemplateReads {
    pub(super) fn new(
        path: PathBuf,
        (mut source, header): (Source, InputHeader),
        temp_dir: PathBuf,
        first: u64,
        (reference, fasta): (&Reference, &Path),
    ) -> Result<Self, IoError> {
        if header.contigs.is_empty() {
            let problem = "its header names no contigs, so that its reads are not aligned; have them aligned";
            return Err(IoError::data(&path, problem));
        }
        let ids = IdMap::new(&header.contigs, reference.contigs());
        let ids = ids.map_err(|problem| IoError::data(&path, problem))?;
        source.set_reference(&path, &header.contigs, reference, fasta)?;
        Ok(Self {
            path,
            source,
            header,
            ids,
            collator: Collator::new(temp_dir),
            filling: Vec::new(),
            waiting: 0,
            full: VecDeque::new(),
            first,
            records: 0,
            is_done: false,
        })
    }

    /// The next batch; `None` at the end.
    ///
    /// # Errors
    /// [`IoError::Data`] for a damaged or cut file, records that cannot lie where they say, reads that are there
    /// twice or of no read group; [`IoError::Read`]; [`IoError::NoSpace`] or [`IoError::Write`] in the
    /// temporary folder.
    pub fn next_batch(&mut self) -> Result<Option<TemplateBatch>, IoError> {
        while self.full.is_empty() && !self.is_done {
            self.step()?;
        }
        if self.full.is_empty() {
            let left = self.filling.drain(..).enumerate();
            let left = left.map(|(group, batch)| TemplateBatch { group, ..batch });
            self.full.extend(left.filter(|batch| !batch.numbers.is_empty()));
        }
        Ok(self.full.pop_front())
    }

    /// Number of records so far, of every kind.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Share of the file's bytes that have been read, 0 to 1; `None` when it is no regular file.
    #[must_use]
    pub fn share_read(&self) -> Option<f64> {
        self.source.share_read()
    }

    /// Size and SHA-256 of the file as it was read; `None` before its end.
    #[must_use]
    pub fn digest(&self) -> Option<FileDigest> {
        self.is_done.then(|| self.source.digest())
    }

    /// Takes in some records, or ends.
    fn step(&mut self) -> Result<(), IoError> {
        let Self { path, source, header, ids, collator, filling, waiting, full, first, records, .. } = self;
        let mut out = Out { filling, waiting, full };
        let take = |record: &RecordRef<'_>| {
            let number = *first + *records;
            *records += 1;
            let at = |problem: String| {
                let name = String::from_utf8_lossy(record.name());
                IoError::data_at(path, Place::At(format!("record {records} ({name})")), problem)
            };
            let bytes = checked(record, header, ids).map_err(at)?;
            let group = fields::group_of(record, header).map_err(at)?;
            if !is_of_pair(record) {
                out.push(group, number, [&bytes[..]]);
                return Ok(());
            }
            match collator.add(Waiting { number, group, bytes }) {
                Ok(Mates::Pair(one, other)) if one.group == other.group => out.push_pair(&one, &other),
                Ok(Mates::Pair(..)) => return Err(at(OTHER_GROUP.into())),
                Ok(Mates::Twice(_)) => return Err(at(TWICE.into())),
                Ok(Mates::Waiting | Mates::Alone(_)) => {}
                Err(source) => return Err(IoError::writing(collator.folder(), source)),
            }
            Ok(())
        };
        if source.next_part(path, take)? {
            return Ok(());
        }
        self.finish()
    }

    /// Pairs those whose mates were far away; those without mates come alone.
    fn finish(&mut self) -> Result<(), IoError> {
        self.is_done = true;
        let Self { path, collator, filling, waiting, full, .. } = self;
        let mut out = Out { filling, waiting, full };
        let folder = collator.folder().to_owned();
        let finished = collator.finish(|mates| {
            let problem = |read: &Waiting, problem: &str| {
                let at = format!("read {}", String::from_utf8_lossy(read.name()));
                Err(Unpaired::Problem(IoError::data_at(path, Place::At(at), problem)))
            };
            match mates {
                Mates::Pair(one, other) if one.group == other.group => out.push_pair(&one, &other),
                Mates::Pair(one, _) => return problem(&one, OTHER_GROUP),
                Mates::Twice(read) => return problem(&read, TWICE),
                Mates::Alone(read) => out.push(read.group, read.number, [&read.bytes[..]]),
                Mates::Waiting => {}
            }
            Ok(())
        });
        finished.map_err(|error| error.in_folder(&folder))
    }
}

/// Where templates go.
struct Out<'a> {
    filling: &'a mut Vec<TemplateBatch>,
    waiting: &'a mut usize,
    full: &'a mut VecDeque<TemplateBatch>,
}

impl Out<'_> {
    /// The one that comes first in the file first.
    fn push_pair(&mut self, one: &Waiting, other: &Waiting) {
        let (first, second) = if one.number < other.number { (one, other) } else { (other, one) };
        self.push(first.group, first.number, [&first.bytes[..], &second.bytes[..]]);
    }

    fn push<'a>(&mut self, group: u32, number: u64, records: impl IntoIterator<Item = &'a [u8]>) {
        let slot = group as usize;
        if self.filling.len() <= slot {
            self.filling.resize_with(slot + 1, TemplateBatch::default);
        }
        let batch = &mut self.filling[slot];
        let before = batch.bytes;
        batch.push(number, records);
        *self.waiting += batch.bytes - before;
        if batch.bytes >= BATCH_BYTES {
            self.fill(slot);
        } else if *self.waiting >= MOST_WAITING * BATCH_BYTES {
            let largest = (0..self.filling.len()).rev().max_by_key(|&slot| self.filling[slot].bytes);
            largest.into_iter().for_each(|slot| self.fill(slot));
        }
    }

    /// Takes a batch as full.
    fn fill(&mut self, slot: usize) {
        let batch = std::mem::take(&mut self.filling[slot]);
        *self.waiting -= batch.bytes;
        self.full.push_back(TemplateBatch { group: slot, ..batch });
    }
}

/// Whether a record has a mate whose record comes with it.
fn is_of_pair(record: &RecordRef<'_>) -> bool {
    record.has_any(flags::PAIRED) && !record.has_any(flags::SECONDARY | flags::SUPPLEMENTARY)
}

/// The record's bytes with the reference's contig ids, if it can lie where it says.
fn checked(record: &RecordRef<'_>, header: &InputHeader, ids: &IdMap) -> Result<Vec<u8>, String> {
    let mut bytes = record.bytes().to_vec();
    ids.to_reference(&mut bytes)?;
    if record.tag_fields().map(|field| field.bytes.len()).sum::<usize>() != record.tags().len() {
        return Err("its tags are damaged; copy or make the file again".into());
    }
    let is_mapped = !record.has_any(flags::UNMAPPED);
    match (record.contig(), record.position()) {
        (Some(contig), Some(_)) => {
            check_record(record, header.contigs.get(contig).length)?;
        }
        (None, _) if !is_mapped => {}
        _ => {
            return Err(
                "it has a contig or a position, but not both; set both, or its unmapped flag (0x4)".into()
            );
        }
    }
    if is_mapped && record.cigar().len() == 0 && record.sequence_len() > 0 {
        return Err("it is mapped, but has no CIGAR; give it one, or its unmapped flag (0x4)".into());
    }
    let ends = record.flags() & (flags::FIRST | flags::LAST);
    if is_of_pair(record) && ends != flags::FIRST && ends != flags::LAST {
        return Err("its FLAG says that it has a mate, but not which of the two it is".into());
    }
    Ok(bytes)
}

/// What programs that mark duplicates say of them in tags: Picard's kind, samtools' kind and original.
const OLD_MARKS: [[u8; 2]; 3] = [*b"DT", *b"dt", *b"do"];

/// Appends a record to `out`, its read group named in the last tag, where those look who count, and without tags
/// that tell of an earlier search for duplicates.
pub fn take_record(record: &RecordRef<'_>, id: &str, out: &mut RecordArena) {
    let tag = [b"RGZ", id.as_bytes(), b"\0"].concat();
    let bytes = record.bytes();
    let is_dropped = |field: &TagField<'_>| field.tag == *b"RG" || OLD_MARKS.contains(&field.tag);
    let mut dropped = record.tag_fields().filter(is_dropped);
    let only = dropped.next().filter(|_| dropped.next().is_none());
    if only.is_some_and(|field| field.bytes == tag) && bytes.ends_with(&tag) {
        return out.push(bytes);
    }
    let mut changed = bytes[..bytes.len() - record.tags().len()].to_vec();
    let others = record.tag_fields().filter(|field| !is_dropped(field));
    others.for_each(|field| changed.extend_from_slice(field.bytes));
    changed.extend_from_slice(&tag);
    out.push(&changed);
}

/// Appends the read of a primary record as it was sequenced; qualities that are not there are 0.
pub fn push_read(record: &RecordRef<'_>, batch: &mut ReadBatch) {
    let mut read = Read::default();
    fields::fill_bases(&mut read, record);
    if read.qualities.first() == Some(&0xff) {
        read.qualities.fill(0);
    }
    batch.push(record.name(), &read.sequence, &read.qualities);
}

#[cfg(test)]
mod tests;
