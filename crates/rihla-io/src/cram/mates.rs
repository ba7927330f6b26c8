//! Mates that find each other inside a slice, so that neither needs to say where the other is.

use std::collections::HashMap;

use rihla_core::RecordRef;
use rihla_core::record::flags;

/// What a record says of its mate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mate {
    /// All of it, in words of its own.
    Detached,
    /// How many records stand between this one and its mate.
    Downstream(i32),
    /// Nothing; the mate before it has told.
    Upstream,
}

/// The mates of a slice's records, which lie on one contig, sorted.
///
/// Only mates are joined whose every field a decoder gives back from the two records: places, strands and the
/// template's length. It is the least that all decoders agree on; where both begin at one base they do not.
pub(super) fn join(records: &[RecordRef<'_>]) -> Vec<Mate> {
    let mut mates = vec![Mate::Detached; records.len()];
    let mut waiting: HashMap<&[u8], usize> = HashMap::with_capacity(records.len());
    for (at, record) in records.iter().enumerate() {
        if !may_join(record) {
            continue;
        }
        match waiting.remove(record.name()) {
            Some(first) if fit(&records[first], record) => {
                mates[first] = Mate::Downstream((at - first - 1) as i32);
                mates[at] = Mate::Upstream;
            }
            _ => drop(waiting.insert(record.name(), at)),
        }
    }
    mates
}

fn may_join(record: &RecordRef<'_>) -> bool {
    let apart = flags::SECONDARY | flags::SUPPLEMENTARY | flags::UNMAPPED | flags::MATE_UNMAPPED;
    let ends = flags::FIRST | flags::LAST;
    record.has_any(flags::PAIRED)
        && !record.has_any(apart)
        && record.has_any(ends)
        && record.flags() & ends != ends
        && record.mate_contig() == record.contig()
}

fn fit(first: &RecordRef<'_>, second: &RecordRef<'_>) -> bool {
    let (Some(start), Some(later)) = (first.position(), second.position()) else { return false };
    let end = first.reference_end().max(second.reference_end()).unwrap_or(start);
    let length = (end - start) as i32;
    let knows = |one: &RecordRef<'_>, other: &RecordRef<'_>| {
        one.mate_position() == other.position()
            && one.has_any(flags::MATE_REVERSE) == other.has_any(flags::REVERSE)
    };
    start < later
        && first.has_any(flags::FIRST) != second.has_any(flags::FIRST)
        && knows(first, second)
        && knows(second, first)
        && first.template_length() == length
        && second.template_length() == -length
}
