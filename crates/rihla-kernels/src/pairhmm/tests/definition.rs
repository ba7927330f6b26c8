//! The `f64` definition against independent references.

use bio::stats::pairhmm::{EmissionParameters, GapParameters, PairHMM, StartEndGapParameters, XYEmission};
use bio::stats::{LogProb, Prob};

use super::reference::{all_paths, full_matrix};
use super::*;

#[test]
fn empty_read_is_certain_and_empty_haplotype_impossible() {
    assert_eq!(exactly(&OwnedRead::plain(&[], 30), &[0, 1]), 0.0);
    assert_eq!(exactly(&OwnedRead::plain(&[], 30), &[]), 0.0);
    assert_eq!(exactly(&OwnedRead::plain(&[1], 30), &[]), f64::NEG_INFINITY);
}

#[test]
fn one_base_on_one_base_by_hand() {
    // starts in the deletion state with probability 1 (one column), leaves it with 1 - 0.1
    let read = OwnedRead::plain(&[1], 30);
    assert!((exactly(&read, &[1]) - (0.9_f64 * 0.999).log10()).abs() < 1e-12);
    assert!((exactly(&read, &[2]) - (0.9_f64 * 0.001 / 3.0).log10()).abs() < 1e-12);
    assert!((exactly(&read, &[4]) - (0.9_f64 * 0.999).log10()).abs() < 1e-12);
    assert!((exactly(&OwnedRead::plain(&[4], 30), &[2]) - (0.9_f64 * 0.999).log10()).abs() < 1e-12);
}

#[test]
fn start_is_divided_by_the_length_of_the_haplotype() {
    let read = OwnedRead::plain(&[1], 30);
    let two_places = 2.0 / 4.0 * 0.9 * 0.999 + 2.0 / 4.0 * 0.9 * 0.001 / 3.0;
    assert!((exactly(&read, &[1, 2, 1, 3]) - f64::log10(two_places)).abs() < 1e-12);
}

#[test]
fn impossible_read_is_negative_infinity() {
    // an error of probability 1 cannot be a match, and the last base cannot be an insertion
    let read = OwnedRead::plain(&[2], 0);
    assert_eq!(exactly(&read, &[2]), f64::NEG_INFINITY);
}

/// Each of 400 bases of quality 90 is wrong: 10^-3790 as matches, which `f64` itself cannot hold.
#[test]
fn far_below_the_range_of_f64() {
    let read = OwnedRead { gap_extend: vec![120; 400], ..OwnedRead::plain(&[1; 400], 90) };
    let haplotype = [2; 420];
    let value = exactly(&read, &haplotype);
    assert!(value < -2000.0, "{value}");
    assert!((value - full_matrix(&read, &haplotype)).abs() < 1e-7 * value.abs());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sums_all_paths(read in any_read(1..=4, 3..=30), haplotype in prop::collection::vec(0_u8..=4, 1..=5)) {
        prop_assume!(match_match_is_positive(&read));
        let value = exactly(&read, &haplotype);
        let expected = all_paths(&read, &haplotype).log10();
        prop_assert!((value - expected).abs() < 1e-9, "{value} instead of {expected}");
    }

    #[test]
    fn equals_the_full_matrix(
        read in any_read(1..=60, 4..=60), seed in 0_u64..1000, flank in 0_usize..40, at in 0_usize..60, edit: u8,
    ) {
        let haplotype = related(&read.bases, seed, flank, at, edit);
        prop_assume!(!haplotype.is_empty());
        let (value, expected) = (exactly(&read, &haplotype), full_matrix(&read, &haplotype));
        prop_assert!((value - expected).abs() < 1e-9, "{value} instead of {expected}");
    }
}

fn match_match_is_positive(read: &OwnedRead) -> bool {
    read.insertion_open.iter().zip(&read.deletion_open).all(|(&a, &b)| a > 3 && b > 3)
}

/// The model of the `bio` crate with the haplotype as its x: one set of gap probabilities, the start
/// in the match state.
struct Bio<'a> {
    read: &'a OwnedRead,
    haplotype: &'a [u8],
}

const GAP_OPEN: f64 = 1e-4;
const GAP_EXTEND: f64 = 0.1;

impl GapParameters for Bio<'_> {
    fn prob_gap_x(&self) -> LogProb {
        LogProb::from(Prob(GAP_OPEN))
    }
    fn prob_gap_y(&self) -> LogProb {
        LogProb::from(Prob(GAP_OPEN))
    }
    fn prob_gap_x_extend(&self) -> LogProb {
        LogProb::from(Prob(GAP_EXTEND))
    }
    fn prob_gap_y_extend(&self) -> LogProb {
        LogProb::from(Prob(GAP_EXTEND))
    }
}

impl StartEndGapParameters for Bio<'_> {
    fn free_start_gap_x(&self) -> bool {
        true
    }
    fn free_end_gap_x(&self) -> bool {
        true
    }
    fn prob_start_gap_x(&self, i: usize) -> LogProb {
        // at 0 it already starts with probability 1
        if i == 0 { LogProb::ln_zero() } else { LogProb::ln_one() }
    }
}

impl EmissionParameters for Bio<'_> {
    fn prob_emit_xy(&self, i: usize, j: usize) -> XYEmission {
        let error = 10_f64.powf(f64::from(self.read.base_quals[j]) / -10.0);
        if self.haplotype[i] == self.read.bases[j] {
            XYEmission::Match(LogProb::from(Prob(1.0 - error)))
        } else {
            XYEmission::Mismatch(LogProb::from(Prob(error / 3.0)))
        }
    }
    fn prob_emit_x(&self, _: usize) -> LogProb {
        LogProb::ln_one()
    }
    fn prob_emit_y(&self, _: usize) -> LogProb {
        LogProb::ln_one()
    }
    fn len_x(&self) -> usize {
        self.haplotype.len()
    }
    fn len_y(&self) -> usize {
        self.read.bases.len()
    }
}

/// `bio` starts in a match, may start or end with a gap, and leaves out summands below e^-10: paths
/// of some 10^-4 of the sum.
#[test]
fn agrees_with_bio() {
    for seed in 0..40_u64 {
        let bases = random_bases(seed, 50, false);
        let haplotype: Vec<u8> = related(&bases, seed + 100, 30, 10 + seed as usize % 30, seed as u8)
            .iter()
            .map(|&c| c % 4)
            .collect();
        let all = |quality| vec![quality; bases.len()];
        let read = OwnedRead {
            base_quals: (0..50_u64).map(|i| 20 + ((i * 7 + seed) % 20) as u8).collect(),
            insertion_open: all(40),
            deletion_open: all(40),
            ..OwnedRead::plain(&bases, 0)
        };
        let bio = Bio { read: &read, haplotype: &haplotype };
        let related = PairHMM::new(&bio).prob_related(&bio, &bio, None);
        let start = (1.0 - GAP_EXTEND) / (1.0 - 2.0 * GAP_OPEN) / haplotype.len() as f64;
        let expected = *related / std::f64::consts::LN_10 + start.log10();
        let value = exactly(&read, &haplotype);
        assert!((value - expected).abs() < 2e-3, "seed {seed}: {value}, bio says {expected}");
    }
}
