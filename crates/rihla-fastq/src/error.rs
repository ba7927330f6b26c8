//! What can be wrong with FASTQ input, said with the file, the record and the remedy.

use std::fmt;
use std::io;

use thiserror::Error;

use crate::encoding::QualityOffset;
use crate::options::{MAX_NAME_LENGTH, MAX_READ_LENGTH, MAX_WINDOW_LOG};

/// The class of an error, for exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The inputs were given wrongly (`EX_USAGE`, or 2).
    Usage,
    /// An input is missing or may not be read (`EX_NOINPUT`, 66).
    Missing,
    /// An input's content is wrong (`EX_DATAERR`, 65).
    Data,
    /// Reading failed for a reason outside the data (`EX_IOERR`, 74).
    Io,
}

/// Why FASTQ input was refused. Record numbers count from 1.
#[derive(Debug, Error)]
pub enum FastqError {
    /// A file could not be opened.
    #[error("{file}: cannot be opened: {source}; check the path and its permissions")]
    Open {
        /// The input.
        file: String,
        /// The system's reason.
        source: io::Error,
    },
    /// Neither one nor two inputs.
    #[error("{count} FASTQ inputs were given; give one file of single reads, or R1 and R2 of pairs")]
    InputCount {
        /// How many.
        count: usize,
    },
    /// One file was given for both mates.
    #[error("{file} was given for both R1 and R2; give the two files of the pairs")]
    SameInput {
        /// The input.
        file: String,
    },
    /// The stream of bytes is broken.
    #[error("{file}: {fault} (the last whole record is number {records})")]
    Stream {
        /// The input.
        file: String,
        /// Whole records before the fault.
        records: u64,
        /// What is wrong.
        #[source]
        fault: StreamFault,
    },
    /// A record is malformed.
    #[error("{file}: record {record}: {fault}")]
    Record {
        /// The input.
        file: String,
        /// Number of the record, from 1.
        record: u64,
        /// What is wrong.
        fault: RecordFault,
    },
    /// One file of a pair ends before the other.
    #[error(
        "{shorter} ends after {records} records, but {longer} goes on with record {} ({next}); \
         the files are not the two mates of the same reads, or the shorter one was cut: fetch both again",
        records + 1
    )]
    CountMismatch {
        /// The input that ended.
        shorter: String,
        /// The input that did not.
        longer: String,
        /// Records in the shorter one.
        records: u64,
        /// Name of the first record without a mate.
        next: String,
    },
    /// The records at one number have different names.
    #[error(
        "record {record}: the names do not pair: '{first}' in {first_file}, '{second}' in {second_file}; \
         both files must hold the mates in the same order{hint}"
    )]
    Unpaired {
        /// Number of the record, from 1.
        record: u64,
        /// Input of the first mates.
        first_file: String,
        /// Name there.
        first: String,
        /// Input of the second mates.
        second_file: String,
        /// Name there.
        second: String,
        /// More advice, or nothing.
        hint: &'static str,
    },
    /// Both records of a pair say that they are the same mate.
    #[error(
        "record {record}: {first_file} and {second_file} both hold mate {mate} of '{name}'; \
         give R1 and R2, not one of them twice"
    )]
    SameMate {
        /// Number of the record, from 1.
        record: u64,
        /// Input of the first mates.
        first_file: String,
        /// Input of the second mates.
        second_file: String,
        /// Name of both.
        name: String,
        /// 1 or 2, by the header.
        mate: u8,
    },
    /// An interleaved input whose last read has no mate.
    #[error(
        "{file}: record {record}: '{name}' has no mate behind it: an interleaved file holds the two reads of each \
         pair one behind the other; the file was cut, or its reads are single"
    )]
    OddRead {
        /// The input.
        file: String,
        /// Number of the record, from 1.
        record: u64,
        /// Its name.
        name: String,
    },
    /// Two neighbors in an interleaved input that are not the mates of one pair.
    #[error(
        "{file}: records {} and {record}: the names do not pair: '{first}', '{second}'; an interleaved file \
         holds the two reads of each pair one behind the other{hint}",
        record - 1
    )]
    Interleaving {
        /// The input.
        file: String,
        /// Number of the second record, from 1.
        record: u64,
        /// Name of the first.
        first: String,
        /// Name of the second.
        second: String,
        /// More advice, or nothing.
        hint: &'static str,
    },
    /// Mates of an interleaved input that contradict their order.
    #[error(
        "{file}: records {} and {record}: by the headers '{name}' is {order}; an interleaved file holds the first \
         mate of each pair, then the second",
        record - 1
    )]
    InterleavedMates {
        /// The input.
        file: String,
        /// Number of the second record, from 1.
        record: u64,
        /// Name of both.
        name: String,
        /// What the headers say, in words.
        order: &'static str,
    },
    /// Qualities that look like those of Illumina before 2011.
    #[error(
        "{file}: the qualities look like Phred+64, as Illumina wrote them before 2011: the letters of the first reads \
         run from '{lowest}' to '{highest}'; give --quality-offset 64 to convert them, or --quality-offset 33 if \
         they are right as they are"
    )]
    OldQualities {
        /// The input, or both of the pairs.
        file: String,
        /// Lowest letter.
        lowest: char,
        /// Highest letter.
        highest: char,
    },
    /// The records of a pair say that they are each other's mate, or one of them says so.
    #[error(
        "record {record}: the mates of '{name}' are swapped: {first_file} holds mate 2, {second_file} mate 1, \
         by their headers; give R1 first, then R2"
    )]
    SwappedMates {
        /// Number of the record, from 1.
        record: u64,
        /// Input that was given first.
        first_file: String,
        /// Input that was given second.
        second_file: String,
        /// Name of both.
        name: String,
    },
}

impl FastqError {
    /// The class of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Open { .. } => ErrorKind::Missing,
            Self::InputCount { .. } | Self::SameInput { .. } => ErrorKind::Usage,
            Self::Stream { fault: StreamFault::Read(_), .. } => ErrorKind::Io,
            Self::Stream { .. }
            | Self::Record { .. }
            | Self::CountMismatch { .. }
            | Self::Unpaired { .. }
            | Self::SameMate { .. }
            | Self::OddRead { .. }
            | Self::Interleaving { .. }
            | Self::InterleavedMates { .. }
            | Self::OldQualities { .. }
            | Self::SwappedMates { .. } => ErrorKind::Data,
        }
    }
}

/// How an input is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// gzip, BGZF among it.
    Gzip,
    /// zstd.
    Zstd,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        })
    }
}

/// What is wrong with a stream of bytes, before any FASTQ is seen in it.
#[derive(Debug, Error)]
pub enum StreamFault {
    /// The system could not read.
    #[error("cannot be read: {0}")]
    Read(#[source] io::Error),
    /// The compressed data stop in the middle of a gzip member or zstd frame.
    #[error("the {0} data end in the middle: the file was cut short; fetch or write it again")]
    Cut(Compression),
    /// Compressed data that cannot be right.
    #[error("the {0} data are damaged: {1}; fetch or write the file again")]
    Damaged(Compression, &'static str),
    /// Bytes behind the last gzip member or zstd frame that are none.
    #[error("there are bytes behind the end of the {0} data that are not {0}; fetch or write the file again")]
    Trailing(Compression),
    /// A zstd frame whose window is too large.
    #[error(
        "the zstd data ask for a window of more than {} MiB; recompress the file without --long, or with --long={MAX_WINDOW_LOG}",
        (1u64 << MAX_WINDOW_LOG) >> 20
    )]
    WideWindow,
    /// A zstd frame that was compressed with a dictionary.
    #[error(
        "the zstd data need a dictionary; decompress the file with zstd -D, or recompress it without one"
    )]
    NeedsDictionary,
    /// BGZF without its end marker.
    #[error(
        "the BGZF end marker is missing: the file may have been cut between two blocks; \
         re-copy it or recompress it with bgzip"
    )]
    NoEndMarker,
}

/// What is wrong with one record.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecordFault {
    /// The input is of another format.
    #[error("this is not FASTQ; it looks like {0}")]
    NotFastq(&'static str),
    /// The first line does not begin with `@`.
    #[error(
        "the header should begin with '@' but the line is '{0}'; \
         each record must be four lines, and a line may be missing or added before"
    )]
    NoAt(String),
    /// The third line does not begin with `+`.
    #[error(
        "the third line should begin with '+' but is '{0}'; \
         each record must be four lines (sequences over many lines must be joined first)"
    )]
    NoPlus(String),
    /// The input ends inside the record.
    #[error("the file ends inside this record, in line {line} of its four: it was cut short; fetch it again")]
    Incomplete {
        /// Line of the record in which the input ends, 1 to 4.
        line: usize,
    },
    /// Sequence and quality differ in length.
    #[error(
        "'{name}' has {sequence} bases but {qualities} qualities; they must be equal: \
         the file is damaged, fetch or write it again"
    )]
    LengthMismatch {
        /// Name of the read.
        name: String,
        /// Bases.
        sequence: usize,
        /// Qualities.
        qualities: usize,
    },
    /// A quality character outside `!` to `~`.
    #[error(
        "'{name}' has the quality character {} at base {position}; Phred+{offset} runs from {} to '~' (126)",
        display_byte(*byte),
        display_byte(offset.lowest_letter())
    )]
    BadQuality {
        /// Name of the read.
        name: String,
        /// The character.
        byte: u8,
        /// Where in the read, from 1.
        position: usize,
        /// The encoding that it should have.
        offset: QualityOffset,
    },
    /// A character that is no base.
    #[error(
        "'{name}' has {} at base {position}, which is no base; A, C, G, T, N and IUPAC letters are",
        display_byte(*byte)
    )]
    BadBase {
        /// Name of the read.
        name: String,
        /// The character.
        byte: u8,
        /// Where in the read, from 1.
        position: usize,
    },
    /// No name behind `@`.
    #[error("there is no name behind the '@'; every read must have one")]
    NoName,
    /// A name with characters that SAM does not allow.
    #[error("the name '{name}' has characters that do not print; the file is damaged or is not FASTQ")]
    BadName {
        /// The name, with what does not print replaced.
        name: String,
    },
    /// A name that BAM cannot hold.
    #[error(
        "the name '{name}' has {length} characters; BAM holds {MAX_NAME_LENGTH} at most: shorten the names"
    )]
    LongName {
        /// The beginning of the name.
        name: String,
        /// Its length in bytes.
        length: usize,
    },
    /// A read that is too long.
    #[error(
        "a line is too long: reads may have {MAX_READ_LENGTH} bases at most; long reads are not supported"
    )]
    TooLong,
}

/// Something odd that does not stop the work; the caller tells the user.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Warning {
    /// An input held no record.
    #[error("{file}: holds no read")]
    Empty {
        /// The input.
        file: String,
    },
    /// BGZF without its end marker, whose last block does not look cut.
    #[error("{file}: the BGZF end marker is missing; {records} whole records were read")]
    NoEndMarker {
        /// The input.
        file: String,
        /// Records read.
        records: u64,
    },
}

/// A byte for people: the letter in quotes when it prints, and its number.
fn display_byte(byte: u8) -> String {
    if byte.is_ascii_graphic() { format!("'{}' ({byte})", byte as char) } else { format!("byte {byte}") }
}

/// Bytes of the input for people: at most 60, with what cannot be printed replaced.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    const LONGEST: usize = 60;
    let shown: String = bytes
        .iter()
        .take(LONGEST)
        .map(|&b| if b == b' ' || b.is_ascii_graphic() { b as char } else { '?' })
        .collect();
    if bytes.len() > LONGEST { shown + "..." } else { shown }
}
