//! Reads by the G and C of the reference where they begin, as Picard CollectGcBiasMetrics counts.

use rihla_core::record::flags;
use rihla_core::{Pack, Unpack};

use crate::counters::{add_all, counters};
use crate::facts::Facts;
use crate::ground::{GC_WINDOW, Ground};

/// Percents of G and C.
pub const GC_BINS: usize = 101;
/// Up to so much G and C, what is lacking is lost to A and T.
const MIDDLE: usize = 50;

counters! {
    /// Records of all kinds.
    pub struct GcSums {
        /// Those of first mates, and single ones.
        clusters,
        /// Mapped ones.
        mapped,
    }
}

/// What is counted by percent of G and C.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GcCounts {
    /// Sums over all.
    pub sums: GcSums,
    /// Windows of the reference.
    pub windows: Vec<u64>,
    /// Records that begin in such a window: the leftmost base of a forward one begins it, the rightmost of a reverse one
    /// ends it.
    pub starts: Vec<u64>,
    /// Bases of these.
    pub bases: Vec<u64>,
    /// Their mismatches, inserted and deleted bases.
    pub errors: Vec<u64>,
}

impl GcCounts {
    /// Counts the windows of a bin.
    pub(crate) fn add_windows(&mut self, ground: &Ground<'_>) {
        for list in [&mut self.windows, &mut self.starts, &mut self.bases, &mut self.errors] {
            list.resize(GC_BINS, 0);
        }
        add_all(&mut self.windows, &ground.windows()[..GC_BINS]);
    }

    /// Counts a record of the bin, after its windows.
    pub(crate) fn add(&mut self, facts: &Facts<'_>, ground: Option<&Ground<'_>>) {
        let length = facts.record.sequence_len() as u64;
        if length == 0 {
            return;
        }
        self.sums.clusters += u64::from(!facts.has(flags::PAIRED) || facts.has(flags::FIRST));
        let (false, Some(ground), Some(start)) =
            (facts.has(flags::UNMAPPED), ground, facts.record.position())
        else {
            return;
        };
        self.sums.mapped += 1;
        // Picard takes positions that begin with 1 for such that begin with 0.
        let start = match facts.has(flags::REVERSE) {
            false => start + 1,
            true => facts.record.reference_end().unwrap_or(start).saturating_sub(GC_WINDOW),
        };
        if let Some(gc) = Some(start).filter(|start| *start > 0).and_then(|start| ground.gc_at(start)) {
            self.starts[gc] += 1;
            self.bases[gc] += length;
            self.errors[gc] += facts.mismatches + u64::from(facts.inserted) + u64::from(facts.deleted);
        }
    }

    /// Adds the counts of another bin.
    pub fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
        add_all(&mut self.windows, &other.windows);
        add_all(&mut self.starts, &other.starts);
        add_all(&mut self.bases, &other.bases);
        add_all(&mut self.errors, &other.errors);
    }
}

impl Pack for GcCounts {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { sums, windows, starts, bases, errors } = self;
        sums.pack(out);
        [windows, starts, bases, errors].into_iter().for_each(|counts| counts.pack(out));
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let (sums, windows, starts) = (from.read()?, from.read()?, from.read()?);
        Some(Self { sums, windows, starts, bases: from.read()?, errors: from.read()? })
    }
}

/// Coverage by G and C, worked out of what was counted.
#[derive(Clone, Debug)]
pub(crate) struct GcBias<'a> {
    counts: &'a GcCounts,
    /// Reads that begin in a window, on average.
    mean: f64,
}

impl<'a> GcBias<'a> {
    /// `None` without a read.
    pub fn of(counts: &'a GcCounts) -> Option<Self> {
        let windows: u64 = counts.windows.iter().sum();
        let starts: u64 = counts.starts.iter().sum();
        (counts.sums.mapped > 0 && counts.windows.len() == GC_BINS)
            .then(|| Self { counts, mean: starts as f64 / windows as f64 })
    }

    /// Reads that begin in a window of so much G and C, against the mean of all; `None` where there is no such window.
    pub fn normalized(&self, gc: usize) -> Option<f64> {
        self.of_windows(self.counts.starts[gc] as f64, gc)
    }

    /// The same of another number of reads.
    pub fn of_windows(&self, reads: f64, gc: usize) -> Option<f64> {
        let windows = self.counts.windows[gc];
        (windows > 0).then(|| reads / windows as f64 / self.mean)
    }

    /// The same of the windows of several percents together; 0 where there are none.
    pub fn normalized_in(&self, (first, last): (usize, usize)) -> f64 {
        let has_windows = (first..=last).filter(|&gc| self.counts.windows[gc] > 0);
        let (mut reads, mut windows) = (0.0, 0);
        for gc in has_windows {
            reads += self.counts.starts[gc] as f64;
            windows += self.counts.windows[gc];
        }
        if windows == 0 { 0.0 } else { reads / (windows as f64 * self.mean) }
    }

    /// Percents of reads that are lacking where there is little G and C, and where there is much.
    pub fn dropouts(&self) -> [f64; 2] {
        let sum = |counts: &[u64]| counts.iter().sum::<u64>() as f64;
        let (starts, windows) = (sum(&self.counts.starts), sum(&self.counts.windows));
        let mut dropouts = [0.0; 2];
        for gc in 0..GC_BINS {
            let (reads, all) = (self.counts.starts[gc] as f64, self.counts.windows[gc] as f64);
            let lacking = (all / windows - reads / starts) * 100.0;
            if lacking > 0.0 {
                dropouts[usize::from(gc > MIDDLE)] += lacking;
            }
        }
        dropouts
    }
}
