//! Spans of pairs by orientation, as Picard CollectInsertSizeMetrics takes them.

use std::collections::BTreeMap;

use rihla_core::record::flags;
use rihla_core::{Pack, RecordRef, Unpack};

use crate::counters::{add_all, add_at};
use crate::facts::Facts;

/// Shorter spans have a place of their own in a list; longer ones, few and far between, are in a map.
const NEAR: u32 = 4_096;

/// How the mates of a pair on one contig lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orientation {
    /// Towards each other.
    Fr = 0,
    /// Away from each other.
    Rf = 1,
    /// The same way.
    Tandem = 2,
}

impl Orientation {
    /// All of them, in Picard's order.
    pub const ALL: [Self; 3] = [Self::Fr, Self::Rf, Self::Tandem];

    /// Picard's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fr => "FR",
            Self::Rf => "RF",
            Self::Tandem => "TANDEM",
        }
    }

    /// That of a record whose mate lies on the same contig: by the 5' ends, that of a mate on the reverse strand by
    /// TLEN.
    pub(crate) fn of(record: RecordRef<'_>) -> Self {
        let is_reverse = record.has_any(flags::REVERSE);
        if is_reverse == record.has_any(flags::MATE_REVERSE) {
            return Self::Tandem;
        }
        let faces_inward = match is_reverse {
            // The last base is one before the end; the mate's first base must come before it.
            true => record.mate_position().map(|mate| mate + 1) < record.reference_end(),
            false => record.template_length() > 0,
        };
        if faces_inward { Self::Fr } else { Self::Rf }
    }
}

/// How often each length was seen; any length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LengthCounts {
    near: Vec<u64>,
    far: BTreeMap<u32, u64>,
}

impl LengthCounts {
    /// Counts one.
    pub fn add(&mut self, length: u32) {
        match length < NEAR {
            true => add_at(&mut self.near, length as usize),
            false => *self.far.entry(length).or_default() += 1,
        }
    }

    /// Adds the counts of another.
    pub fn merge(&mut self, other: &Self) {
        add_all(&mut self.near, &other.near);
        other.far.iter().for_each(|(&length, count)| *self.far.entry(length).or_default() += count);
    }

    /// The lengths that were seen, and how often, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u64)> {
        let near = self.near.iter().enumerate().filter(|(_, count)| **count > 0);
        let near = near.map(|(length, &count)| (length as u32, count));
        near.chain(self.far.iter().map(|(&length, &count)| (length, count)))
    }
}

impl Pack for LengthCounts {
    fn pack(&self, out: &mut Vec<u8>) {
        self.near.pack(out);
        self.far.iter().map(|(&length, &count)| (length, count)).collect::<Vec<_>>().pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let (near, far) = (from.read()?, from.read::<Vec<(u32, u64)>>()?);
        Some(Self { near, far: far.into_iter().collect() })
    }
}

/// Spans of pairs; each pair counts by its last mate. Duplicates, and pairs without a span, do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PairSpans {
    by_orientation: [LengthCounts; 3],
}

impl PairSpans {
    pub(crate) fn add(&mut self, facts: &Facts<'_>) {
        let span = facts.record.template_length().unsigned_abs();
        let counts = facts.is_primary() && facts.both_mapped() && span > 0;
        if counts && !facts.has(flags::FIRST | flags::DUPLICATE) {
            self.by_orientation[Orientation::of(facts.record) as usize].add(span);
        }
    }

    /// Adds the pairs of another.
    pub fn merge(&mut self, other: &Self) {
        self.by_orientation.iter_mut().zip(&other.by_orientation).for_each(|(mine, more)| mine.merge(more));
    }

    /// Those of one orientation.
    #[must_use]
    pub const fn of(&self, orientation: Orientation) -> &LengthCounts {
        &self.by_orientation[orientation as usize]
    }
}

impl Pack for PairSpans {
    fn pack(&self, out: &mut Vec<u8>) {
        self.by_orientation.iter().for_each(|counts| counts.pack(out));
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self { by_orientation: [from.read()?, from.read()?, from.read()?] })
    }
}
