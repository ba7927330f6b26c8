//! Counters of a comparison. They are sums, so parts of a genome can be counted apart and merged in any order.

use std::ops::{Add, AddAssign};

use crate::curve::{Curve, ScoreField};
use crate::wilson::{self, Z_95};
use crate::{Call, Decision, Filter, Kind, MatchKind, Side, Subtype, Zygosity};

/// Subtypes of SNP records.
const SNP_SUBTYPES: [Subtype; 2] = [Subtype::Ti, Subtype::Tv];
/// Subtypes of indel records.
const INDEL_SUBTYPES: [Subtype; 9] = [
    Subtype::I1To5,
    Subtype::I6To15,
    Subtype::I16Plus,
    Subtype::D1To5,
    Subtype::D6To15,
    Subtype::D16Plus,
    Subtype::C1To5,
    Subtype::C6To15,
    Subtype::C16Plus,
];
const SUBTYPES: usize = SNP_SUBTYPES.len() + INDEL_SUBTYPES.len();
/// Het, homalt, hetalt; haploid genotypes are counted as homalt.
const ZYGOSITIES: usize = 3;
/// Cells of one stratum: by filter, kind, subtype, zygosity.
const CELLS: usize = 2 * 2 * SUBTYPES * ZYGOSITIES;

/// The subtypes that records of a kind have.
#[must_use]
pub const fn subtypes(kind: Kind) -> &'static [Subtype] {
    match kind {
        Kind::Snp => &SNP_SUBTYPES,
        Kind::Indel => &INDEL_SUBTYPES,
    }
}

/// Counts of one slice of the records, and what follows from them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Truth records found.
    pub truth_tp: u64,
    /// Truth records missed.
    pub truth_fn: u64,
    /// Truth records outside the confident regions; in no total.
    pub truth_outside: u64,
    /// Calls that are true.
    pub query_tp: u64,
    /// Calls that are false.
    pub query_fp: u64,
    /// Calls outside the confident regions.
    pub query_unk: u64,
    /// Of the false calls those with a true allele in another genotype.
    pub fp_gt: u64,
    /// Of the false calls those near a missed true variant with other alleles.
    pub fp_al: u64,
}

impl Cell {
    /// Truth records that count: TP + FN.
    #[must_use]
    pub const fn truth_total(&self) -> u64 {
        self.truth_tp + self.truth_fn
    }

    /// Calls: TP + FP + UNK.
    #[must_use]
    pub const fn query_total(&self) -> u64 {
        self.judged() + self.query_unk
    }

    /// Calls inside the confident regions: TP + FP.
    #[must_use]
    pub const fn judged(&self) -> u64 {
        self.query_tp + self.query_fp
    }

    /// Found truth of all truth. `None` without truth.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        quotient(self.truth_tp, self.truth_total())
    }

    /// True calls of all judged calls. `None` without judged calls.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        quotient(self.query_tp, self.judged())
    }

    /// Calls outside the confident regions of all calls. `None` without calls.
    #[must_use]
    pub fn frac_na(&self) -> Option<f64> {
        quotient(self.query_unk, self.query_total())
    }

    /// Harmonic mean of recall and precision; 0 when no truth was found. `None` without truth, or when all
    /// calls that found some lie outside the confident regions.
    #[must_use]
    pub fn f1(&self) -> Option<f64> {
        let recall = self.recall()?;
        if self.truth_tp == 0 {
            return Some(0.0);
        }
        let precision = self.precision()?;
        Some(2.0 * recall * precision / (recall + precision))
    }

    /// 95 % Wilson interval of the recall.
    #[must_use]
    pub fn recall_interval(&self) -> Option<(f64, f64)> {
        wilson::interval(self.truth_tp, self.truth_total(), Z_95)
    }

    /// 95 % Wilson interval of the precision.
    #[must_use]
    pub fn precision_interval(&self) -> Option<(f64, f64)> {
        wilson::interval(self.query_tp, self.judged(), Z_95)
    }

    /// 95 % Wilson interval of the fraction of calls outside the confident regions.
    #[must_use]
    pub fn frac_na_interval(&self) -> Option<(f64, f64)> {
        wilson::interval(self.query_unk, self.query_total(), Z_95)
    }

    fn count(&mut self, side: Side, decision: Decision, matched: MatchKind) {
        let counter = match (side, decision) {
            (_, Decision::NotCompared) => return,
            (Side::Truth, Decision::TruePositive) => &mut self.truth_tp,
            (Side::Truth, Decision::Unknown) => &mut self.truth_outside,
            // A record without a partner is false on the side of the calls and missed on that of the truth.
            (Side::Truth, Decision::FalseNegative | Decision::FalsePositive) => &mut self.truth_fn,
            (Side::Query, Decision::TruePositive) => &mut self.query_tp,
            (Side::Query, Decision::Unknown) => &mut self.query_unk,
            (Side::Query, Decision::FalseNegative | Decision::FalsePositive) => {
                self.fp_gt += u64::from(matched == MatchKind::Allele);
                self.fp_al += u64::from(matched == MatchKind::Local);
                &mut self.query_fp
            }
        };
        *counter += 1;
    }
}

impl AddAssign for Cell {
    fn add_assign(&mut self, other: Self) {
        self.truth_tp += other.truth_tp;
        self.truth_fn += other.truth_fn;
        self.truth_outside += other.truth_outside;
        self.query_tp += other.query_tp;
        self.query_fp += other.query_fp;
        self.query_unk += other.query_unk;
        self.fp_gt += other.fp_gt;
        self.fp_al += other.fp_al;
    }
}

impl Add for Cell {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

pub(crate) fn quotient(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Which records a [`Cell`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Number of the stratum; 0 is the whole.
    pub stratum: usize,
    /// Which comparison.
    pub filter: Filter,
    /// Type of the records.
    pub kind: Kind,
    /// Their subtype, or all.
    pub subtype: Option<Subtype>,
    /// Their genotype, or all; haploid genotypes are among the homalt ones.
    pub zygosity: Option<Zygosity>,
}

impl Slice {
    /// All records of a kind, in the whole.
    #[must_use]
    pub const fn whole(filter: Filter, kind: Kind) -> Self {
        Self { stratum: 0, filter, kind, subtype: None, zygosity: None }
    }
}

/// All counters of a comparison: by stratum, filter, kind, subtype and zygosity, and by score.
///
/// Memory is bounded by the number of strata (8 KB each, once used) and the caps of the scores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// By stratum: [`CELLS`] cells, or none yet.
    strata: Vec<Vec<Cell>>,
    /// By filter, kind and score field, of the whole.
    curves: [[[Curve; 2]; 2]; 2],
}

impl Tally {
    /// Counts of nothing, for `strata` strata beside the whole: numbers 1 to `strata`.
    #[must_use]
    pub fn new(strata: usize) -> Self {
        let fields = || ScoreField::BOTH.map(Curve::new);
        let kinds = || [fields(), fields()];
        Self { strata: vec![Vec::new(); strata + 1], curves: [kinds(), kinds()] }
    }

    /// Counts a record in the whole and in `strata` (numbers from 1, each once; 0 is passed over).
    ///
    /// # Panics
    /// When a stratum's number is larger than [`Tally::new`] was told.
    pub fn add(&mut self, call: &Call, strata: &[u16]) {
        self.add_to(0, call);
        for &stratum in strata.iter().filter(|&&stratum| stratum > 0) {
            self.add_to(usize::from(stratum), call);
        }
        for filter in Filter::BOTH {
            let decision = call.outcome[filter as usize].decision;
            let [quality, genotype_quality] = &mut self.curves[filter as usize][call.kind as usize];
            quality.add(call.side, decision, call.quality);
            genotype_quality.add(call.side, decision, call.genotype_quality);
        }
    }

    /// Adds the counts of another tally of the same strata.
    ///
    /// # Panics
    /// When the other has more strata.
    pub fn merge(&mut self, other: &Self) {
        assert!(other.strata.len() <= self.strata.len(), "tallies of other strata");
        for (mine, theirs) in self.strata.iter_mut().zip(&other.strata) {
            if theirs.is_empty() {
                continue;
            }
            mine.resize(CELLS, Cell::default());
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += *theirs);
        }
        let theirs = other.curves.iter().flatten().flatten();
        self.curves.iter_mut().flatten().flatten().zip(theirs).for_each(|(mine, theirs)| mine.merge(theirs));
    }

    /// How many strata there are beside the whole.
    #[must_use]
    pub fn strata(&self) -> usize {
        self.strata.len() - 1
    }

    /// The counts of a slice; zeros for a stratum that does not exist.
    #[must_use]
    pub fn cell(&self, slice: &Slice) -> Cell {
        let mut sum = Cell::default();
        let Some(cells) = self.strata.get(slice.stratum).filter(|cells| !cells.is_empty()) else {
            return sum;
        };
        let subtypes = slice.subtype.map_or(0..SUBTYPES, |subtype| one(subtype as usize));
        for subtype in subtypes {
            let zygosities = slice.zygosity.map_or(0..ZYGOSITIES, |zygosity| one(column(zygosity)));
            for zygosity in zygosities {
                sum += cells[index(slice.filter, slice.kind, subtype, zygosity)];
            }
        }
        sum
    }

    /// Scores of the records of a kind, in the whole.
    #[must_use]
    pub const fn curve(&self, filter: Filter, kind: Kind, field: ScoreField) -> &Curve {
        &self.curves[filter as usize][kind as usize][field as usize]
    }

    fn add_to(&mut self, stratum: usize, call: &Call) {
        let cells = &mut self.strata[stratum];
        cells.resize(CELLS, Cell::default());
        for filter in Filter::BOTH {
            let outcome = call.outcome[filter as usize];
            let place = index(filter, call.kind, call.subtype as usize, column(call.zygosity));
            cells[place].count(call.side, outcome.decision, outcome.matched);
        }
    }
}

const fn one(index: usize) -> std::ops::Range<usize> {
    index..index + 1
}

const fn column(zygosity: Zygosity) -> usize {
    match zygosity {
        Zygosity::Het => 0,
        Zygosity::HomAlt | Zygosity::Hemi => 1,
        Zygosity::HetAlt => 2,
    }
}

const fn index(filter: Filter, kind: Kind, subtype: usize, zygosity: usize) -> usize {
    ((filter as usize * 2 + kind as usize) * SUBTYPES + subtype) * ZYGOSITIES + zygosity
}

#[cfg(test)]
mod tests;
