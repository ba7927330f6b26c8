//! Blocks of a BAM as bytes and back. Records lie one behind the other, so that a place takes a few bytes.

use rihla_core::Interval;
use rihla_core::pack::{self, Pack, Unpack};

use super::block::{BamBlock, Entry};
use crate::index::Span;

impl Pack for BamBlock {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { bytes, entries, unplaced, first_unplaced } = self;
        pack::bytes(bytes, out);
        (*unplaced, *first_unplaced).pack(out);
        entries.len().pack(out);
        let mut last = BEFORE;
        for entry in entries {
            let Entry { place, is_mapped, span } = entry;
            place.contig.wrapping_sub(last.place.contig).pack(out);
            pack::signed(i64::from(place.start) - i64::from(last.place.start), out);
            // The reference under a record and whether it is mapped, in one number.
            (u64::from(place.len()) << 1 | u64::from(*is_mapped)).pack(out);
            (span.begin.wrapping_sub(last.span.end), span.end.wrapping_sub(span.begin)).pack(out);
            last = *entry;
        }
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let bytes = from.bytes()?.to_vec();
        let (unplaced, first_unplaced) = from.read()?;
        let count: usize = from.read()?;
        let (mut entries, mut last) = (Vec::new(), BEFORE);
        for _ in 0..count {
            let contig = last.place.contig.wrapping_add(from.read()?);
            let start =
                u32::try_from(i64::from(last.place.start).checked_add(pack::unpack_signed(from)?)?).ok()?;
            let length: u64 = from.read()?;
            let end = start.checked_add(u32::try_from(length >> 1).ok()?)?;
            let begin = last.span.end.wrapping_add(from.read()?);
            let span = Span { begin, end: begin.wrapping_add(from.read()?) };
            last = Entry { place: Interval::new(contig, start, end), is_mapped: length & 1 == 1, span };
            entries.push(last);
        }
        Some(Self { bytes, entries, unplaced, first_unplaced })
    }
}

/// What stands before the first entry.
const BEFORE: Entry = Entry {
    place: Interval { contig: 0, start: 0, end: 0 },
    is_mapped: false,
    span: Span { begin: 0, end: 0 },
};

#[cfg(test)]
mod tests {
    use rihla_core::record::{Placement, flags};
    use rihla_core::{Cigar, RecordArena, RecordBuilder};

    use super::*;
    use crate::bam::compress_records;

    #[test]
    fn a_block_comes_back_and_a_cut_one_does_not() {
        let mut records = RecordArena::new();
        let cigar = Cigar::parse("4M").expect("valid");
        // Two contigs, records that are mapped, lie at their mates, and have no place; more than one BGZF block.
        for at in 0..3_000_u32 {
            let place = (at < 2_900).then_some((at / 2_000, at % 2_000 * 50));
            let (flags, cigar) = match at % 7 {
                0 => (flags::UNMAPPED, &[][..]),
                _ if place.is_none() => (flags::UNMAPPED, &[][..]),
                _ => (0, cigar.ops()),
            };
            let placement = Placement { flags, place, mapq: 60, mate: None, template_length: 0 };
            let name = format!("read{at}");
            RecordBuilder::start(&mut records, &placement, name.as_bytes(), cigar, &[0, 1, 2, 3], &[30; 4])
                .finish();
        }
        for count in [0, 1, 2_950, 3_000] {
            let block = compress_records(records.iter().take(count), 1);
            let mut out = Vec::new();
            block.pack(&mut out);
            assert!(out.len() < block.bytes().len() + 12 * count + 20, "{} bytes", out.len());
            assert_eq!(BamBlock::of_bytes(&out), Some(block));
            assert_eq!(BamBlock::of_bytes(&out[..out.len() - 1]), None);
        }
    }
}
