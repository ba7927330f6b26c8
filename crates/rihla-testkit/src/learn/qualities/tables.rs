//! From counts of qualities to the tables of a profile.

use std::collections::BTreeMap;

use crate::profile::qualities::squeeze;
use crate::profile::{ClassTables, MateQualities, TAIL_STEPS, TailTables};

use super::{CLASS_ENDS, LEVELS, MateCounts, by_quality, rounded, summed};
use crate::learn::ward::stretches;

/// Groups of preceding qualities.
const GROUPS: usize = 8;
/// Bins of cycles for alphabets of up to 10 qualities, and for longer ones.
const BINS: [usize; 2] = [24, 18];
/// Sum of the weights of a row, about.
const ROW_SUM: f64 = 4000.0;
/// Sum of the weights of tails, about: few reads have one.
const TAIL_SUM: f64 = 100_000.0;

impl MateCounts {
    /// One past the last cycle of each bin: cycles of a bin have like steps from quality to quality.
    fn bins(&self, cycles: usize, (alphabet, groups): (&[u8], &[u8])) -> Vec<usize> {
        let steps = |cycle: usize| {
            // The first cycle has no step to it; it goes with the second.
            let cycle = cycle.max(1);
            let (sums, _) = self.transitions(|_| true, cycle, cycle + 1);
            let mut steps = vec![0.0; alphabet.len() * alphabet.len()];
            for (&before, &group) in alphabet.iter().zip(groups) {
                for (place, &next) in alphabet.iter().enumerate() {
                    steps[usize::from(group) * alphabet.len() + place] +=
                        sums[usize::from(before) * LEVELS + usize::from(next)];
                }
            }
            steps
        };
        let steps: Vec<Vec<f64>> = (0..cycles).map(steps).collect();
        stretches(&steps, BINS[usize::from(alphabet.len() > 10)])
    }

    /// All tables of a mate.
    pub(super) fn tables(
        &self,
        classes: &BTreeMap<u8, usize>,
        (alphabet, groups): (&[u8], &[u8]),
        unknown_quality: u8,
    ) -> MateQualities {
        let by_cycle = self.by_cycle();
        let group_count = groups.iter().map(|&group| usize::from(group) + 1).max().unwrap_or(1);
        let ends = self.bins(by_cycle.len(), (alphabet, groups));
        let class = |class: usize| {
            // A class that no read fell into takes the tables of all reads.
            let empty = !classes.values().any(|&other| other == class);
            let wanted = |bucket: u8| empty || classes[&bucket] == class;
            let (first, _) = self.transitions(wanted, 0, 1);
            let mut tables = ClassTables {
                first: row(&by_quality(&first), alphabet),
                next: Vec::new(),
                unknown: Vec::new(),
                tails: self.tail_steps(wanted),
            };
            for (i, &end) in ends.iter().enumerate() {
                let start = if i == 0 { 0 } else { ends[i - 1] };
                let (mut sums, unknown) = self.transitions(wanted, start, end);
                let with_unknown = by_quality(&sums)[usize::from(unknown_quality)];
                tables.unknown.push(rounded((unknown / with_unknown.max(1.0)).min(1.0)));
                if start == 0 {
                    // The first cycle has no quality before it.
                    sums.iter_mut().zip(&first).for_each(|(into, from)| *into -= from);
                }
                let rows = (0..group_count).map(|group| group_row(&sums, group, (alphabet, groups)));
                tables.next.push(rows.collect());
            }
            tables
        };
        MateQualities {
            cycles: by_cycle.len() as u16,
            bin_ends: ends.iter().map(|&end| end as u16).collect(),
            classes: (0..CLASS_ENDS.len()).map(class).collect(),
            tail: self.tail_tables((alphabet, groups), unknown_quality),
        }
    }

    /// Reads by length of the tail, of the buckets that `wanted` takes.
    fn tail_steps(&self, wanted: impl Fn(u8) -> bool) -> Vec<u32> {
        let mut counts = [0; TAIL_STEPS + 1];
        for (&(_, step), &reads) in self.tails.iter().filter(|((bucket, _), _)| wanted(*bucket)) {
            counts[usize::from(step)] += reads;
        }
        let scale =
            TAIL_SUM.min(counts.iter().sum::<u64>() as f64) / counts.iter().sum::<u64>().max(1) as f64;
        counts.iter().map(|&reads| (reads as f64 * scale).round() as u32).collect()
    }

    fn tail_tables(&self, (alphabet, groups): (&[u8], &[u8]), unknown_quality: u8) -> TailTables {
        let (sums, unknown) = summed(self.tail.iter());
        let all = by_quality(&sums);
        let group_count = groups.iter().map(|&group| usize::from(group) + 1).max().unwrap_or(1);
        let next = |group: usize| {
            let own = group_row(&sums, group, (alphabet, groups));
            if own.is_empty() { row(&all, alphabet) } else { own }
        };
        TailTables {
            next: (0..group_count).map(next).collect(),
            unknown: rounded((unknown / all[usize::from(unknown_quality)].max(1.0)).min(1.0)),
        }
    }
}

/// The group of each quality as a predecessor.
pub(super) fn groups(alphabet: &[u8], transitions: &[f64]) -> Vec<u8> {
    // Rare qualities, the low ones, matter beyond their number: each row weighs as the root of its sum.
    let followers = |&level: &u8| {
        let row = &transitions[usize::from(level) * LEVELS..][..LEVELS];
        let root = row.iter().sum::<f64>().powf(0.75).max(1.0);
        alphabet.iter().map(|&next| row[usize::from(next)] / root).collect()
    };
    let ends = stretches(&alphabet.iter().map(followers).collect::<Vec<_>>(), GROUPS);
    (0..alphabet.len()).map(|place| ends.partition_point(|&end| end <= place) as u8).collect()
}

/// The row of the qualities that follow those of a group.
fn group_row(sums: &[f64], group: usize, (alphabet, groups): (&[u8], &[u8])) -> Vec<u32> {
    let mut counts = vec![0.0; LEVELS];
    for (&level, _) in alphabet.iter().zip(groups).filter(|(_, other)| usize::from(**other) == group) {
        let row = &sums[usize::from(level) * LEVELS..][..LEVELS];
        counts.iter_mut().zip(row).for_each(|(into, from)| *into += from);
    }
    row(&counts, alphabet)
}

/// Counts by quality as a row of weights.
fn row(counts: &[f64], alphabet: &[u8]) -> Vec<u32> {
    let total: f64 = counts.iter().sum();
    let scale = ROW_SUM.min(total) / total.max(1.0);
    let weights: Vec<u32> =
        alphabet.iter().map(|&level| (counts[usize::from(level)] * scale).round() as u32).collect();
    squeeze(&weights)
}
