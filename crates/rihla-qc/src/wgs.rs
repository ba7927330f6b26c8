//! Good depth and what was left out of it, as Picard CollectWgsMetrics counts.

use rihla_core::record::flags;
use rihla_core::{Interval, Pack, Unpack};

use crate::counters::{add_all, counters};
use crate::cover::{Cover, GOOD};
use crate::depth::part;
use crate::facts::Facts;

/// Deeper bases are counted as if they were so deep.
pub const GOOD_DEPTH_CAP: usize = 250;

counters! {
    /// Aligned bases that do not count, each for the first of these reasons that holds.
    pub struct LeftOut {
        /// The read is adapter: it begins as one does, and its mapping quality is 0.
        adapter,
        /// The mapping quality is below 20.
        mapq,
        /// The record is a duplicate.
        duplicate,
        /// The read has no mapped mate.
        unpaired,
        /// The base is N, or its quality below 20.
        quality,
        /// The template counts here already.
        overlap,
        /// Deeper than [`GOOD_DEPTH_CAP`].
        capped,
    }
}

/// Good depth of the reference's known bases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoodDepth {
    /// Bases by depth; the last entry is of [`GOOD_DEPTH_CAP`] or more.
    pub histogram: Vec<u64>,
    /// What did not count.
    pub left_out: LeftOut,
}

impl GoodDepth {
    /// Counts what of a record is left out as a whole.
    pub(crate) fn add(&mut self, facts: &Facts<'_>) {
        let left_out = &mut self.left_out;
        let bases = u64::from(facts.aligned);
        if facts.has(flags::SECONDARY) {
        } else if facts.is_adapter {
            left_out.adapter += bases;
        } else if facts.record.mapq() < GOOD {
            left_out.mapq += bases;
        } else if facts.has(flags::DUPLICATE) {
            left_out.duplicate += bases;
        } else if !facts.has(flags::PAIRED) || facts.has(flags::MATE_UNMAPPED) {
            left_out.unpaired += bases;
        }
    }

    /// Counts the known bases of a window.
    pub(crate) fn add_depths(&mut self, window: Interval, known: &[Interval], cover: &Cover) {
        self.histogram.resize(GOOD_DEPTH_CAP + 1, 0);
        self.left_out.quality += cover.bad_bases;
        self.left_out.overlap += cover.overlaps;
        for &depth in known.iter().flat_map(|region| part(window, region, &cover.good)) {
            let capped = (depth as usize).min(GOOD_DEPTH_CAP);
            self.histogram[capped] += 1;
            self.left_out.capped += u64::from(depth) - capped as u64;
        }
    }

    /// Adds other bases.
    pub fn merge(&mut self, other: &Self) {
        add_all(&mut self.histogram, &other.histogram);
        self.left_out.merge(&other.left_out);
    }
}

impl Pack for GoodDepth {
    fn pack(&self, out: &mut Vec<u8>) {
        self.histogram.pack(out);
        self.left_out.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self { histogram: from.read()?, left_out: from.read()? })
    }
}
