//! What was trimmed: counts per batch, to be merged over batches in any order.

use crate::counts::ReadCounts;

/// Reads from which something was cut, and the bases that were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Reads.
    pub reads: u64,
    /// Bases.
    pub bases: u64,
}

impl Cut {
    fn add(&mut self, bases: usize) {
        self.reads += u64::from(bases > 0);
        self.bases += bases as u64;
    }

    fn merge(&mut self, other: Self) {
        self.reads += other.reads;
        self.bases += other.bases;
    }
}

/// Counts of trimming. Merging commutes, so threads do not show in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrimCounts {
    /// Tails of G.
    pub poly_g: Cut,
    /// Tails of low quality.
    pub quality: Cut,
    /// Adapters.
    pub adapter: Cut,
    /// Reads of which too little was left; what was cut from them is in the counts above, though they stay whole.
    pub too_short: u64,
    /// Reads that are fit to be aligned, as they are after trimming.
    pub after: ReadCounts,
}

impl TrimCounts {
    /// Counts a read by its length before the first step and after each.
    pub(super) fn add(&mut self, [whole, poly_g, quality, adapter]: [usize; 4]) {
        self.poly_g.add(whole - poly_g);
        self.quality.add(poly_g - quality);
        self.adapter.add(quality - adapter);
    }

    /// Adds the counts of other reads.
    pub fn merge(&mut self, other: &Self) {
        self.poly_g.merge(other.poly_g);
        self.quality.merge(other.quality);
        self.adapter.merge(other.adapter);
        self.too_short += other.too_short;
        self.after.merge(&other.after);
    }
}
