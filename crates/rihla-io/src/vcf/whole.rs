//! Records of a VCF or BCF as they are, to be written elsewhere without a change.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use rihla_core::{Contig, Contigs, Interval};

use super::RecordHead;
use crate::error::{IoError, Place};
use crate::lines::find_contig;
use crate::text::open_text;

/// What a BCF begins with: its name and the version.
const BCF: [u8; 5] = *b"BCF\x02\x02";
/// A header, or a record, longer than this is no sound one.
const LONGEST: u32 = 1 << 30;
/// Bytes of a BCF record before its contig: the lengths of its parts.
const LENGTHS: usize = 8;

/// Reads the records of a VCF (plain, gzip or BGZF) or BCF 2.2, told apart by content; memory is the header and one record.
pub struct WholeRecords {
    path: PathBuf,
    source: Box<dyn BufRead + Send>,
    is_bcf: bool,
    header: Vec<String>,
    contigs: Contigs,
    record: Vec<u8>,
    /// Records and lines of the header so far.
    number: u64,
}

impl WholeRecords {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// [`IoError::Missing`]; [`IoError::Data`] for what is neither VCF nor BCF, a header without the lengths of its
    /// contigs, and damaged compression.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, IoError> {
        let path = path.as_ref();
        let mut reader = Self {
            path: path.to_owned(),
            source: open_text(path)?,
            is_bcf: false,
            header: Vec::new(),
            contigs: Contigs::default(),
            record: Vec::new(),
            number: 0,
        };
        let start = reader.source.fill_buf();
        let start = start.map_err(|source| IoError::reading(path, Place::File, source))?;
        reader.is_bcf = start.starts_with(&BCF[..3]);
        match reader.is_bcf {
            true => reader.read_bcf_header()?,
            false => reader.read_header()?,
        }
        reader.contigs = contigs_of(&reader.header).map_err(|problem| IoError::data(path, problem))?;
        Ok(reader)
    }

    /// Whether it is a BCF.
    #[must_use]
    pub fn is_bcf(&self) -> bool {
        self.is_bcf
    }

    /// The header's lines, the last with the columns; without the numbers that a BCF adds.
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The contigs of the header.
    #[must_use]
    pub fn contigs(&self) -> &Contigs {
        &self.contigs
    }

    /// The next record, a VCF's with its line end: the bases from its POS to the end of its REF, or to its END, and its bytes.
    ///
    /// # Errors
    /// [`IoError::Data`] for a record that is cut or whose place makes no sense, and for damaged compression; [`IoError::Read`].
    pub fn next_record(&mut self) -> Result<Option<(Interval, &[u8])>, IoError> {
        self.number += 1;
        let found = if self.is_bcf { self.read_bcf_record()? } else { self.read_line()? };
        if !found {
            return Ok(None);
        }
        let place = match self.is_bcf {
            true => place_of_bcf(&self.record, &self.contigs),
            false => place_of_line(&self.record, &self.contigs),
        };
        let place = place.map_err(|problem| self.problem(problem))?;
        Ok(Some((place, &self.record)))
    }

    /// An error about the record that was read last.
    #[must_use]
    pub fn problem(&self, problem: impl Into<String>) -> IoError {
        IoError::record(&self.path, self.number, problem)
    }

    fn failed(&self, source: io::Error) -> IoError {
        IoError::reading(&self.path, Place::Line(self.number), source)
    }

    fn read_line(&mut self) -> Result<bool, IoError> {
        self.record.clear();
        let read = self.source.read_until(b'\n', &mut self.record);
        let count = read.map_err(|source| self.failed(source))?;
        if count > 0 && !self.record.ends_with(b"\n") {
            return Err(self.problem("the line has no end; the file is cut off: copy it again"));
        }
        Ok(count > 0)
    }

    fn read_header(&mut self) -> Result<(), IoError> {
        while !self.header.last().is_some_and(|line| line.starts_with("#CHROM\t")) {
            self.number += 1;
            if !self.read_line()? || !self.record.starts_with(b"#") {
                return Err(self.problem("no #CHROM line before it; this is neither VCF nor BCF"));
            }
            let line =
                std::str::from_utf8(&self.record).map_err(|_| self.problem("the line is not UTF-8 text"))?;
            self.header.push(line.trim_end_matches('\n').to_owned());
        }
        Ok(())
    }

    fn read_bcf_header(&mut self) -> Result<(), IoError> {
        let mut start = [0; 9];
        let read = self.source.read_exact(&mut start);
        read.map_err(|source| self.failed(source))?;
        let length = u32::from_le_bytes([start[5], start[6], start[7], start[8]]);
        if start[..5] != BCF || length > LONGEST {
            return Err(IoError::data(&self.path, "is no BCF of version 2.2"));
        }
        self.read_exactly(length as usize)?;
        let text = String::from_utf8(std::mem::take(&mut self.record));
        let text = text.map_err(|_| IoError::data(&self.path, "its header is not UTF-8 text"))?;
        let lines = text.trim_end_matches('\0').lines();
        self.header = lines.map(without_number).collect();
        if !self.header.last().is_some_and(|line| line.starts_with("#CHROM\t")) {
            return Err(IoError::data(&self.path, "its header does not end with the #CHROM line"));
        }
        Ok(())
    }

    fn read_bcf_record(&mut self) -> Result<bool, IoError> {
        let is_end = self.source.fill_buf().map(<[u8]>::is_empty);
        if is_end.map_err(|source| self.failed(source))? {
            return Ok(false);
        }
        self.read_exactly(LENGTHS)?;
        let length = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| self.record[at + i]));
        let rest = length(0).checked_add(length(4)).filter(|&rest| rest <= LONGEST && length(0) >= 24);
        let Some(rest) = rest else { return Err(self.problem("the lengths of the record make no sense")) };
        let mut lengths = std::mem::take(&mut self.record);
        self.read_exactly(rest as usize)?;
        lengths.append(&mut self.record);
        self.record = lengths;
        Ok(true)
    }

    /// Reads so many bytes, without giving memory to more than there are.
    fn read_exactly(&mut self, length: usize) -> Result<(), IoError> {
        self.record.clear();
        let read = self.source.by_ref().take(length as u64).read_to_end(&mut self.record);
        match read.map_err(|source| self.failed(source))? == length {
            true => Ok(()),
            false => Err(self.problem("the record is cut off: copy the file again")),
        }
    }
}

/// A line of a BCF's header as a VCF has it.
fn without_number(line: &str) -> String {
    let numbered = line.strip_suffix('>').and_then(|open| open.rsplit_once(",IDX="));
    match numbered {
        Some((open, digits)) if digits.bytes().all(|digit| digit.is_ascii_digit()) => format!("{open}>"),
        _ => line.to_owned(),
    }
}

fn contigs_of(header: &[String]) -> Result<Contigs, String> {
    let lines = header.iter().filter_map(|line| line.strip_prefix("##contig=<"));
    let contig = |fields: &str| {
        let value =
            |key: &str| fields.split([',', '>']).find_map(|field| field.strip_prefix(key)).map(str::to_owned);
        let length = value("length=").and_then(|length| length.parse().ok());
        let (Some(name), Some(length)) = (value("ID="), length) else {
            return Err(format!("its header has a contig without ID or length: {fields}"));
        };
        Ok(Contig { name, length, md5: [0; 16] })
    };
    lines.map(contig).collect::<Result<_, _>>().map(Contigs::new)
}

fn place_of_line(line: &[u8], contigs: &Contigs) -> Result<Interval, String> {
    let head = RecordHead::scan(line)?;
    let contig = find_contig(head.contig, contigs)?;
    let info = line.split(|&byte| byte == b'\t').nth(7).unwrap_or_default();
    let end = info.split(|&byte| byte == b';').find_map(|field| field.strip_prefix(b"END="));
    let end = match end {
        None => head.end(),
        Some(digits) => {
            let end = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
            end.ok_or_else(|| format!("END {} is no position", digits.escape_ascii()))?
        }
    };
    within(Interval { contig, start: head.position, end }, contigs)
}

fn place_of_bcf(record: &[u8], contigs: &Contigs) -> Result<Interval, String> {
    let number = |i: usize| i32::from_le_bytes([0, 1, 2, 3].map(|byte| record[LENGTHS + 4 * i + byte]));
    let no_place = "its place makes no sense";
    let [contig, start, length] = [number(0), number(1), number(2)].map(u32::try_from);
    let (Ok(contig), Ok(start), Ok(length)) = (contig, start, length) else { return Err(no_place.into()) };
    let end = start.checked_add(length).ok_or(no_place)?;
    if contig as usize >= contigs.len() {
        return Err("the header lacks its contig".into());
    }
    within(Interval { contig, start, end }, contigs)
}

fn within(place: Interval, contigs: &Contigs) -> Result<Interval, String> {
    match place.start < place.end && place.end <= contigs.get(place.contig).length {
        true => Ok(place),
        false => Err("the record ends before it begins, or behind its contig".into()),
    }
}
