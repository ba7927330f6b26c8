//! Counts of indel errors, by period and copies of the tandem repeat they lie in.

use crate::profile::{IndelTables, RepeatRates};
use crate::repeats::MAX_PERIOD;
use crate::sequencer::slips::{MAX_UNITS, usual_rate};

use super::{add_counts, rounded};

/// Reads across repeats that must have been seen before anything is said.
const ENOUGH_READS: u64 = 10_000;
/// Reads at the usual rate that count beside those seen.
const PRIOR_READS: f64 = 100.0;
/// Fewest copies that make a repeat of one base, and of longer units.
const FIRST_UNITS: [u32; 2] = [4, 3];

/// Reads of one kind of repeat: all, with a copy lost, with a copy gained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RepeatCounts {
    pub(super) reads: u64,
    pub(super) loss: u64,
    pub(super) gain: u64,
}

/// Counts of indel errors.
#[derive(Clone, Debug)]
pub(super) struct IndelCounts {
    /// By period less one, and copies.
    repeats: Vec<RepeatCounts>,
    /// Aligned bases, and bases lost and gained outside of repeats.
    background: RepeatCounts,
}

impl Default for IndelCounts {
    fn default() -> Self {
        let cells = usize::from(MAX_PERIOD) * (MAX_UNITS + 1);
        Self { repeats: vec![RepeatCounts::default(); cells], background: RepeatCounts::default() }
    }
}

impl std::ops::AddAssign for RepeatCounts {
    fn add_assign(&mut self, other: Self) {
        self.reads += other.reads;
        self.loss += other.loss;
        self.gain += other.gain;
    }
}

impl IndelCounts {
    /// Counts the reads of one repeat.
    pub(super) fn add_repeat(&mut self, period: u8, units: u32, counts: RepeatCounts) {
        let at = (usize::from(period) - 1) * (MAX_UNITS + 1) + (units as usize).min(MAX_UNITS);
        self.repeats[at] += counts;
    }

    /// Counts aligned bases, and gaps outside of repeats.
    pub(super) fn add_background(&mut self, counts: RepeatCounts) {
        self.background += counts;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        add_counts(&mut self.repeats, &other.repeats);
        self.background += other.background;
    }

    /// The tables; none when too few repeats were read.
    pub(super) fn finish(&self, notes: &mut Vec<String>) -> Option<IndelTables> {
        let reads: u64 = self.repeats.iter().map(|counts| counts.reads).sum();
        if reads < ENOUGH_READS {
            notes.push(
                "indel errors: too few tandem repeats were read across at depth 8 or more; rates usual for \
                 PCR-free libraries are taken"
                    .to_owned(),
            );
            return None;
        }
        let rate = |count: u64| rounded(count as f64 / self.background.reads.max(1) as f64);
        Some(IndelTables {
            background: [rate(self.background.loss), rate(self.background.gain)],
            repeats: (1..=MAX_PERIOD).map(|period| self.rates(period)).collect(),
        })
    }

    fn rates(&self, period: u8) -> RepeatRates {
        let first_units = FIRST_UNITS[usize::from(period > 1)];
        let row = &self.repeats[(usize::from(period) - 1) * (MAX_UNITS + 1)..][..=MAX_UNITS];
        let last = row.iter().rposition(|counts| counts.reads > 0).unwrap_or(0).max(first_units as usize + 8);
        let mut table = RepeatRates { period, first_units, loss: vec![], gain: vec![], reads: vec![] };
        let (mut losses, mut gains) = (Vec::new(), Vec::new());
        for units in first_units..=last.min(MAX_UNITS) as u32 {
            let counts = row[units as usize];
            let [loss, gain] = usual_rate(period, units).map(|usual| usual * PRIOR_READS);
            let reads = counts.reads as f64 + PRIOR_READS;
            losses.push((counts.loss as f64 + loss, reads));
            gains.push((counts.gain as f64 + gain, reads));
            table.reads.push(counts.reads);
        }
        (table.loss, table.gain) = (ascending(&losses), ascending(&gains));
        table
    }
}

/// Rates of events in reads, where longer repeats err no less than shorter ones: neighbors that contradict
/// that share their events and reads (pooling of adjacent violators).
fn ascending(counts: &[(f64, f64)]) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for &(events, reads) in counts {
        pools.push((events, reads, 1));
        while let [.., one, two] = pools[..]
            && one.0 * two.1 > two.0 * one.1
        {
            pools.truncate(pools.len() - 2);
            pools.push((one.0 + two.0, one.1 + two.1, one.2 + two.2));
        }
    }
    let rate = |&(events, reads, length): &(f64, f64, usize)| {
        std::iter::repeat_n(rounded((events / reads).min(0.4)), length)
    };
    pools.iter().flat_map(rate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_repeats_err_no_less() {
        let counts = [(1.0, 100.0), (3.0, 100.0), (0.0, 100.0), (9.0, 100.0)];
        assert_eq!(ascending(&counts), [0.01, 0.015, 0.015, 0.09]);
        assert_eq!(ascending(&[(4.0, 10.0), (1.0, 10.0), (0.0, 20.0)]), [0.125; 3]);
    }

    #[test]
    fn seldom_seen_repeats_lean_on_the_usual_rate() {
        let mut counts = IndelCounts::default();
        counts.add_repeat(1, 4, RepeatCounts { reads: 50_000, loss: 5, gain: 10 });
        counts.add_repeat(1, 9, RepeatCounts { reads: 1900, loss: 30, gain: 80 });
        let table = &counts.finish(&mut Vec::new()).expect("enough").repeats[0];
        assert!((table.gain[0] / 2e-4 - 1.0).abs() < 0.02 && (0.03..0.0402).contains(&table.gain[5]));
        assert!(table.gain.windows(2).all(|two| two[0] <= two[1]));
        assert_eq!(IndelCounts::default().finish(&mut Vec::new()), None);
    }
}
