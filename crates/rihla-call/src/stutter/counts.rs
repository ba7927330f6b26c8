//! What lengths reads show at the repeats of the reference: the counts that [`super::learn()`] goes by.
//!
//! A read counts when it reaches well beyond both ends of a repeat. Its length there is what its alignment
//! says, so that no haplotype is needed.

use std::collections::BTreeMap;

use rihla_core::record::{NO_MAPQ, flags};
use rihla_core::{Interval, OpKind, RecordArena, RecordRef, Reference};

use crate::gap_penalty;
use crate::prior;
use crate::slippage::MIN_UNITS;

/// Bases that a read must have aligned on both sides of a repeat: an aligner rather takes mismatches than a
/// gap near the end of a read.
const FLANK: u32 = 10;
/// Longer repeats are spanned by few reads.
const MAX_BASES: u32 = 100;
/// Reads of a lower mapping quality may be of another repeat.
const MIN_MAPPING_QUALITY: u8 = 20;
/// Places with fewer reads say nothing.
const MIN_READS: u32 = 4;
/// Places with more reads are of repeats that the reference lacks.
const MAX_READS: u32 = 1_000;
/// Longest unit that is counted.
pub const MAX_PERIOD: usize = 6;
/// Repeats of more units count with those of so many.
pub const MAX_UNITS: usize = 20;

/// A kind of repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// Bases of a unit, 1 to [`MAX_PERIOD`].
    pub period: u8,
    /// Units on the reference, at most [`MAX_UNITS`].
    pub units: u8,
}

/// How many reads show what length at one place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lengths {
    /// One unit less than the reference.
    pub shorter: u32,
    /// As many units.
    pub same: u32,
    /// One unit more.
    pub longer: u32,
}

/// Places by kind of repeat and by what reads show there. Integers, so that parts add up to the same whatever
/// their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepeatCounts {
    places: BTreeMap<(Kind, Lengths), u64>,
}

/// A repeat of the reference and what reads show of it.
#[derive(Debug)]
struct Place {
    start: u32,
    end: u32,
    period: u32,
    lengths: Lengths,
    /// Reads with any other change of length.
    other: u32,
}

impl RepeatCounts {
    /// Counts at the repeats that start in `interval`; `records` are sorted by coordinate and those that
    /// overlap the interval with two hundred bases beside it.
    #[must_use]
    pub fn of(reference: &Reference, interval: Interval, records: &RecordArena) -> Self {
        let area = interval.padded(2 * MAX_BASES, reference.contigs().get(interval.contig).length);
        let codes = reference.fetch(area.contig, area.start, area.end);
        let mut places = places(&codes, area.start, interval);
        for record in records.iter().filter(|record| is_counted(record, interval.contig)) {
            count(&record, &codes, area.start, &mut places);
        }
        let mut counts = Self::default();
        for place in &places {
            if let Some(kind) = place.judged() {
                counts.add_places(kind, place.lengths, 1);
            }
        }
        counts
    }

    /// Adds another part's counts.
    pub fn add(&mut self, other: &Self) {
        other.places.iter().for_each(|(&(kind, lengths), &places)| self.add_places(kind, lengths, places));
    }

    /// Adds so many places at which reads show these lengths.
    pub fn add_places(&mut self, kind: Kind, lengths: Lengths, places: u64) {
        *self.places.entry((kind, lengths)).or_default() += places;
    }

    /// Number of places.
    #[must_use]
    pub fn places(&self) -> u64 {
        self.places.values().sum()
    }

    /// Kinds, lengths, and how many places are alike in both; in the order of the kinds.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, Lengths, u64)> + '_ {
        self.places.iter().map(|(&(kind, lengths), &places)| (kind, lengths, places))
    }
}

impl Lengths {
    /// All reads.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.shorter + self.same + self.longer
    }
}

impl Place {
    /// The kind of a place whose reads can be made sense of.
    fn judged(&self) -> Option<Kind> {
        let total = self.lengths.total();
        let clear = self.other <= 1 + total / 10;
        let units = ((self.end - self.start) / self.period).min(MAX_UNITS as u32);
        (clear && (MIN_READS..=MAX_READS).contains(&total))
            .then_some(Kind { period: self.period as u8, units: units as u8 })
    }
}

/// The repeats that start in `interval`, by start. `codes` start at `origin`.
fn places(codes: &[u8], origin: u32, interval: Interval) -> Vec<Place> {
    let mut out = Vec::new();
    for period in 1..=MAX_PERIOD {
        for run in gap_penalty::repeats(codes, period) {
            let (start, end) = (origin + run.start as u32, origin + run.end as u32);
            let units = (run.end - run.start) / period;
            let inside = run.start > 0 && run.end < codes.len() && end - start <= MAX_BASES;
            let common = units >= MIN_UNITS[period - 1];
            let primitive = prior::period(&codes[run.start..run.start + period]) == period;
            if inside && common && primitive && interval.contains(interval.contig, start) {
                let lengths = Lengths::default();
                out.push(Place { start, end, period: period as u32, lengths, other: 0 });
            }
        }
    }
    out.sort_by_key(|place| (place.start, place.period));
    out
}

fn is_counted(record: &RecordRef<'_>, contig: u32) -> bool {
    const UNFIT: u16 =
        flags::UNMAPPED | flags::SECONDARY | flags::SUPPLEMENTARY | flags::QC_FAIL | flags::DUPLICATE;
    let mapq = record.mapq();
    !record.has_any(UNFIT)
        && record.contig() == Some(contig)
        && mapq != NO_MAPQ
        && mapq >= MIN_MAPPING_QUALITY
        && record.sequence_len() > 0
}

/// Counts one read at all places that it spans.
fn count(record: &RecordRef<'_>, codes: &[u8], origin: u32, places: &mut [Place]) {
    let (Some(start), Some(end)) = (record.position(), record.reference_end()) else { return };
    let first = places.partition_point(|place| place.start < start + FLANK);
    let spoken = spoken_for(record, start, end);
    for place in places[first..].iter_mut().take_while(|place| place.start < end) {
        if place.end + FLANK > end || place.start < spoken {
            continue;
        }
        match steps(record, start, codes, origin, place) {
            Some(0) => place.lengths.same += 1,
            Some(-1) => place.lengths.shorter += 1,
            Some(1) => place.lengths.longer += 1,
            _ => place.other += 1,
        }
    }
}

/// Places that start before this are those of the mate, which lies before and likely spans them, too: both are
/// copies of one molecule.
fn spoken_for(record: &RecordRef<'_>, start: u32, end: u32) -> u32 {
    let paired = record.has_any(flags::PAIRED) && !record.has_any(flags::MATE_UNMAPPED);
    let mate = record.mate_position().filter(|_| paired && record.mate_contig() == record.contig());
    let Some(mate) = mate else { return 0 };
    let second = mate < start || (mate == start && record.has_any(flags::LAST));
    if second { (mate + (end - start)).saturating_sub(FLANK) } else { 0 }
}

/// By how many units a read differs from the reference at a place that it spans; `None` where it has a
/// difference in length that is not of whole units.
fn steps(record: &RecordRef<'_>, start: u32, codes: &[u8], origin: u32, place: &Place) -> Option<i64> {
    let (mut at, mut position, mut bases) = (0usize, start, 0i64);
    for op in record.cigar() {
        let len = op.len();
        match op.kind() {
            OpKind::Insertion if (place.start..=place.end).contains(&position) => {
                let unit = |i: usize| {
                    let offset = (position - place.start) as usize + i;
                    codes[(place.start - origin) as usize + offset % place.period as usize]
                };
                if (0..len as usize).any(|i| record.base(at + i) != unit(i)) {
                    return None;
                }
                bases += i64::from(len);
            }
            OpKind::Deletion | OpKind::Skip if position < place.end && position + len > place.start => {
                if position < place.start || position + len > place.end || op.kind() == OpKind::Skip {
                    return None;
                }
                bases -= i64::from(len);
            }
            _ => {}
        }
        at += if op.kind().consumes_read() { len as usize } else { 0 };
        position += if op.kind().consumes_reference() { len } else { 0 };
        if position > place.end {
            break;
        }
    }
    let period = i64::from(place.period);
    (bases % period == 0).then_some(bases / period)
}

#[cfg(test)]
mod tests;
