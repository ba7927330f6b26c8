//! What a comparison finds: a verdict for each record, and the sums.

use std::fmt;
use std::ops::Add;

use crate::Judged;
use crate::class::{Decision, Filter, Kind, MatchKind, Outcome, Side};

/// Sums over records of one type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Truth records that were found.
    pub truth_tp: u64,
    /// Truth records that were not found.
    pub truth_fn: u64,
    /// Query records that are right.
    pub query_tp: u64,
    /// Query records that are wrong.
    pub query_fp: u64,
    /// Of `query_fp`, those that share an allele with a truth record that was not found.
    pub genotype_errors: u64,
}

impl Counts {
    fn add(&mut self, side: Side, outcome: Outcome) {
        let count = match (side, outcome.decision) {
            (Side::Truth, Decision::TruePositive) => &mut self.truth_tp,
            (Side::Truth, Decision::FalseNegative) => &mut self.truth_fn,
            (Side::Query, Decision::TruePositive) => &mut self.query_tp,
            (Side::Query, Decision::FalsePositive) => &mut self.query_fp,
            _ => return,
        };
        *count += 1;
        let is_genotype = outcome.decision == Decision::FalsePositive && outcome.matched == MatchKind::Allele;
        self.genotype_errors += u64::from(is_genotype);
    }

    /// Truth records.
    #[must_use]
    pub const fn truth(&self) -> u64 {
        self.truth_tp + self.truth_fn
    }

    /// Query records.
    #[must_use]
    pub const fn query(&self) -> u64 {
        self.query_tp + self.query_fp
    }

    /// Share of the truth that was found; 0 without truth.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.truth_tp, self.truth())
    }

    /// Share of the calls that are right; 0 without calls.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.query_tp, self.query())
    }

    /// Harmonic mean of recall and precision; 0 when both are.
    #[must_use]
    pub fn f1(&self) -> f64 {
        let sum = self.recall() + self.precision();
        if sum > 0.0 { 2.0 * self.recall() * self.precision() / sum } else { 0.0 }
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            truth_tp: self.truth_tp + other.truth_tp,
            truth_fn: self.truth_fn + other.truth_fn,
            query_tp: self.query_tp + other.query_tp,
            query_fp: self.query_fp + other.query_fp,
            genotype_errors: self.genotype_errors + other.genotype_errors,
        }
    }
}

/// The result of a comparison under one filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Records whose alleles all keep the length (SNVs and MNVs).
    pub snp: Counts,
    /// All other records.
    pub indel: Counts,
    /// What is said of each truth record, in the order given.
    pub truth: Vec<Judged>,
    /// What is said of each query record, in the order given.
    pub query: Vec<Judged>,
}

impl Comparison {
    pub(crate) fn new(judged: [Vec<Judged>; 2], filter: Filter) -> Self {
        let [truth, query] = judged;
        let (mut snp, mut indel) = (Counts::default(), Counts::default());
        for call in truth.iter().chain(&query).filter_map(Judged::call) {
            let counts = if call.kind == Kind::Snp { &mut snp } else { &mut indel };
            counts.add(call.side, call.outcome[filter as usize]);
        }
        Self { snp, indel, truth, query }
    }

    /// Both types together.
    #[must_use]
    pub fn all(&self) -> Counts {
        self.snp + self.indel
    }
}

impl fmt::Display for Comparison {
    /// A table of three lines under a heading.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heading =
            ["type", "truth", "found", "missed", "calls", "wrong", "(genotype)", "recall", "precision", "F1"];
        let [kind, truth, found, missed, calls, wrong, genotype, recall, precision, f1] = heading;
        write!(f, "{kind:<6}{truth:>9}{found:>9}{missed:>8}{calls:>9}{wrong:>8}{genotype:>12}")?;
        write!(f, "{recall:>9}{precision:>11}{f1:>9}")?;
        for (name, counts) in [("SNP", self.snp), ("indel", self.indel), ("all", self.all())] {
            write!(f, "\n{name:<6}{:>9}{:>9}{:>8}", counts.truth(), counts.truth_tp, counts.truth_fn)?;
            write!(f, "{:>9}{:>8}{:>12}", counts.query(), counts.query_fp, counts.genotype_errors)?;
            write!(f, "{:>9.4}{:>11.4}{:>9.4}", counts.recall(), counts.precision(), counts.f1())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios() {
        let counts = Counts { truth_tp: 3, truth_fn: 1, query_tp: 4, query_fp: 4, genotype_errors: 1 };
        assert_eq!((counts.recall(), counts.precision(), counts.f1()), (0.75, 0.5, 0.6));
        let none = Counts::default();
        assert_eq!((none.recall(), none.precision(), none.f1()), (0.0, 0.0, 0.0));
        assert_eq!((counts + counts).query(), 16);
    }

    #[test]
    fn table_lines_up() {
        let mut comparison = Comparison::new([Vec::new(), Vec::new()], Filter::Pass);
        comparison.snp.truth_tp = 1234;
        let text = comparison.to_string();
        let widths: Vec<usize> = text.lines().map(str::len).collect();
        assert_eq!((widths.len(), widths.iter().min()), (4, widths.iter().max()));
        assert!(text.contains("SNP        1234     1234       0"), "{text}");
    }
}
