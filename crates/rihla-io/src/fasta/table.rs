//! Where the contigs of a FASTA file lie in its text.

use std::collections::HashSet;
use std::fs;
use std::io::{self, BufRead, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use rihla_core::Contig;

use crate::atomic::beside;
use crate::error::{IoError, Place};
use crate::lines::LineReader;

use super::source::Source;
use super::{NO_HEADER, NO_SEQUENCE, check_length, new_name};

/// Longest header line, and white space before it, that a `.fai` is believed about.
const MAX_HEADER: u64 = 1 << 20;

/// The contigs, in the file's order.
pub(super) struct Table {
    entries: Vec<Entry>,
    /// The `.fai` that they were read from.
    index: Option<PathBuf>,
}

struct Entry {
    name: String,
    length: u32,
    /// From its first letter to behind its last one, as bytes of the text.
    range: Range<u64>,
    /// Number of its first line, from 1, if it is known.
    first_line: Option<u64>,
}

/// The table of a file: that of the `.fai` beside it, unless it is older; else of a look through the file.
pub(super) fn find(source: &Source) -> Result<Table, IoError> {
    let index = beside(source.path(), ".fai");
    let changed = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified());
    match (changed(&index), changed(source.path())) {
        (Err(error), _) if error.kind() == io::ErrorKind::NotFound => scan(source),
        (Ok(index), Ok(file)) if index < file => scan(source),
        _ => read_index(source, index),
    }
}

impl Table {
    /// Names and lengths.
    pub fn contigs(&self) -> Vec<Contig> {
        let contig = |entry: &Entry| Contig { name: entry.name.clone(), length: entry.length, md5: [0; 16] };
        self.entries.iter().map(contig).collect()
    }

    /// From a contig's first letter to behind its last one, as bytes of the text.
    pub fn range(&self, id: u32) -> Range<u64> {
        self.entries[id as usize].range.clone()
    }

    /// Number of a contig's first line, from 1.
    pub fn first_line(&self, id: u32, source: &Source) -> Result<u64, IoError> {
        let entry = &self.entries[id as usize];
        match entry.first_line {
            Some(line) => Ok(line),
            None => count_lines(source, entry.range.start).map(|lines| lines + 1),
        }
    }

    /// A contig that is not where the table has it.
    pub fn mismatch(&self, path: &Path, contig: &str) -> IoError {
        match &self.index {
            Some(index) => mismatch(index, path, contig),
            None => IoError::data(path, format!("contig {contig} changed while the file was in use")),
        }
    }
}

fn mismatch(index: &Path, path: &Path, contig: &str) -> IoError {
    let name = path.display();
    let problem = format!(
        "does not match {name} at contig {contig}; remove it, or make it anew with: samtools faidx {name}"
    );
    IoError::data(index, problem)
}

/// Looks through the whole text.
fn scan(source: &Source) -> Result<Table, IoError> {
    let mut text = source.open_at(0)?;
    let mut scan = Scan::default();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = text.read_until(b'\n', &mut line);
        let length = read.map_err(|error| IoError::reading(source.path(), Place::Line(number), error))?;
        let added = if length == 0 { scan.end_contig() } else { scan.add(&line, number) };
        added.map_err(|problem| IoError::record(source.path(), number.min(scan.last_line), problem))?;
        if length == 0 {
            break;
        }
    }
    if scan.entries.is_empty() {
        return Err(IoError::data(source.path(), NO_SEQUENCE));
    }
    Ok(Table { entries: scan.entries, index: None })
}

#[derive(Default)]
struct Scan {
    entries: Vec<Entry>,
    names: HashSet<String>,
    /// The contig that is being read and its length so far.
    open: Option<(Entry, u64)>,
    /// Bytes before the next line.
    offset: u64,
    last_line: u64,
}

impl Scan {
    /// Takes the next line, which has its end.
    fn add(&mut self, line: &[u8], number: u64) -> Result<(), String> {
        (self.last_line, self.offset) = (number, self.offset + line.len() as u64);
        if let Some(header) = line.strip_prefix(b">") {
            self.end_contig()?;
            let (name, range) = (new_name(header, &mut self.names)?, self.offset..self.offset);
            self.open = Some((Entry { name, length: 0, range, first_line: Some(number + 1) }, 0));
            return Ok(());
        }
        let letters = line.trim_ascii_end();
        if letters.is_empty() {
            return Ok(());
        }
        let (entry, length) = self.open.as_mut().ok_or(NO_HEADER)?;
        *length += letters.len() as u64;
        entry.range.end = self.offset - (line.len() - letters.len()) as u64;
        Ok(())
    }

    fn end_contig(&mut self) -> Result<(), String> {
        let Some((mut entry, length)) = self.open.take() else { return Ok(()) };
        entry.length = check_length(&entry.name, length)?;
        self.entries.push(entry);
        Ok(())
    }
}

/// Reads a `.fai` and holds it against the text between the contigs.
fn read_index(source: &Source, index: PathBuf) -> Result<Table, IoError> {
    let mut lines = LineReader::open(&index)?;
    let mut names = HashSet::new();
    let mut entries: Vec<Entry> = Vec::new();
    let mut end = 0;
    while lines.advance()? {
        if lines.line().trim_ascii().is_empty() {
            continue;
        }
        let entry = parse_entry(lines.line(), &mut names).map_err(|problem| lines.problem(problem))?;
        if !is_header(source, end..entry.range.start, &entry.name)? {
            return Err(mismatch(&index, source.path(), &entry.name));
        }
        end = entry.range.end;
        entries.push(entry);
    }
    let Some(last) = entries.last() else {
        let remedy = format!("make it anew with: samtools faidx {}", source.path().display());
        return Err(IoError::data(&index, format!("is empty; {remedy}")));
    };
    if !read_between(source, end..source.length())?.is_some_and(|behind| behind.trim_ascii().is_empty()) {
        return Err(mismatch(&index, source.path(), &last.name));
    }
    Ok(Table { entries, index: Some(index) })
}

/// Name, length, offset of the first letter, letters of a line, bytes of a line.
fn parse_entry(line: &[u8], names: &mut HashSet<String>) -> Result<Entry, String> {
    let line = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8 text")?;
    let mut columns = line.split('\t');
    let name = new_name(columns.next().unwrap_or_default().as_bytes(), names)?;
    let mut number = |what: &str| {
        let number: Option<u64> = columns.next().and_then(|column| column.parse().ok());
        number
            .ok_or_else(|| format!("the {what} is missing or no number; make the file with: samtools faidx"))
    };
    let (length, start) = (number("length")?, number("offset")?);
    let (letters, bytes) = (number("number of letters a line")?, number("number of bytes a line")?);
    let length = check_length(&name, length)?;
    let whole_lines = u64::from(length - 1).checked_div(letters).ok_or("a line has no letters")?;
    let rest = u64::from(length) - whole_lines * letters;
    let end = whole_lines.checked_mul(bytes).and_then(|bytes| bytes.checked_add(start)?.checked_add(rest));
    let end = end.ok_or("the contig ends behind every file")?;
    Ok(Entry { name, length, range: start..end, first_line: None })
}

/// Whether a stretch of the text is the end of a line and the header of this contig.
fn is_header(source: &Source, range: Range<u64>, name: &str) -> Result<bool, IoError> {
    let is_first = range.start == 0;
    let Some(text) = read_between(source, range)? else { return Ok(false) };
    let Some(header) = text.trim_ascii_start().strip_prefix(b">") else { return Ok(false) };
    let before = &text[..text.len() - header.len() - 1];
    let begins_line = before.ends_with(b"\n") || (is_first && before.is_empty());
    let found = header.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    let is_one_line = header.iter().position(|&byte| byte == b'\n') == Some(header.len() - 1);
    Ok(begins_line && is_one_line && found == name.as_bytes())
}

/// A stretch of the text; `None` if it is too long, turned around, or not there.
fn read_between(source: &Source, range: Range<u64>) -> Result<Option<Vec<u8>>, IoError> {
    let length = range.end.checked_sub(range.start).filter(|&length| length <= MAX_HEADER);
    let (Some(length), true) = (length, range.end <= source.length()) else { return Ok(None) };
    let mut text = Vec::new();
    let read = source.open_at(range.start)?.take(length).read_to_end(&mut text);
    read.map_err(|error| IoError::reading(source.path(), Place::File, error))?;
    Ok((text.len() as u64 == length).then_some(text))
}

/// Line ends before a byte of the text.
fn count_lines(source: &Source, before: u64) -> Result<u64, IoError> {
    let mut text = source.open_at(0)?.take(before);
    let mut lines = 0;
    loop {
        let part = text.fill_buf().map_err(|error| IoError::reading(source.path(), Place::File, error))?;
        if part.is_empty() {
            return Ok(lines);
        }
        lines += part.iter().filter(|&&byte| byte == b'\n').count() as u64;
        let length = part.len();
        text.consume(length);
    }
}
