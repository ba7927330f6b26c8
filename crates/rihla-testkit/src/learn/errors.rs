//! Counts of substitutions, and the factors that explain them.

use rihla_core::phred;

use crate::profile::errors::{MAX_RUN, context_index};
use crate::profile::{ErrorTables, QualityTables};

use super::{LEVELS, add_counts, rounded};

const CONTEXTS: usize = 64;
/// Bases that must have been compared before anything is said about errors.
const ENOUGH_BASES: u64 = 100_000;
/// Errors that the promise of a quality, or a factor of 1, counts for beside those seen.
const PRIOR_ERRORS: f64 = 4.0;
/// Rounds of fitting the factors; they stand still before that.
const ROUNDS: usize = 20;

/// One base whose true letter is known. All in the direction of reading.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) mate: usize,
    pub(super) cycle: usize,
    /// What its quality counts as.
    pub(super) quality: u8,
    /// Codes of the two true bases before, the nearer one last.
    pub(super) before: [u8; 2],
    /// Length of the run of equal bases that ends before it.
    pub(super) run: usize,
    /// Codes of the true and of the called base, below 4.
    pub(super) correct: u8,
    pub(super) called: u8,
}

/// Counts of compared bases and of errors.
#[derive(Clone, Debug)]
pub(super) struct ErrorCounts {
    /// Bases by quality, context and run (`cell`), and the wrong ones among them.
    bases: Vec<u64>,
    wrong: Vec<u64>,
    /// By mate and cycle: bases by quality, and wrong ones.
    cycles: [Vec<CycleErrors>; 2],
    /// By base before and true base (16), and wrong letter.
    substitutions: [[u64; 4]; 16],
}

#[derive(Clone, Debug)]
struct CycleErrors {
    bases: [u64; LEVELS],
    wrong: u64,
}

impl Default for ErrorCounts {
    fn default() -> Self {
        let cells = LEVELS * CONTEXTS * MAX_RUN;
        Self {
            bases: vec![0; cells],
            wrong: vec![0; cells],
            cycles: [Vec::new(), Vec::new()],
            substitutions: [[0; 4]; 16],
        }
    }
}

/// Place of a cell: quality slowest, run fastest.
const fn cell(quality: usize, context: usize, run: usize) -> usize {
    (quality * CONTEXTS + context) * MAX_RUN + run
}

/// Quality, context and run of a cell.
const fn parts(cell: usize) -> [usize; 3] {
    [cell / (CONTEXTS * MAX_RUN), cell / MAX_RUN % CONTEXTS, cell % MAX_RUN]
}

impl ErrorCounts {
    pub(super) fn add(&mut self, seen: Seen) {
        let [second, first] = seen.before;
        if second > 3 || first > 3 {
            return;
        }
        let cycles = &mut self.cycles[seen.mate];
        if cycles.len() <= seen.cycle {
            cycles.resize(seen.cycle + 1, CycleErrors { bases: [0; LEVELS], wrong: 0 });
        }
        let cycle = &mut cycles[seen.cycle];
        let context = context_index(second, first, seen.correct);
        let cell = cell(usize::from(seen.quality), context, seen.run.clamp(1, MAX_RUN) - 1);
        cycle.bases[usize::from(seen.quality)] += 1;
        self.bases[cell] += 1;
        if seen.called != seen.correct {
            cycle.wrong += 1;
            self.wrong[cell] += 1;
            self.substitutions[usize::from(first << 2 | seen.correct)][usize::from(seen.called)] += 1;
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        add_counts(&mut self.bases, &other.bases);
        add_counts(&mut self.wrong, &other.wrong);
        for (mine, theirs) in self.cycles.iter_mut().zip(&other.cycles) {
            if mine.len() < theirs.len() {
                mine.resize(theirs.len(), CycleErrors { bases: [0; LEVELS], wrong: 0 });
            }
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                add_counts(&mut mine.bases, &theirs.bases);
                mine.wrong += theirs.wrong;
            }
        }
        for (mine, theirs) in self.substitutions.iter_mut().zip(&other.substitutions) {
            add_counts(mine, theirs);
        }
    }

    /// Compared and wrong bases.
    pub(super) fn totals(&self) -> (u64, u64) {
        (self.bases.iter().sum(), self.wrong.iter().sum())
    }

    /// Share of a mate's compared bases that are wrong.
    pub(super) fn mismatch_rate(&self, mate: usize) -> Option<f64> {
        let bases: u64 = self.cycles[mate].iter().flat_map(|cycle| &cycle.bases).sum();
        let wrong: u64 = self.cycles[mate].iter().map(|cycle| cycle.wrong).sum();
        (bases > 0).then(|| rounded(wrong as f64 / bases as f64))
    }

    /// The tables; none when too few bases were compared.
    pub(super) fn finish(
        &self,
        qualities: &QualityTables,
        aligned: bool,
        notes: &mut Vec<String>,
    ) -> Option<ErrorTables> {
        let (bases, _) = self.totals();
        if bases < ENOUGH_BASES {
            let remedy =
                if aligned { "at depth 8 or more" } else { "in overlaps of mates; give --bam and --ref" };
            notes.push(format!(
                "substitution errors: only {bases} bases could be compared {remedy} ({ENOUGH_BASES} are \
                 needed); errors are those that the qualities promise"
            ));
            return None;
        }
        let fit = Fit::new(self);
        let by_cycle = (0..qualities.mates.len()).map(|mate| self.by_cycle(mate, qualities, &fit.by_quality));
        let all = |values: &[f64]| values.iter().map(|&value| rounded(value)).collect::<Vec<f64>>();
        Some(ErrorTables {
            by_quality: qualities.alphabet.iter().map(|&q| rounded(fit.by_quality[usize::from(q)])).collect(),
            by_cycle: by_cycle.collect(),
            by_context: all(&fit.by_context),
            by_run: all(&fit.by_run),
            substitutions: self.substitutions.iter().enumerate().map(shares).collect(),
        })
    }

    /// Factor of each bin of cycles: errors found over those expected from the qualities.
    fn by_cycle(&self, mate: usize, qualities: &QualityTables, by_quality: &[f64]) -> Vec<f64> {
        let cycles = &self.cycles[mate];
        let mut start = 0;
        let factor = |&end: &u16| {
            let end = usize::from(end).min(cycles.len());
            let bin = &cycles[start.min(end)..end];
            start = end;
            let expected: f64 =
                bin.iter().flat_map(|c| c.bases.iter().zip(by_quality)).map(|(&n, p)| n as f64 * p).sum();
            let found = bin.iter().map(|cycle| cycle.wrong).sum::<u64>() as f64;
            rounded((found + PRIOR_ERRORS) / (expected + PRIOR_ERRORS))
        };
        qualities.mates[mate].bin_ends.iter().map(factor).collect()
    }
}

/// Shares of the wrong letters, none of the true one.
fn shares((row, counts): (usize, &[u64; 4])) -> [f64; 4] {
    let total: u64 = counts.iter().sum();
    std::array::from_fn(|letter| {
        if letter == row & 3 { 0.0 } else { rounded((counts[letter] as f64 + 1.0) / (total as f64 + 3.0)) }
    })
}

/// Error rates by quality, and factors by context and run, whose products sum up to the errors found along
/// each of the three (iterative proportional fitting).
struct Fit {
    by_quality: Vec<f64>,
    by_context: Vec<f64>,
    by_run: Vec<f64>,
}

impl Fit {
    fn new(counts: &ErrorCounts) -> Self {
        let promised = |quality: usize| phred::to_probability(quality as f64).min(0.75);
        let mut fit = Self {
            by_quality: (0..LEVELS).map(promised).collect(),
            by_context: vec![1.0; CONTEXTS],
            by_run: vec![1.0; MAX_RUN],
        };
        for _ in 0..ROUNDS {
            for axis in 0..3 {
                fit.adjust(counts, axis);
            }
        }
        fit
    }

    /// Scales the values along one axis so that they explain the errors found.
    fn adjust(&mut self, counts: &ErrorCounts, axis: usize) {
        let length = [LEVELS, CONTEXTS, MAX_RUN][axis];
        let (mut found, mut expected) = (vec![0.0; length], vec![0.0; length]);
        for (cell, (&bases, &wrong)) in counts.bases.iter().zip(&counts.wrong).enumerate() {
            if bases == 0 {
                continue;
            }
            let at = parts(cell);
            found[at[axis]] += wrong as f64;
            // What the other two axes make of these bases.
            let [quality, context, run] = at;
            let others = [
                self.by_context[context] * self.by_run[run],
                self.by_quality[quality] * self.by_run[run],
                self.by_quality[quality] * self.by_context[context],
            ];
            expected[at[axis]] += bases as f64 * others[axis];
        }
        for at in 0..length {
            // A quality's promise counts for some errors, and so does a factor of 1.
            let prior = if axis == 0 { phred::to_probability(at as f64).min(0.75) } else { 1.0 };
            let value = (found[at] + PRIOR_ERRORS) / (expected[at] + PRIOR_ERRORS / prior);
            match axis {
                0 => self.by_quality[at] = value.min(0.75),
                1 => self.by_context[at] = value,
                _ => self.by_run[at] = value,
            }
        }
    }
}
