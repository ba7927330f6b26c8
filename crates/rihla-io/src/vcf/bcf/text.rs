//! BCF that is read, as the lines of the VCF that it stands for.
//!
//! Whatever reads lines of a VCF so takes BCF, too; noodles, which knows the format, writes each record as its line.

use std::io::{self, BufRead, Cursor, Read};

use noodles::vcf::variant::io::Write as _;
use noodles::{bcf, vcf};

use crate::damage::guarded;

/// What a BCF begins with (VCF specification, section 6.2); the minor version follows.
const MAGIC: &[u8] = b"BCF\x02";
/// The magic, both versions, and the length of the header's text.
const START: usize = 9;
/// The field of a header's line that numbers its name, and how many digits it may have.
const NUMBER: &[u8] = b",IDX=";
const MOST_DIGITS: usize = 6;
/// The lengths of a record's two parts, which it begins with.
const LENGTHS: usize = 8;

/// Lines of a VCF, or of a BCF; which of them is told by the first bytes, when they are asked for.
pub(crate) enum VariantText<R> {
    /// Nobody has asked yet.
    Unread(R),
    /// VCF, or whatever else.
    Text(R),
    /// BCF.
    Bcf(Box<BcfText<R>>),
    /// The header of a BCF could not be read.
    Broken,
}

impl<R: BufRead> VariantText<R> {
    /// Decides what it is.
    fn decide(&mut self) -> io::Result<()> {
        let Self::Unread(source) = self else { return Ok(()) };
        let is_bcf = source.fill_buf()?.starts_with(MAGIC);
        let Self::Unread(source) = std::mem::replace(self, Self::Broken) else { return Ok(()) };
        *self = match is_bcf {
            true => Self::Bcf(Box::new(BcfText::open(source).map_err(|error| told("header", error))?)),
            false => Self::Text(source),
        };
        Ok(())
    }
}

impl<R: BufRead> Read for VariantText<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for VariantText<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.decide()?;
        match self {
            Self::Unread(source) | Self::Text(source) => source.fill_buf(),
            Self::Bcf(bcf) => bcf.fill().map_err(|error| told("record", error)),
            Self::Broken => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "the header of this BCF was not read"))
            }
        }
    }

    fn consume(&mut self, count: usize) {
        match self {
            Self::Unread(source) | Self::Text(source) => source.consume(count),
            Self::Bcf(bcf) => bcf.at += count,
            Self::Broken => {}
        }
    }
}

/// A BCF as lines.
pub(crate) struct BcfText<R> {
    source: R,
    header: vcf::Header,
    /// The record that was read last, and its bytes.
    record: bcf::Record,
    bytes: Vec<u8>,
    /// The lines that were made last: the header, then one record after another.
    lines: Vec<u8>,
    at: usize,
}

impl<R: BufRead> BcfText<R> {
    /// Reads the header.
    fn open(mut source: R) -> io::Result<Self> {
        let mut start = [0; START];
        source.read_exact(&mut start)?;
        let length = u32::from_le_bytes([start[5], start[6], start[7], start[8]]);
        let mut text = Vec::new();
        source.by_ref().take(length.into()).read_to_end(&mut text)?;
        if text.len() < length as usize {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        check_numbers(&text)?;
        let head = Cursor::new([&start, &text[..]].concat());
        let header = guarded(|| bcf::io::Reader::from(head).read_header())?;
        let text =
            std::str::from_utf8(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let lines = text.trim_end_matches('\0').lines().map(|line| without_number(line) + "\n");
        let lines = lines.collect::<String>().into_bytes();
        Ok(Self { source, header, record: bcf::Record::default(), bytes: Vec::new(), lines, at: 0 })
    }

    /// What is left of the lines that were made, else the next record's.
    fn fill(&mut self) -> io::Result<&[u8]> {
        if self.at == self.lines.len() {
            self.lines.clear();
            self.at = 0;
            if self.read_bytes()? {
                let Self { header, record, bytes, lines, .. } = self;
                guarded(|| {
                    bcf::io::Reader::from(&bytes[..]).read_record(record)?;
                    vcf::io::Writer::new(lines).write_variant_record(header, record)
                })?;
            }
        }
        Ok(&self.lines[self.at..])
    }

    /// Reads the bytes of the next record, as many as there are of what its lengths claim; false at the end of the file.
    fn read_bytes(&mut self) -> io::Result<bool> {
        let Self { source, bytes, .. } = self;
        bytes.clear();
        source.by_ref().take(LENGTHS as u64).read_to_end(bytes)?;
        let [a, b, c, d, e, f, g, h] = bytes[..] else {
            return if bytes.is_empty() { Ok(false) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        };
        let claimed =
            u64::from(u32::from_le_bytes([a, b, c, d])) + u64::from(u32::from_le_bytes([e, f, g, h]));
        match source.by_ref().take(claimed).read_to_end(bytes)? as u64 {
            read if read < claimed => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(true),
        }
    }
}

/// Looks at the numbers of a header's names before noodles makes lists of that length.
fn check_numbers(text: &[u8]) -> io::Result<()> {
    let digits = |behind: &[u8]| behind.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let numbers = text.windows(NUMBER.len()).enumerate().filter(|(_, window)| *window == NUMBER);
    let most = numbers.map(|(at, _)| digits(&text[at + NUMBER.len()..])).max().unwrap_or(0);
    let problem = format!("it numbers a name with more than {MOST_DIGITS} digits (IDX=)");
    if most > MOST_DIGITS { Err(io::Error::new(io::ErrorKind::InvalidData, problem)) } else { Ok(()) }
}

/// A line of a header without the number that BCF gives to its name (`IDX=`), which means nothing in a VCF.
pub(crate) fn without_number(line: &str) -> String {
    let numbered = line.strip_suffix('>').and_then(|open| open.rsplit_once(",IDX="));
    match numbered {
        Some((open, digits)) if digits.bytes().all(|digit| digit.is_ascii_digit()) => format!("{open}>"),
        _ => line.to_owned(),
    }
}

/// An error that says what of the BCF is wrong.
fn told(part: &str, error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            io::Error::new(io::ErrorKind::InvalidData, format!("a {part} of BCF: {error}"))
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_names_are_small() {
        assert!(check_numbers(b"##INFO=<ID=A,IDX=999999>\n##INFO=<ID=B,IDX=3>\n").is_ok());
        assert!(check_numbers(b"##INFO=<ID=A,IDX=1>\n##INFO=<ID=B,IDX=1000000>\n").is_err());
        assert!(check_numbers(b"##INFO=<ID=A,Description=\"IDX=1000000\">\n,IDX").is_ok());
    }

    #[test]
    fn numbers_of_names_are_left_out_and_nothing_else() {
        for (line, expected) in [
            (
                "##FILTER=<ID=PASS,Description=\"ok, IDX=3>\",IDX=0>",
                "##FILTER=<ID=PASS,Description=\"ok, IDX=3>\">",
            ),
            ("##INFO=<ID=A,IDX=12>", "##INFO=<ID=A>"),
            ("##INFO=<ID=A,IDX=x>", "##INFO=<ID=A,IDX=x>"),
            ("##contig=<ID=chr1,length=5>", "##contig=<ID=chr1,length=5>"),
        ] {
            assert_eq!(without_number(line), expected);
        }
    }
}
