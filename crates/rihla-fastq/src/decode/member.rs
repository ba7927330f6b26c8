//! Headers of gzip members (RFC 1952, section 2.3), with BGZF's extra field (SAM specification,
//! section 4.1).

use super::raw::RawInput;
use crate::error::{Compression, StreamFault};

/// The first two bytes of every member.
pub(super) const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Bytes behind the deflate data: CRC32 and ISIZE.
pub(super) const TRAILER: usize = 8;

const FIXED: usize = 10;
const LONGEST: usize = 1 << 20;
const HAS_HEADER_CRC: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;
const RESERVED: u8 = 0xe0;

/// What a header says about the member's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MemberHeader {
    /// A BGZF block of `total` bytes, the first `header` of them the header.
    Block { header: usize, total: usize },
    /// A member of unknown size behind `header` bytes.
    Stream { header: usize },
}

impl MemberHeader {
    /// Reads the header ahead without moving on.
    pub fn read(input: &mut RawInput) -> Result<Self, StreamFault> {
        let mut want = 32;
        loop {
            let ahead = input.peek(want)?;
            if let Some(header) = parse(ahead)? {
                return Ok(header);
            }
            if ahead.len() < want {
                return Err(StreamFault::Cut(Compression::Gzip));
            }
            if want > LONGEST {
                return Err(damaged("a member's header does not end"));
            }
            want = ahead.len() * 2;
        }
    }
}

/// The header at the beginning of `bytes`; `None` when there are too few of them.
fn parse(bytes: &[u8]) -> Result<Option<MemberHeader>, StreamFault> {
    let Some(fixed) = bytes.get(..FIXED) else {
        return Ok(None);
    };
    let flags = fixed[3];
    if fixed[2] != 8 || flags & RESERVED != 0 {
        return Err(damaged("a member's header is not one of gzip"));
    }
    Ok(parse_optional(bytes, flags))
}

fn parse_optional(bytes: &[u8], flags: u8) -> Option<MemberHeader> {
    let mut at = FIXED;
    let mut total = None;
    if flags & HAS_EXTRA != 0 {
        let length = usize::from(u16_at(bytes, at)?);
        total = block_size(bytes.get(at + 2..at + 2 + length)?);
        at += 2 + length;
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            at += memchr::memchr(0, bytes.get(at..)?)? + 1;
        }
    }
    if flags & HAS_HEADER_CRC != 0 {
        at += 2;
    }
    if at > bytes.len() {
        return None;
    }
    Some(match total {
        Some(total) if total >= at + TRAILER => MemberHeader::Block { header: at, total },
        _ => MemberHeader::Stream { header: at },
    })
}

/// Size of the whole block by the `BC` field, if there is one.
fn block_size(mut fields: &[u8]) -> Option<usize> {
    while fields.len() >= 4 {
        let length = usize::from(u16_at(fields, 2)?);
        if fields.starts_with(b"BC") && length == 2 {
            return Some(usize::from(u16_at(fields, 4)?) + 1);
        }
        fields = fields.get(4 + length..)?;
    }
    None
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

/// Gzip data that cannot be right.
pub(super) const fn damaged(what: &'static str) -> StreamFault {
    StreamFault::Damaged(Compression::Gzip, what)
}

/// The two little-endian numbers of a trailer: CRC32 and ISIZE.
pub(super) fn trailer(bytes: &[u8]) -> (u32, u32) {
    let number = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    (number(0), number(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(flags: u8, rest: &[u8]) -> Vec<u8> {
        [&[0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255], rest].concat()
    }

    #[test]
    fn optional_parts_are_skipped() {
        let plain = header(0, b"");
        assert_eq!(parse(&plain).expect("gzip"), Some(MemberHeader::Stream { header: 10 }));
        let all = header(
            HAS_EXTRA | HAS_NAME | HAS_COMMENT | HAS_HEADER_CRC,
            b"\x06\x00XY\x02\x00ab\
              name\x00comment\x00cc",
        );
        assert_eq!(parse(&all).expect("gzip"), Some(MemberHeader::Stream { header: all.len() }));
        for cut in 0..all.len() {
            assert_eq!(parse(&all[..cut]).expect("as yet good"), None, "cut at {cut}");
        }
    }

    #[test]
    fn the_block_field_is_found_among_others() {
        let block = header(HAS_EXTRA, b"\x0b\x00XY\x01\x00aBC\x02\x00\x1b\x01");
        assert_eq!(parse(&block).expect("gzip"), Some(MemberHeader::Block { header: 23, total: 0x11c }));
        let too_small = header(HAS_EXTRA, b"\x06\x00BC\x02\x00\x10\x00");
        assert_eq!(parse(&too_small).expect("gzip"), Some(MemberHeader::Stream { header: 18 }));
    }

    #[test]
    fn other_methods_are_refused() {
        let mut compress = header(0, b"");
        compress[2] = 7;
        assert!(matches!(parse(&compress), Err(StreamFault::Damaged(Compression::Gzip, _))));
    }
}
