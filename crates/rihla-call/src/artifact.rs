//! Is a heterozygous call rather an artifact?
//!
//! Reads of a true heterozygote carry ALT half of the time. Artifacts (chimeric molecules, reads from
//! elsewhere, errors that repeat) make up a small share of the depth, and their reads often have poor
//! mapping quality, lie on one strand, or show ALT near their ends. The score is the log10 odds of
//! "some small share" against "one half", plus what the other signs add.

use rihla_core::variant::Annotations;
use statrs::function::beta::ln_beta;

/// The share of artifact reads is drawn from Beta(1, 16): its mean is one in seventeen.
const SHARE: f64 = 16.0;
/// What one unit of a rank sum's z beyond its usual range adds.
const PER_Z: f64 = 0.8;
/// Rank sums are usual down to these z, of mapping quality, base quality and read position.
const USUAL_MAPPING_Z: f64 = -1.5;
const USUAL_BASE_Z: f64 = -2.0;
const USUAL_POSITION_Z: f64 = -2.0;
/// What one unit of SOR beyond its usual range adds.
const PER_ODDS: f64 = 0.6;
/// SOR is usual up to this.
const USUAL_ODDS: f64 = 2.5;
/// Odds of the counts below this clear a call, whatever the other signs.
const CLEARED: f64 = -1.0;

/// log10 odds of an artifact against a heterozygote with `alternate` and `other` reads.
#[must_use]
pub fn log10_odds(alternate: u32, other: u32, annotations: &Annotations, is_snp: bool) -> f64 {
    let counts = count_odds(alternate, other);
    if counts < CLEARED {
        return counts;
    }
    let excess = |value: Option<f32>, usual: f64| value.map_or(0.0, |z| (usual - f64::from(z)).max(0.0));
    let mapping = excess(annotations.mapping_quality_rank_sum, USUAL_MAPPING_Z);
    // Reads that end inside a gap do not show it: for gaps the position says nothing.
    let position = if is_snp { excess(annotations.read_position_rank_sum, USUAL_POSITION_Z) } else { 0.0 };
    let base = excess(annotations.base_quality_rank_sum, USUAL_BASE_Z);
    let strand = annotations.strand_odds_ratio.map_or(0.0, |sor| (f64::from(sor) - USUAL_ODDS).max(0.0));
    counts + PER_Z * (mapping + position + base) + PER_ODDS * strand
}

/// log10 of the beta-binomial likelihood of a small share over the binomial one of a half.
fn count_odds(alternate: u32, other: u32) -> f64 {
    let (a, b) = (f64::from(alternate), f64::from(other));
    let small = ln_beta(a + 1.0, b + SHARE) - ln_beta(1.0, SHARE);
    (small - (a + b) * 0.5f64.ln()) / std::f64::consts::LN_10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_share_is_suspect_and_a_half_is_not() {
        assert!(count_odds(15, 15) < -2.0);
        assert!(count_odds(8, 60) > 5.0);
        let two_of_five = count_odds(2, 3);
        assert!((-1.5..0.0).contains(&two_of_five), "{two_of_five}");
    }

    #[test]
    fn other_signs_add() {
        let plain = Annotations::default();
        let suspect = Annotations { mapping_quality_rank_sum: Some(-4.0), ..Annotations::default() };
        assert!(log10_odds(7, 23, &suspect, true) > log10_odds(7, 23, &plain, true) + 1.9);
        assert_eq!(log10_odds(15, 15, &suspect, true), log10_odds(15, 15, &plain, true));
    }
}
