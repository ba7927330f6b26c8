//! Counters of one genome bin.

use rihla_core::{Interval, Pack, RecordArena, Unpack};

use crate::depth::DepthCounts;
use crate::insert::InsertHistogram;
use crate::records::RecordCounts;

/// What the records of a bin (or, merged, of the genome) are like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BinMetrics {
    /// Records by kind, of those whose position is in the bin.
    pub records: RecordCounts,
    /// Insert sizes, of the same records.
    pub inserts: InsertHistogram,
    /// Depth of the bin's bases, of all records.
    pub depth: DepthCounts,
}

impl BinMetrics {
    /// Counts a bin.
    ///
    /// `window` is the bin's stretch of the genome; `None` for the bin of records without a place, in
    /// which every record counts. `regions` say where in the window depth is counted (see
    /// [`counted_regions`](crate::counted_regions)). `records` are sorted by position, and hold beside
    /// the bin's own the copies of its neighbors' records that reach into it: those add to depth, but
    /// are counted as records in the bin of their position only.
    #[must_use]
    pub fn of(window: Option<Interval>, regions: &[Interval], records: &RecordArena) -> Self {
        let mut metrics = Self::default();
        for record in records.iter() {
            let owned = match (window, record.contig(), record.position()) {
                (None, _, _) => true,
                (Some(window), Some(contig), Some(position)) => window.contains(contig, position),
                (Some(_), _, _) => false,
            };
            if owned {
                metrics.records.add(record);
                metrics.inserts.add(record);
            }
        }
        if let Some(window) = window {
            metrics.depth = DepthCounts::of(window, regions, records);
        }
        metrics
    }

    /// Adds another bin.
    pub fn merge(&mut self, other: &Self) {
        self.records.merge(&other.records);
        self.inserts.merge(&other.inserts);
        self.depth.merge(&other.depth);
    }
}

impl Pack for BinMetrics {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { records, inserts, depth } = self;
        records.pack(out);
        inserts.pack(out);
        depth.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self { records: from.read()?, inserts: from.read()?, depth: from.read()? })
    }
}
