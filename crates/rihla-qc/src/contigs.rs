//! Records and depth by contig, as `samtools idxstats` and mosdepth have them.

use std::collections::BTreeMap;

use rihla_core::record::flags;
use rihla_core::{Interval, Pack, RecordRef, Unpack};

use crate::counters::{add_all, counters};
use crate::depth::part;

/// Deeper bases are counted as if they were so deep, as mosdepth does it.
const DEEPEST: u32 = 400_000 - 10;

/// How deep the bases of a contig are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DepthSpread {
    /// Sum of depths.
    pub depth_sum: u64,
    /// The greatest depth.
    pub highest: u32,
    /// Bases by depth, as far as the greatest; what is deeper than 399,990 counts as that deep.
    pub histogram: Vec<u64>,
}

impl DepthSpread {
    fn add(&mut self, depths: &[u32]) {
        let highest = depths.iter().copied().max().unwrap_or(0);
        self.highest = self.highest.max(highest);
        let last = highest.min(DEEPEST) as usize;
        if self.histogram.len() <= last {
            self.histogram.resize(last + 1, 0);
        }
        for &depth in depths {
            self.histogram[depth.min(DEEPEST) as usize] += 1;
            self.depth_sum += u64::from(depth);
        }
    }

    /// Adds other bases.
    pub fn merge(&mut self, other: &Self) {
        self.depth_sum += other.depth_sum;
        self.highest = self.highest.max(other.highest);
        add_all(&mut self.histogram, &other.histogram);
    }

    /// Number of bases.
    #[must_use]
    pub fn bases(&self) -> u64 {
        self.histogram.iter().sum()
    }

    /// The lowest depth; 0 where there is no base.
    #[must_use]
    pub fn lowest(&self) -> usize {
        self.histogram.iter().position(|&bases| bases > 0).unwrap_or(0)
    }
}

impl Pack for DepthSpread {
    fn pack(&self, out: &mut Vec<u8>) {
        (self.depth_sum, self.highest).pack(out);
        self.histogram.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self { depth_sum: from.read()?, highest: from.read()?, histogram: from.read()? })
    }
}

counters! {
    /// Records with a place, of all kinds.
    pub struct PlacedCounts {
        /// Mapped ones.
        mapped,
        /// Those that are not mapped and have the place of their mate.
        unmapped,
    }
}

/// What is known of one contig.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContigCounts {
    /// Its records.
    pub records: PlacedCounts,
    /// Depth of all of its bases, ambiguous ones too.
    pub depth: DepthSpread,
    /// Depth of those in the regions that were asked for.
    pub target_depth: DepthSpread,
}

impl ContigCounts {
    /// Counts a record of the contig.
    pub(crate) fn add(&mut self, record: RecordRef<'_>) {
        let is_mapped = !record.has_any(flags::UNMAPPED);
        self.records.mapped += u64::from(is_mapped);
        self.records.unmapped += u64::from(!is_mapped);
    }

    /// Counts the bases of a window.
    pub(crate) fn add_depths(&mut self, window: Interval, targets: &[Interval], depths: &[u32]) {
        self.depth.add(depths);
        targets.iter().for_each(|target| self.target_depth.add(part(window, target, depths)));
    }

    fn merge(&mut self, other: &Self) {
        self.records.merge(&other.records);
        self.depth.merge(&other.depth);
        self.target_depth.merge(&other.target_depth);
    }
}

impl Pack for ContigCounts {
    fn pack(&self, out: &mut Vec<u8>) {
        self.records.pack(out);
        self.depth.pack(out);
        self.target_depth.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self { records: from.read()?, depth: from.read()?, target_depth: from.read()? })
    }
}

/// Contigs by id, and the records that have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContigTable {
    /// Those of which a bin was counted.
    pub contigs: BTreeMap<u32, ContigCounts>,
    /// Records without a place.
    pub unplaced: u64,
}

impl ContigTable {
    /// Adds the counts of other bins.
    pub fn merge(&mut self, other: &Self) {
        self.unplaced += other.unplaced;
        other.contigs.iter().for_each(|(&id, counts)| self.contigs.entry(id).or_default().merge(counts));
    }
}

impl Pack for ContigTable {
    fn pack(&self, out: &mut Vec<u8>) {
        self.unplaced.pack(out);
        self.contigs.len().pack(out);
        for (id, counts) in &self.contigs {
            id.pack(out);
            counts.pack(out);
        }
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let (unplaced, count) = (from.read()?, from.read::<usize>()?);
        let contigs = (0..count).map(|_| Some((from.read()?, from.read()?))).collect::<Option<_>>()?;
        Some(Self { contigs, unplaced })
    }
}
