//! Header lines: the read's name, and which mate it says it is.

use memchr::memchr2;

use crate::error::{RecordFault, excerpt};
use crate::options::MAX_NAME_LENGTH;

/// A header line taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header<'a> {
    /// Name without `@`, comment, and `/1` or `/2`.
    pub name: &'a [u8],
    /// The mate that the header names, 1 or 2, by `/1` or by Casava's comment `1:N:0:...`.
    pub mate: Option<u8>,
}

impl<'a> Header<'a> {
    /// Takes apart a line that begins with `@`; the line's end is already gone.
    pub fn parse(line: &'a [u8]) -> Result<Self, RecordFault> {
        let line = &line[1..];
        let word_end = memchr2(b' ', b'\t', line).unwrap_or(line.len());
        let (word, comment) = line.split_at(word_end);
        let (name, mate) = match word {
            [name @ .., b'/', digit @ (b'1' | b'2')] => (name, Some(digit - b'0')),
            _ => (word, casava_mate(comment)),
        };
        if name.is_empty() {
            return Err(RecordFault::NoName);
        }
        if name.len() > MAX_NAME_LENGTH {
            return Err(RecordFault::LongName { name: excerpt(name), length: name.len() });
        }
        // Without an early end the test vectorizes.
        if !name.iter().fold(true, |all, b| all & b.is_ascii_graphic()) {
            return Err(RecordFault::BadName { name: excerpt(name) });
        }
        Ok(Self { name, mate })
    }
}

/// The mate of a comment like ` 2:N:0:ATCACG` (Casava 1.8 and later).
fn casava_mate(comment: &[u8]) -> Option<u8> {
    match comment {
        [_, digit @ (b'1' | b'2'), b':', b'Y' | b'N', b':', ..] => Some(digit - b'0'),
        _ => None,
    }
}

/// Advice for names that differ in a known way; empty when there is none.
pub(crate) fn pairing_hint(first: &[u8], second: &[u8]) -> &'static str {
    match (first, second) {
        ([one @ .., a, b'1'], [two @ .., b, b'2'])
            if one == two && a == b && matches!(a, b'.' | b'_' | b':') =>
        {
            "; here each name ends in its mate's number: write the files without it \
             (fastq-dump: leave out -I/--readids)"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> (&str, Option<u8>) {
        let header = Header::parse(line.as_bytes()).expect("valid");
        (std::str::from_utf8(header.name).expect("ascii"), header.mate)
    }

    #[test]
    fn names_lose_comments_and_mate_numbers() {
        assert_eq!(parse("@r1"), ("r1", None));
        assert_eq!(parse("@r1/2"), ("r1", Some(2)));
        assert_eq!(parse("@r1/1 comment"), ("r1", Some(1)));
        assert_eq!(parse("@a:b 2:N:0:ATC"), ("a:b", Some(2)));
        assert_eq!(parse("@a\t1:Y:18:1"), ("a", Some(1)));
        assert_eq!(parse("@SRR1.1 1 length=101"), ("SRR1.1", None));
        assert_eq!(parse("@a/3"), ("a/3", None));
    }

    #[test]
    fn names_that_bam_cannot_hold_are_refused() {
        assert_eq!(Header::parse(b"@"), Err(RecordFault::NoName));
        assert_eq!(Header::parse(b"@ comment"), Err(RecordFault::NoName));
        assert_eq!(Header::parse(b"@/1"), Err(RecordFault::NoName));
        assert!(Header::parse(&[b"@".as_slice(), &[b'a'; 254]].concat()).is_ok());
        assert!(matches!(
            Header::parse(&[b"@".as_slice(), &[b'a'; 255]].concat()),
            Err(RecordFault::LongName { length: 255, .. })
        ));
        assert!(matches!(Header::parse(b"@a\x00b"), Err(RecordFault::BadName { .. })));
    }

    #[test]
    fn hints_at_numbered_names() {
        assert!(pairing_hint(b"SRR1.7.1", b"SRR1.7.2").contains("--readids"));
        assert_eq!(pairing_hint(b"a11", b"a12"), "");
        assert_eq!(pairing_hint(b"", b"1"), "");
    }
}
