//! Which records are evidence.

use rihla_core::RecordRef;
use rihla_core::record::{NO_MAPQ, flags};

use crate::options::PileupOptions;

/// Whether a record is evidence: placed, primary or supplementary, no duplicate, not failed, and of
/// sufficient mapping quality.
///
/// Supplementary records stay: across the end of a large insertion or deletion they are often all
/// that an aligner leaves of a read, and their mapping quality is judged like any other.
#[must_use]
pub fn is_evidence(record: &RecordRef<'_>, options: &PileupOptions) -> bool {
    is_fit(record) && record.mapq() >= options.min_mapping_quality
}

/// Whether a record adds to the depth of its place but is no evidence, as its mapping quality is too low for that.
#[must_use]
pub fn is_unplaced(record: &RecordRef<'_>, options: &PileupOptions) -> bool {
    is_fit(record) && record.mapq() < options.min_mapping_quality && !record.has_any(flags::SUPPLEMENTARY)
}

fn is_fit(record: &RecordRef<'_>) -> bool {
    const UNFIT: u16 = flags::UNMAPPED | flags::SECONDARY | flags::QC_FAIL | flags::DUPLICATE;
    !record.has_any(UNFIT)
        && record.mapq() != NO_MAPQ
        && record.sequence_len() > 0
        && record.position().is_some()
}

/// The end of the template on the reference, where the mates' geometry shows it: bases of the read
/// beyond are adapter.
///
/// For a forward read the first position behind the template, for a reverse read the template's first.
#[must_use]
pub fn adapter_boundary(record: &RecordRef<'_>) -> Option<u32> {
    let flags = record.flags();
    let one_contig = record.contig().is_some() && record.contig() == record.mate_contig();
    let placed_pair =
        flags & flags::PAIRED != 0 && flags & (flags::MATE_UNMAPPED | flags::SUPPLEMENTARY) == 0;
    let reverse = flags & flags::REVERSE != 0;
    let facing = reverse != (flags & flags::MATE_REVERSE != 0);
    if !one_contig || !placed_pair || !facing || record.template_length() == 0 {
        return None;
    }
    let (start, end) = (record.position()?, record.reference_end()?);
    let length = record.template_length().unsigned_abs();
    if reverse {
        let boundary = record.mate_position()?;
        (boundary < end && record.template_length() < 0).then_some(boundary)
    } else {
        let behind_mate_start = record.mate_position()? < start.saturating_add(length);
        (behind_mate_start && record.template_length() > 0).then_some(start.saturating_add(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rihla_core::record::Placement;
    use rihla_core::{Cigar, RecordArena, RecordBuilder};

    fn record(arena: &mut RecordArena, flags: u16, mapq: u8, mate: u32, length: i32) {
        let placement =
            Placement { flags, place: Some((0, 100)), mapq, mate: Some((0, mate)), template_length: length };
        let cigar = Cigar::parse("10M").expect("valid");
        RecordBuilder::start(arena, &placement, b"r", cigar.ops(), &[0; 10], &[30; 10]).finish();
    }

    #[test]
    fn duplicates_and_poorly_mapped_reads_are_no_evidence() {
        let mut arena = RecordArena::new();
        for (flags, mapq) in [(0x63, 60), (0x463, 60), (0x63, 0), (0x163, 60), (0x863, 60)] {
            record(&mut arena, flags, mapq, 100, 10);
        }
        let options = PileupOptions::default();
        let kept: Vec<bool> = arena.iter().map(|r| is_evidence(&r, &options)).collect();
        assert_eq!(kept, [true, false, false, false, true]);
        let unplaced: Vec<bool> = arena.iter().map(|r| is_unplaced(&r, &options)).collect();
        assert_eq!(unplaced, [false, false, true, false, false]);
    }

    #[test]
    fn short_templates_end_reads() {
        let mut arena = RecordArena::new();
        record(&mut arena, flags::PAIRED | flags::MATE_REVERSE, 60, 98, 8);
        record(&mut arena, flags::PAIRED | flags::REVERSE, 60, 103, -7);
        record(&mut arena, flags::PAIRED, 60, 98, 8);
        assert_eq!(adapter_boundary(&arena.get(0)), Some(108));
        assert_eq!(adapter_boundary(&arena.get(1)), Some(103));
        assert_eq!(adapter_boundary(&arena.get(2)), None);
    }
}
