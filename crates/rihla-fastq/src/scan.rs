//! Cuts a decoded stream into FASTQ records of four lines.

use memchr::memchr;

use crate::decode::TextStream;
use crate::error::{FastqError, RecordFault, StreamFault, Warning, excerpt};
use crate::options::{MAX_READ_LENGTH, ReadOptions};

/// No record of an acceptable read is larger: two lines of bases and two of names, with room.
const LARGEST_RECORD: usize = 4 * MAX_READ_LENGTH + 4;

/// Text to gather before saying what a line looks like.
const EXCERPT: usize = 100;

/// The lines of one record, without line ends, not yet checked beyond their first bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawRecord<'a> {
    /// The first line, with `@`.
    pub header: &'a [u8],
    /// The second line.
    pub sequence: &'a [u8],
    /// The fourth line.
    pub qualities: &'a [u8],
}

/// A stream of records of one input.
pub(crate) struct Scanner {
    file: String,
    stream: Box<dyn TextStream>,
    /// Text; `start..end` is not yet passed.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Ends of the current record's lines in `buffer`, each at its `\n`.
    lines: [usize; 4],
    /// Beginning of the current record in `buffer`.
    header: usize,
    /// Number of the current record, from 1; the number of all records at the end.
    records: u64,
    ended: bool,
    /// A fault that comes due when the text before it is used up.
    fault: Option<StreamFault>,
}

impl Scanner {
    /// A scanner of a stream's text; `file` names it in errors.
    pub fn new(file: String, stream: Box<dyn TextStream>, options: &ReadOptions) -> Self {
        Self {
            file,
            stream,
            buffer: vec![0; options.buffer_bytes.max(1)],
            start: 0,
            end: 0,
            lines: [0; 4],
            header: 0,
            records: 0,
            ended: false,
            fault: None,
        }
    }

    /// The input's name.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Number of the current record, from 1; behind the last, the number of all records.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// What was odd, once all is read.
    pub fn warning(&self) -> Option<Warning> {
        if self.stream.unmarked_end() {
            return Some(Warning::NoEndMarker { file: self.file.clone(), records: self.records });
        }
        (self.records == 0).then(|| Warning::Empty { file: self.file.clone() })
    }

    /// Goes to the next record; false when there is none.
    pub fn advance(&mut self) -> Result<bool, FastqError> {
        if !self.find_start()? {
            return Ok(false);
        }
        while !self.find_lines() {
            if self.ended {
                self.complete_last()?;
                break;
            }
            if self.end - self.start >= LARGEST_RECORD {
                return Err(self.refuse(RecordFault::TooLong));
            }
            self.fill();
        }
        if self.buffer[self.lines[1] + 1] != b'+' {
            return Err(self.refuse(self.no_plus()));
        }
        self.header = self.start;
        self.start = self.lines[3] + 1;
        self.records += 1;
        Ok(true)
    }

    /// The current record.
    pub fn record(&self) -> RawRecord<'_> {
        RawRecord {
            header: self.line(self.header, self.lines[0]),
            sequence: self.line(self.lines[0] + 1, self.lines[1]),
            qualities: self.line(self.lines[2] + 1, self.lines[3]),
        }
    }

    /// An error about the current record.
    pub fn error(&self, fault: RecordFault) -> FastqError {
        FastqError::Record { file: self.file.clone(), record: self.records, fault }
    }

    /// An error about the record that would come next.
    fn refuse(&self, fault: RecordFault) -> FastqError {
        FastqError::Record { file: self.file.clone(), record: self.records + 1, fault }
    }

    /// Passes blank lines and looks for the `@` of a record; false at the end.
    fn find_start(&mut self) -> Result<bool, FastqError> {
        loop {
            while self.start < self.end && matches!(self.buffer[self.start], b'\n' | b'\r') {
                self.start += 1;
            }
            if self.start < self.end {
                break;
            }
            if self.ended {
                return self.take_fault().map(|()| false);
            }
            self.fill();
        }
        if self.buffer[self.start] == b'@' {
            return Ok(true);
        }
        while self.end - self.start < EXCERPT && !self.ended {
            self.fill();
        }
        let text = &self.buffer[self.start..self.end];
        let line = &text[..memchr(b'\n', text).unwrap_or(text.len())];
        let fault = match looks_like(text) {
            Some(format) if self.records == 0 => RecordFault::NotFastq(format),
            _ => RecordFault::NoAt(excerpt(line)),
        };
        Err(self.refuse(fault))
    }

    /// Looks for the four line ends of the record at `start`.
    fn find_lines(&mut self) -> bool {
        let mut at = self.start;
        for line in &mut self.lines {
            let Some(length) = memchr(b'\n', &self.buffer[at..self.end]) else {
                return false;
            };
            *line = at + length;
            at = *line + 1;
        }
        true
    }

    /// Makes the last record whole if only the line end at its end is missing.
    fn complete_last(&mut self) -> Result<(), FastqError> {
        self.take_fault()?;
        let text = &self.buffer[self.start..self.end];
        let line = text.iter().filter(|&&b| b == b'\n').count() + 1;
        let open = text.last() != Some(&b'\n');
        if open {
            self.append_line_end();
        }
        // A read without bases ends in an empty line, which many writers leave out at the end.
        if !self.find_lines() && line >= 3 && self.lines[1] - self.lines[0] == 1 {
            self.append_line_end();
        }
        let whole = self.find_lines();
        if !whole || (open && self.lines[3] - self.lines[2] < self.lines[1] - self.lines[0]) {
            return Err(self.refuse(RecordFault::Incomplete { line }));
        }
        Ok(())
    }

    fn append_line_end(&mut self) {
        self.buffer.truncate(self.end);
        self.buffer.push(b'\n');
        self.end += 1;
    }

    /// The line `from..end` without a carriage return.
    fn line(&self, from: usize, end: usize) -> &[u8] {
        let line = &self.buffer[from..end];
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    fn no_plus(&self) -> RecordFault {
        let header = self.line(self.start, self.lines[0]);
        let sam = [b"@HD\t", b"@SQ\t", b"@RG\t", b"@PG\t", b"@CO\t"];
        if self.records == 0 && sam.iter().any(|tag| header.starts_with(*tag)) {
            return RecordFault::NotFastq("SAM; sort it by name and convert it with samtools fastq");
        }
        RecordFault::NoPlus(excerpt(self.line(self.lines[1] + 1, self.lines[2])))
    }

    fn take_fault(&mut self) -> Result<(), FastqError> {
        match self.fault.take() {
            Some(fault) => Err(FastqError::Stream { file: self.file.clone(), records: self.records, fault }),
            None => Ok(()),
        }
    }

    /// Gets more text behind `end`, moving the rest to the front and growing where there is no room.
    fn fill(&mut self) {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            self.buffer.resize(2 * self.end, 0);
        }
        match self.stream.read(&mut self.buffer[self.end..]) {
            Ok(0) => self.ended = true,
            Ok(count) => self.end += count,
            Err(fault) => {
                self.ended = true;
                self.fault = Some(fault);
            }
        }
    }
}

/// The format that a text which is no FASTQ begins like, with advice.
fn looks_like(text: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 14] = [
        (b">", "FASTA, which has no base qualities"),
        (b";", "FASTA, which has no base qualities"),
        (b"BAM\x01", "BAM; sort it by name and convert it with samtools fastq"),
        (b"CRAM", "CRAM; sort it by name and convert it with samtools fastq"),
        (b"\x1f\x8b", "gzip inside gzip; decompress it once"),
        (b"BZh", "bzip2; decompress it, or recompress it with gzip or bgzip"),
        (b"\xfd7zXZ\x00", "xz; decompress it, or recompress it with gzip or bgzip"),
        (b"\x28\xb5\x2f\xfd", "zstd inside another compression; decompress it once"),
        (b"PK\x03\x04", "a zip archive; unpack it first"),
        (b"NCBI.sra", "an SRA archive; convert it with fasterq-dump"),
        (b"##fileformat=VCF", "VCF"),
        (b"<", "a web page: the download may have failed"),
        (b"\xef\xbb\xbf", "text with a byte-order mark; write it as plain ASCII"),
        (b"\xff\xfe", "UTF-16 text; write it as plain ASCII"),
    ];
    KNOWN.iter().find(|(magic, _)| text.starts_with(magic)).map(|&(_, format)| format)
}
