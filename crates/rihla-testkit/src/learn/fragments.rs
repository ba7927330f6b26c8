//! Counts of fragment lengths.

use crate::profile::LengthShares;

use super::add_counts;

/// Longest fragment that is counted, in bases.
const LONGEST: usize = 10_000;
/// Fragments that must have been seen before their lengths are told.
const ENOUGH: u64 = 500;
/// Shares of the fragments that are left away at either end: they are mistakes of the alignment mostly.
const TRIMMED: f64 = 0.0005;
/// Bins of the histogram, at most.
const BINS: usize = 200;
/// Share of pairs that must overlap for their lengths to stand for all.
const OVERLAPPING: f64 = 0.95;

/// Counts by length.
#[derive(Clone, Debug)]
pub(super) struct FragmentCounts {
    lengths: Vec<u64>,
    /// Pairs that were searched for an overlap.
    looked_at: u64,
}

impl Default for FragmentCounts {
    fn default() -> Self {
        Self { lengths: vec![0; LONGEST + 1], looked_at: 0 }
    }
}

impl FragmentCounts {
    /// Counts a pair whose length may come to light.
    pub(super) const fn add_looked_at(&mut self) {
        self.looked_at += 1;
    }

    /// Counts a length in bases.
    pub(super) fn add(&mut self, length: usize) {
        if let Some(count) = self.lengths.get_mut(length) {
            *count += 1;
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        add_counts(&mut self.lengths, &other.lengths);
        self.looked_at += other.looked_at;
    }

    pub(super) fn count(&self) -> u64 {
        self.lengths.iter().sum()
    }

    /// Share of the pairs whose fragment is shorter than this; none when none was seen.
    pub(super) fn share_below(&self, length: usize) -> Option<f64> {
        let all = self.looked_at.max(self.count());
        let short: u64 = self.lengths.iter().take(length).sum();
        (all > 0 && self.count() > 0).then(|| short as f64 / all as f64)
    }

    /// The distribution; none when it was not seen.
    pub(super) fn finish(&self, aligned: bool, notes: &mut Vec<String>) -> Option<LengthShares> {
        let count = self.count();
        if !aligned && count as f64 <= self.looked_at as f64 * OVERLAPPING {
            let share = 100.0 * count as f64 / self.looked_at.max(1) as f64;
            notes.push(format!(
                "fragment lengths: only {share:.1} % of the pairs overlap, and the others' lengths do not show; \
                 give --bam and --ref"
            ));
            return None;
        }
        if count < ENOUGH {
            notes.push(format!("fragment lengths: only {count} were seen ({ENOUGH} are needed)"));
            return None;
        }
        let quantile = |share: f64| {
            let mut sum = 0;
            let reached = |&n: &u64| {
                sum += n;
                sum as f64 >= share * count as f64
            };
            self.lengths.iter().position(reached).unwrap_or(LONGEST)
        };
        let (first, last) = (quantile(TRIMMED), quantile(1.0 - TRIMMED));
        let width = (last + 1 - first).div_ceil(BINS);
        let bins = self.lengths[first..=last].chunks(width).map(|bin| bin.iter().sum::<u64>() as f64);
        Some(LengthShares { first: first as u32, width: width as u32, shares: bins.collect() })
    }
}
