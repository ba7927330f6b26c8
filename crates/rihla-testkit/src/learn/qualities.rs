//! Counts of qualities: by mate, mean quality of the read, cycle, and quality before.

use std::collections::BTreeMap;

use crate::profile::{Observed, QualityTables, SHORTEST_TAIL, TAIL_STEPS};

use super::{LEVELS, MAX_CYCLES, rounded};

mod tables;

use tables::groups;

/// Reads are sorted by mean quality into buckets, from this quality on, one unit each.
const LOWEST_MEAN: usize = 12;
/// Shares of the reads up to which each class reaches.
const CLASS_ENDS: [f64; 4] = [0.06, 0.2, 0.5, 1.0];
/// Below this quality a base belongs to a tail.
const TAIL_QUALITY: u8 = 20;

/// Counts of qualities.
#[derive(Clone, Debug, Default)]
pub(super) struct QualityCounts {
    mates: [MateCounts; 2],
    /// Pairs by the buckets of both mates.
    pairs: BTreeMap<(u8, u8), u64>,
}

#[derive(Clone, Debug, Default)]
struct MateCounts {
    buckets: BTreeMap<u8, Vec<CycleCounts>>,
    /// Reads by bucket.
    reads: BTreeMap<u8, u64>,
    lengths: BTreeMap<u16, u64>,
    /// Reads by bucket and length of the tail, in twentieths of the read; none when 0.
    tails: BTreeMap<(u8, u8), u64>,
    /// Bases in tails, by cycle.
    tail: Vec<CycleCounts>,
    /// N by quality.
    unknown: BTreeMap<u8, u64>,
}

/// One cycle of one bucket.
#[derive(Clone, Debug)]
struct CycleCounts {
    /// By quality before (0 in the first cycle) and quality.
    next: Vec<u32>,
    unknown: u32,
}

impl CycleCounts {
    fn new() -> Self {
        Self { next: vec![0; LEVELS * LEVELS], unknown: 0 }
    }
}

impl QualityCounts {
    /// Counts a read's levels, in the order of reading; gives its bucket, or none for a read without
    /// bases.
    pub(super) fn add_read(
        &mut self,
        mate: usize,
        levels: &[u8],
        is_unknown: impl Fn(usize) -> bool,
    ) -> Option<u8> {
        let levels = &levels[..levels.len().min(MAX_CYCLES)];
        let bucket = bucket(levels)?;
        let counts = &mut self.mates[mate];
        *counts.reads.entry(bucket).or_default() += 1;
        *counts.lengths.entry(levels.len() as u16).or_default() += 1;
        let tail = levels.iter().rev().take_while(|&&level| level < TAIL_QUALITY).count();
        let tail = if tail < SHORTEST_TAIL { 0 } else { tail.min(levels.len() - 1) };
        let step = (tail * TAIL_STEPS).div_ceil(levels.len()) as u8;
        *counts.tails.entry((bucket, step)).or_default() += 1;
        let cycles = counts.buckets.entry(bucket).or_default();
        for cycles in [&mut *cycles, &mut counts.tail] {
            if cycles.len() < levels.len() {
                cycles.resize_with(levels.len(), CycleCounts::new);
            }
        }
        let mut before = 0;
        for (i, &level) in levels.iter().enumerate() {
            let in_tail = i + tail >= levels.len();
            let cycle = if in_tail { &mut counts.tail[i] } else { &mut cycles[i] };
            cycle.next[before * LEVELS + usize::from(level)] += 1;
            if is_unknown(i) {
                cycle.unknown += 1;
                *counts.unknown.entry(level).or_default() += 1;
            }
            before = usize::from(level);
        }
        Some(bucket)
    }

    /// Counts two mates whose buckets these are.
    pub(super) fn add_pair(&mut self, first: u8, second: u8) {
        *self.pairs.entry((first, second)).or_default() += 1;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.mates.iter_mut().zip(&other.mates) {
            mine.merge(theirs);
        }
        add_map(&mut self.pairs, &other.pairs);
    }

    pub(super) fn reads(&self) -> u64 {
        self.mates.iter().map(MateCounts::read_count).sum()
    }

    /// The tables; none without reads.
    pub(super) fn finish(&self, notes: &mut Vec<String>) -> Option<QualityTables> {
        let mates: Vec<&MateCounts> = self.mates.iter().filter(|mate| mate.read_count() > 0).collect();
        let all = mates.iter().flat_map(|mate| mate.buckets.values().chain([&mate.tail]).flatten());
        let (transitions, _) = summed(all);
        let seen =
            |level: &u8| transitions.iter().skip(usize::from(*level)).step_by(LEVELS).any(|&n| n > 0.0);
        let alphabet: Vec<u8> = (0..LEVELS as u8).filter(seen).collect();
        if alphabet.is_empty() {
            return None;
        }
        let groups = groups(&alphabet, &transitions);
        let unknown_quality = self.unknown_quality(&alphabet);
        mates.iter().for_each(|mate| mate.note_lengths(notes));
        let classes: Vec<BTreeMap<u8, usize>> = self.mates.iter().map(MateCounts::classes).collect();
        let tables = |(mate, classes): (&&MateCounts, &BTreeMap<u8, usize>)| {
            mate.tables(classes, (&alphabet, &groups), unknown_quality)
        };
        Some(QualityTables {
            class_pairs: self.class_pairs(&classes),
            mates: mates.iter().zip(&classes).map(tables).collect(),
            alphabet,
            groups,
            unknown_quality,
        })
    }

    /// The quality that most N have; the lowest one when there is no N.
    fn unknown_quality(&self, alphabet: &[u8]) -> u8 {
        let mut unknown = self.mates[0].unknown.clone();
        add_map(&mut unknown, &self.mates[1].unknown);
        let most = unknown.iter().max_by_key(|&(&level, &count)| (count, LEVELS as u8 - level));
        most.map_or(alphabet[0], |(&level, _)| level)
    }

    fn class_pairs(&self, classes: &[BTreeMap<u8, usize>]) -> Vec<Vec<f64>> {
        let mut weights = vec![vec![0.0; CLASS_ENDS.len()]; CLASS_ENDS.len()];
        for (&(first, second), &count) in &self.pairs {
            if let (Some(&one), Some(&two)) = (classes[0].get(&first), classes[1].get(&second)) {
                weights[one][two] += count as f64;
            }
        }
        if self.pairs.is_empty() {
            // Single reads, or mates that were not seen together: independent of each other.
            let share = |class: usize, mate: usize| self.mates[mate].class_share(&classes[mate], class);
            let second = usize::from(self.mates[1].read_count() > 0);
            for (one, row) in weights.iter_mut().enumerate() {
                row.iter_mut().enumerate().for_each(|(two, cell)| *cell = share(one, 0) * share(two, second));
            }
        }
        let total: f64 = weights.iter().flatten().sum();
        weights.iter_mut().flatten().for_each(|cell| *cell = rounded(*cell / total));
        weights
    }

    /// Plain figures by mate.
    pub(super) fn observed(&self) -> Vec<Observed> {
        self.mates.iter().filter(|mate| mate.read_count() > 0).map(MateCounts::observed).collect()
    }
}

impl MateCounts {
    fn read_count(&self) -> u64 {
        self.reads.values().sum()
    }

    fn merge(&mut self, other: &Self) {
        for (&bucket, theirs) in &other.buckets {
            add_cycles(self.buckets.entry(bucket).or_default(), theirs);
        }
        add_cycles(&mut self.tail, &other.tail);
        add_map(&mut self.reads, &other.reads);
        add_map(&mut self.lengths, &other.lengths);
        add_map(&mut self.unknown, &other.unknown);
        add_map(&mut self.tails, &other.tails);
    }

    fn note_lengths(&self, notes: &mut Vec<String>) {
        let Some((&longest, &full)) = self.lengths.last_key_value() else { return };
        let share = full as f64 / self.read_count() as f64;
        if share < 0.95 {
            notes.push(format!(
                "read length: only {:.1} % of the reads have the full {longest} bases; learn from reads that \
                 were not trimmed",
                100.0 * share
            ));
        }
    }

    /// Class of each bucket, the worst first.
    fn classes(&self) -> BTreeMap<u8, usize> {
        let (mut below, total) = (0, self.read_count() as f64);
        let class = |(&bucket, &reads): (&u8, &u64)| {
            let middle = (below as f64 + reads as f64 / 2.0) / total;
            below += reads;
            (bucket, CLASS_ENDS.iter().take_while(|&&end| end <= middle).count())
        };
        self.reads.iter().map(class).collect()
    }

    fn class_share(&self, classes: &BTreeMap<u8, usize>, class: usize) -> f64 {
        let reads = self.reads.iter().filter(|(bucket, _)| classes[bucket] == class);
        reads.map(|(_, &count)| count).sum::<u64>() as f64 / self.read_count().max(1) as f64
    }

    /// Counts by quality before and quality, and N, of the buckets that `wanted` takes, in cycles
    /// `[start, end)`, without tails.
    fn transitions(&self, wanted: impl Fn(u8) -> bool, start: usize, end: usize) -> (Vec<f64>, f64) {
        let wanted = self.buckets.iter().filter(|(bucket, _)| wanted(**bucket));
        summed(wanted.flat_map(|(_, cycles)| cycles.iter().take(end).skip(start)))
    }

    /// Counts by quality, by cycle.
    fn by_cycle(&self) -> Vec<Vec<f64>> {
        let cycles = self.lengths.last_key_value().map_or(0, |(&longest, _)| usize::from(longest));
        let counts =
            |cycle: usize| self.buckets.values().chain([&self.tail]).filter_map(move |c| c.get(cycle));
        (0..cycles).map(|cycle| by_quality(&summed(counts(cycle)).0)).collect()
    }

    fn observed(&self) -> Observed {
        let by_cycle = self.by_cycle();
        let total = |cycle: &Vec<f64>| cycle.iter().sum::<f64>();
        let mean = |cycle: &Vec<f64>| {
            let sum: f64 = cycle.iter().enumerate().map(|(level, count)| level as f64 * count).sum();
            (sum / total(cycle) * 100.0).round() / 100.0
        };
        let bases: f64 = by_cycle.iter().map(total).sum();
        let low: f64 = by_cycle.iter().flat_map(|cycle| &cycle[..20]).sum();
        let unknown = self.unknown.values().sum::<u64>() as f64;
        let tails =
            self.tails.iter().filter(|((_, step), _)| *step > 0).map(|(_, &reads)| reads).sum::<u64>();
        let (in_tails, _) = summed(self.tail.iter());
        let steps = self.buckets.values().chain([&self.tail]).flat_map(|cycles| cycles.iter().skip(1));
        Observed {
            mean_quality: by_cycle.iter().map(mean).collect(),
            below_q20: rounded(low / bases),
            unknown: rounded(unknown / bases),
            tailed_reads: rounded(tails as f64 / self.read_count() as f64),
            tail_length: rounded(in_tails.iter().sum::<f64>() / tails.max(1) as f64),
            autocorrelation: rounded(correlation(&summed(steps).0)),
            mismatch_rate: None,
        }
    }
}

/// The bucket of a read by its mean quality; none for a read without bases.
pub(super) fn bucket(levels: &[u8]) -> Option<u8> {
    let levels = &levels[..levels.len().min(MAX_CYCLES)];
    let mean = levels.iter().map(|&level| usize::from(level)).sum::<usize>().checked_div(levels.len())?;
    Some(mean.saturating_sub(LOWEST_MEAN) as u8)
}

/// Pearson's correlation of a quality with the one before.
fn correlation(sums: &[f64]) -> f64 {
    let [mut n, mut x, mut y, mut xx, mut yy, mut xy] = [0.0; 6];
    for (cell, &count) in sums.iter().enumerate() {
        let (a, b) = ((cell / LEVELS) as f64, (cell % LEVELS) as f64);
        n += count;
        x += count * a;
        y += count * b;
        xx += count * a * a;
        yy += count * b * b;
        xy += count * a * b;
    }
    let spread = ((n * xx - x * x) * (n * yy - y * y)).sqrt();
    if spread > 0.0 { (n * xy - x * y) / spread } else { 0.0 }
}

/// Sums over the quality before.
fn by_quality(sums: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; LEVELS];
    for row in sums.chunks_exact(LEVELS) {
        out.iter_mut().zip(row).for_each(|(into, from)| *into += from);
    }
    out
}

fn add_cycles(into: &mut Vec<CycleCounts>, from: &[CycleCounts]) {
    if into.len() < from.len() {
        into.resize_with(from.len(), CycleCounts::new);
    }
    for (into, from) in into.iter_mut().zip(from) {
        super::add_counts(&mut into.next, &from.next);
        into.unknown += from.unknown;
    }
}

/// Sums over cycles: counts by quality before and quality, and N.
fn summed<'a>(cycles: impl Iterator<Item = &'a CycleCounts>) -> (Vec<f64>, f64) {
    let (mut sums, mut unknown) = (vec![0.0; LEVELS * LEVELS], 0.0);
    for cycle in cycles {
        sums.iter_mut().zip(&cycle.next).for_each(|(into, &from)| *into += f64::from(from));
        unknown += f64::from(cycle.unknown);
    }
    (sums, unknown)
}

fn add_map<K: Ord + Copy>(into: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
    for (&key, &count) in from {
        *into.entry(key).or_default() += count;
    }
}
