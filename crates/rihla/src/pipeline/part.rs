//! A part of a run, one of several that `rihla gather` puts together.
//!
//! A line belongs to the part that holds its first base, whatever it covers beyond. So the lines of all parts, one behind
//! the other, are those of the whole: a deletion is written where it begins and still takes its bases out of the blocks of the next
//! part, and a block is followed beyond the part's end until it is whole. Whether a block begins at a base depends on the
//! base before and on the deletions near it alone, so that each part finds out by itself.

mod line;

use std::path::Path;

use anyhow::Result;
use rihla_core::{Contigs, Interval, IntervalSet};

use super::bins::{self, CALL_BASES};

pub use line::{KEY, PartLine, Sources};

/// The bases whose lines are written.
pub struct Part {
    inside: IntervalSet,
}

/// A stretch of the genome that is called in one go, and the run of stretches that it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// What is called.
    pub interval: Interval,
    /// All that follows without a gap.
    pub run: Interval,
}

impl Part {
    /// Reads the intervals of a BED file.
    ///
    /// # Errors
    /// As [`bins::read_regions`].
    pub fn read(path: Option<&Path>, contigs: &Contigs) -> Result<Option<Self>> {
        let inside = bins::read_bed_with_bases(path, contigs, "--part")?;
        Ok(inside.map(|inside| Self { inside }))
    }

    /// The bases.
    #[must_use]
    pub fn inside(&self) -> &IntervalSet {
        &self.inside
    }

    /// Whether a line that begins there is the part's.
    #[must_use]
    pub fn holds(&self, contig: u32, position: u32) -> bool {
        self.inside.contains(contig, position)
    }

    /// What is to be called, where lines depend on `lead` bases before them.
    #[must_use]
    pub fn stretches(&self, lead: u32) -> Vec<Stretch> {
        let led = |&Interval { contig, start, end }: &Interval| {
            Interval::new(contig, start.saturating_sub(lead), end)
        };
        let runs = IntervalSet::new(self.inside.as_slice().iter().map(led).collect());
        let cut = |&run: &Interval| {
            bins::cut_interval(run, CALL_BASES).map(move |interval| Stretch { interval, run })
        };
        runs.as_slice().iter().flat_map(cut).collect()
    }
}

/// The whole genome as stretches, each contig a run.
#[must_use]
pub fn whole(contigs: &Contigs) -> Vec<Stretch> {
    let all = (0..).zip(contigs.iter()).map(|(id, contig)| Interval::new(id, 0, contig.length));
    all.flat_map(|run| bins::cut_interval(run, CALL_BASES).map(move |interval| Stretch { interval, run }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_join_what_is_near() {
        let intervals = [(0, 100, 200), (0, 5_000, 6_000), (0, 6_500, 6_600), (1, 0, 50)];
        let inside =
            IntervalSet::new(intervals.map(|(contig, start, end)| Interval::new(contig, start, end)).into());
        let part = Part { inside };
        let runs: Vec<Interval> = part.stretches(1_000).into_iter().map(|stretch| stretch.run).collect();
        let expected = [(0, 0, 200), (0, 4_000, 6_600), (1, 0, 50)];
        assert_eq!(runs, expected.map(|(contig, start, end)| Interval::new(contig, start, end)));
        assert!(part.holds(0, 5_999) && !part.holds(0, 6_000) && !part.holds(1, 5_000));
    }

    #[test]
    fn long_runs_are_cut() {
        let part = Part { inside: IntervalSet::new(vec![Interval::new(0, 10, 2 * CALL_BASES + 20)]) };
        let lengths: Vec<u32> = part.stretches(0).iter().map(|stretch| stretch.interval.len()).collect();
        assert_eq!(lengths, [CALL_BASES, CALL_BASES, 10]);
    }
}
