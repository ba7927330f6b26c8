//! Depth of coverage, base by base: mosdepth's (`cover.rs`), of the regions given, which leave out the
//! reference's N, unlike mosdepth.

use rihla_core::{Interval, Pack, RecordArena, Unpack};

use crate::cover::plain_depths;
use crate::insert::median;

/// The histogram's last entry holds all bases of this depth or more.
pub const DEPTH_CAP: usize = 250;

/// Reference bases by depth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepthCounts {
    /// Reference bases looked at.
    pub bases: u64,
    /// Sum of their depths, not capped.
    pub depth_sum: u64,
    /// Bases of depth 0, 1, ... and at the end of [`DEPTH_CAP`] or more.
    pub histogram: Vec<u64>,
}

impl Default for DepthCounts {
    fn default() -> Self {
        Self { bases: 0, depth_sum: 0, histogram: vec![0; DEPTH_CAP + 1] }
    }
}

impl DepthCounts {
    /// Depth in `regions`, which lie in `window`.
    ///
    /// `records` are sorted by position and hold every record that overlaps the window, whoever owns
    /// it; others do no harm.
    #[must_use]
    pub fn of(window: Interval, regions: &[Interval], records: &RecordArena) -> Self {
        if regions.is_empty() {
            return Self::default();
        }
        Self::in_regions(window, regions, &plain_depths(window, records))
    }

    /// What the depths of a window are in `regions`, which lie in it.
    pub(crate) fn in_regions(window: Interval, regions: &[Interval], depths: &[u32]) -> Self {
        let mut counts = Self::default();
        for region in regions {
            for &depth in part(window, region, depths) {
                counts.histogram[(depth as usize).min(DEPTH_CAP)] += 1;
                counts.depth_sum += u64::from(depth);
            }
            counts.bases += u64::from(region.len());
        }
        counts
    }

    /// Adds the counts of other bases.
    pub fn merge(&mut self, other: &Self) {
        self.bases += other.bases;
        self.depth_sum += other.depth_sum;
        self.histogram.iter_mut().zip(&other.histogram).for_each(|(mine, more)| *mine += more);
    }

    /// Bases of at least this depth, which must not be above [`DEPTH_CAP`].
    #[must_use]
    pub fn bases_at_least(&self, depth: usize) -> u64 {
        self.histogram[depth..].iter().sum()
    }

    /// Median depth: the smallest that at least half of the bases do not exceed, at most the cap.
    #[must_use]
    pub fn median(&self) -> Option<u32> {
        median(&self.histogram)
    }
}

impl Pack for DepthCounts {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { bases, depth_sum, histogram } = self;
        (*bases, *depth_sum).pack(out);
        histogram.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let counts = Self { bases: from.read()?, depth_sum: from.read()?, histogram: from.read()? };
        (counts.histogram.len() == DEPTH_CAP + 1).then_some(counts)
    }
}

/// The depths of a region of a window.
pub(crate) fn part<'a>(window: Interval, region: &Interval, depths: &'a [u32]) -> &'a [u32] {
    &depths[(region.start - window.start) as usize..(region.end - window.start) as usize]
}
