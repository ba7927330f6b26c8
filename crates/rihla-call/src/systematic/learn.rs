//! How common such errors are in a sample.
//!
//! Clear cases are counted in a part of the genome: a base that several reads of one strand show and none of the other, most of
//! them with low qualities. A heterozygote hardly looks so, nor do errors that are independent. How many there would be if
//! such places were as common as usual follows from the depth alone.

use rihla_core::Interval;
use rihla_pileup::columns::Columns;
use rihla_pileup::{Change, Pileup, PileupOptions};
use statrs::function::beta::ln_beta;
use statrs::function::factorial::ln_binomial;

use super::{BELOW, Column, SHARE, TO_BASE_BEFORE, TO_OTHER_BASE, class, median};

/// A clear case has so many reads.
const CLEAR: u32 = 3;
/// Where so many are expected, what is seen counts as much as what is usual.
const USUAL: f64 = 3.0;
/// Rates beyond these are not believed.
const RATES: (f64, f64) = (1e-3, 4.0);
/// Deeper places are taken for so deep.
const DEEPEST: usize = 400;

/// Clear cases, and places by depth: how many would be seen if such places were as common as usual. Integers, so that parts add up to
/// the same whatever their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorCounts {
    seen: u64,
    depths: Vec<u64>,
}

impl ErrorCounts {
    /// Counts in an interval that was scanned.
    #[must_use]
    pub fn of(interval: Interval, pileup: &Pileup) -> Self {
        let mut counts = Self { seen: 0, depths: vec![0; DEEPEST + 1] };
        let columns = Columns::count(&pileup.reads, interval);
        let depths = (interval.start..interval.end).map(|place| columns.depth(place) as usize);
        depths.for_each(|depth| counts.depths[depth.min(DEEPEST)] += 1);
        let candidates = pileup.regions.iter().flat_map(|region| &region.candidates);
        for candidate in candidates.filter(|candidate| interval.contains(interval.contig, candidate.position))
        {
            let Change::Snp(code) = candidate.change else { continue };
            let place = candidate.position;
            let reads = pileup.reads.overlapping(place, place + 1).map(|number| (number, 0));
            let column = Column::of(&pileup.reads, reads, place);
            counts.seen += u64::from([false, true].into_iter().any(|strand| column.is_clear(code, strand)));
        }
        counts
    }

    /// So many cases, and so many places of a depth.
    #[cfg(test)]
    pub(super) fn counted(seen: u64, depth: usize, places: u64) -> Self {
        let mut depths = vec![0; DEEPEST + 1];
        depths[depth] = places;
        Self { seen, depths }
    }

    /// Adds another part's counts.
    pub fn add(&mut self, other: &Self) {
        self.seen += other.seen;
        self.depths.resize(self.depths.len().max(other.depths.len()), 0);
        self.depths.iter_mut().zip(&other.depths).for_each(|(sum, places)| *sum += places);
    }

    /// How many times as common as usual such places are.
    #[must_use]
    pub fn rate(&self, options: &PileupOptions) -> f64 {
        let of_depths = (0..).zip(&self.depths).filter(|&(_, &places)| places > 0);
        let usual: f64 = of_depths.map(|(depth, &places)| places as f64 * expected(depth, options)).sum();
        ((USUAL + self.seen as f64) / (USUAL + usual)).clamp(RATES.0, RATES.1)
    }
}

/// Clear cases at a place of so many reads, if such places are as common as usual.
fn expected(depth: usize, options: &PileupOptions) -> f64 {
    let strand = (depth / 2) as f64;
    let least = f64::from(CLEAR).max((options.min_snp_fraction * depth as f64).ceil());
    let of_reads = |reads: f64| {
        let shares = ln_beta(reads + 1.0, strand - reads + SHARE) - ln_beta(1.0, SHARE);
        (ln_binomial(strand as u64, reads as u64) + shares).exp()
    };
    let seen: f64 = (least as u64..=strand as u64).map(|reads| of_reads(reads as f64)).sum();
    2.0 * (TO_BASE_BEFORE + 2.0 * TO_OTHER_BASE) * seen
}

impl Column<'_> {
    /// Whether a base is surely such an error.
    fn is_clear(&self, wrong: u8, is_reverse: bool) -> bool {
        let erring: Vec<_> = self.of_strand(is_reverse).filter(|shown| shown.code == wrong).collect();
        let elsewhere: Vec<_> = self.of_strand(!is_reverse).collect();
        let is_one_sided =
            elsewhere.len() >= erring.len() && elsewhere.iter().all(|shown| shown.code != wrong);
        if erring.len() < CLEAR as usize || !is_one_sided {
            return false;
        }
        let Some(median) = median(&self.others(wrong, is_reverse)) else { return false };
        let low = erring.iter().filter(|shown| class(shown.quality, median) < BELOW.len()).count();
        3 * low >= 2 * erring.len()
    }
}
