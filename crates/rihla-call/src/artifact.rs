//! Is a heterozygous call rather an artifact?
//!
//! Reads of a true heterozygote carry ALT half of the time. Artifacts (chimeric molecules, reads from
//! elsewhere, errors that repeat) make up a small share of the depth, and their reads often have poor
//! mapping quality, lie on one strand, or show ALT near their ends. Reads with a long gap or several changes have a lower
//! mapping quality than those with REF for no other reason; that of reads from elsewhere is low. The score is the log10 odds of
//! "some small share" against "one half", plus what the other signs add. One half is not all that heterozygotes have: where a stretch
//! of one chromosome copy is there twice, one of three has ALT.

use rihla_core::phred::log10_sum;
use rihla_core::variant::Annotations;
use statrs::function::beta::ln_beta;

use crate::annotate::Means;
use crate::artifact::learn::ArtifactRates;
use crate::depth::Depth;
use crate::strand::StrandTable;

pub mod learn;

/// The share of artifact reads is drawn from Beta(1, 16): its mean is one in seventeen.
pub const SHARE: f64 = 16.0;
/// What one unit of a rank sum's z beyond its usual range adds.
const PER_Z: f64 = 0.8;
/// Rank sums are usual down to these z, of mapping quality, base quality and read position.
const USUAL_MAPPING_Z: f64 = -1.5;
const USUAL_BASE_Z: f64 = -2.0;
const USUAL_POSITION_Z: f64 = -2.0;
/// Reads with ALT of a mean mapping quality above this are not from elsewhere for having a lower one than those with REF.
const UNSURE_QUALITY: f32 = 45.0;
/// Above this they have no copy that their aligner knows of.
pub const SURE_QUALITY: f32 = 55.0;
/// What one unit of SOR beyond its usual range adds.
const PER_ODDS: f64 = 0.6;
/// SOR is usual up to this.
const USUAL_ODDS: f64 = 2.5;
/// Odds of the counts below this clear a call, whatever the other signs.
const CLEARED: f64 = -1.0;

/// log10 odds, before depth and reads are counted, of a place's being there three times.
const THREE_COPIES: f64 = -2.0;

/// log10 odds of an artifact against a heterozygote with so many reads with REF and with ALT. Those with REF count by the chance of
/// their being from here, as misplaced reads mostly show REF and make the share of ALT look smaller than it is. `quality` is the mean mapping
/// quality of those with ALT, `depth` that of all reads. Artifacts are so many times as common as usual as `rates` say, but for reads from
/// elsewhere, and for places that are there more often than the reference has them.
#[must_use]
pub fn log10_odds(
    [reference, alternate]: [f64; 2],
    quality: Option<f32>,
    annotations: &Annotations,
    is_snp: bool,
    (depth, rates): (Option<Depth>, ArtifactRates),
) -> f64 {
    let is_unsure = quality.is_none_or(|quality| quality <= UNSURE_QUALITY);
    let may_be_copy = quality.is_none_or(|quality| quality <= SURE_QUALITY)
        || depth.is_some_and(|depth| !depth.is_of_two());
    let rate = match is_snp {
        _ if may_be_copy => 1.0,
        true => rates.snp,
        false => rates.gap,
    };
    // Reads from elsewhere add to the depth as well.
    let of_three = match depth {
        _ if is_unsure => f64::NEG_INFINITY,
        None => THREE_COPIES,
        Some(depth) => THREE_COPIES + depth.log10_of_three(),
    };
    let counts = count_odds(alternate, reference, of_three);
    if counts < CLEARED {
        return counts;
    }
    let excess = |value: Option<f32>, usual: f64| value.map_or(0.0, |z| (usual - f64::from(z)).max(0.0));
    let mapping = if is_unsure { excess(annotations.mapping_quality_rank_sum, USUAL_MAPPING_Z) } else { 0.0 };
    // Reads that end inside a gap do not show it: for gaps the position says nothing.
    let position = if is_snp { excess(annotations.read_position_rank_sum, USUAL_POSITION_Z) } else { 0.0 };
    let base = excess(annotations.base_quality_rank_sum, USUAL_BASE_Z);
    let strand = annotations.strand_odds_ratio.map_or(0.0, |sor| (f64::from(sor) - USUAL_ODDS).max(0.0));
    rate.log10() + counts + PER_Z * (mapping + position + base) + PER_ODDS * strand
}

/// Reads with ALT that fit a copy of the place better than reads with REF do, by a score of this (a mismatch in bwa's scale costs
/// five, and not all reads reach the places where copies differ), are partly lost to it.
const LOST_MARGIN: f32 = 2.0;
/// They fit the copy as well, but for a mismatch.
const COPY_MARGIN: f32 = 5.0;
/// Mates of this mean mapping quality hold reads where they are.
const HOLDING_QUALITY: f32 = 50.0;
/// So do mates that are so much surer than they: those of reads from elsewhere are as unsure as themselves.
const SURER: f32 = 4.0;
/// Where they fit the copy better than their place, and reads with REF fit the place better by so much.
const OTHER_MARGIN: f32 = 5.0;
/// log10 odds of half the depth against all of it, from which on it is halved.
const HALVED: f64 = 0.5;

/// Whether the share of ALT reads says nothing of an artifact: ALT is what a copy of the place has, so that some of its reads
/// lie there. Either the mates of those that are left hold them here, or half of the depth is gone: `depth` is that of all reads. Reads from
/// elsewhere fit their place better than others, as it is why they came, their mates are no surer than they, and they come on top
/// of the reads of both copies.
#[must_use]
pub fn loses_reads(
    [reference, alternate]: [Option<Means>; 2],
    reads: [u32; 2],
    depth: Option<Depth>,
) -> bool {
    let [with_reference, with_alternate] = reads.map(f64::from);
    let native = with_reference / (with_reference + with_alternate);
    let halved = |depth: Depth| depth.log10_of_one(native) - depth.log10_of_both(native) >= HALVED;
    reference.zip(alternate).is_some_and(|(reference, alternate)| {
        let fits_copy = alternate.margin <= COPY_MARGIN && alternate.margin + LOST_MARGIN <= reference.margin;
        let is_held = alternate.mate_quality >= alternate.mapping_quality + SURER
            && alternate.margin <= 0.0
            && alternate.margin + OTHER_MARGIN <= reference.margin;
        fits_copy && (is_held || alternate.mate_quality >= HOLDING_QUALITY || depth.is_some_and(halved))
    })
}

/// A run of one base that is long enough for molecules of a cluster to lose step in it.
const LONG_RUN: usize = 8;

/// Which strand's reads have come through a long run of `alternate` when they reach the base at `site`
/// of `codes`: `Some(true)` for the reverse one, where the run lies behind the base. Such reads show the
/// run's base once more, as part of their cluster is still in the run.
#[must_use]
pub fn strand_out_of_step(codes: &[u8], site: usize, alternate: u8) -> Option<bool> {
    let behind = codes[site + 1..].iter().take_while(|&&code| code == alternate).count();
    let before = codes[..site].iter().rev().take_while(|&&code| code == alternate).count();
    match (behind >= LONG_RUN, before >= LONG_RUN) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// log10 odds of "ALT is an error of one strand" against a heterozygote: on the `suspect` strand any
/// share of ALT reads is as likely as another, on the other one a small share.
#[must_use]
pub fn one_strand_odds(strands: StrandTable, suspect_is_reverse: bool) -> f64 {
    let counts = |reverse: usize| (f64::from(strands[2 + reverse]), f64::from(strands[reverse]));
    let suspect = usize::from(suspect_is_reverse);
    let ((alt, reference), (alt_other, reference_other)) = (counts(suspect), counts(1 - suspect));
    let error = ln_beta(alt + 1.0, reference + 1.0) + ln_beta(alt_other + 1.0, reference_other + SHARE)
        - ln_beta(1.0, SHARE);
    let het = (alt + reference + alt_other + reference_other) * 0.5f64.ln();
    (error - het) / std::f64::consts::LN_10
}

/// log10 of the beta-binomial likelihood of `a` reads of a small share beside `b` others, over the binomial ones of a half and, where
/// `log10_three` are the odds of three copies against two, of a third.
fn count_odds(a: f64, b: f64, log10_three: f64) -> f64 {
    let small = (ln_beta(a + 1.0, b + SHARE) - ln_beta(1.0, SHARE)) / std::f64::consts::LN_10;
    let half = (a + b) * 0.5f64.log10();
    let third = log10_three - (a + b) * 3f64.log10() + b * 2f64.log10();
    small - log10_sum(half, third)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::depth::UsualDepth;

    #[test]
    fn a_small_share_is_suspect_and_a_half_is_not() {
        assert!(count_odds(15.0, 15.0, THREE_COPIES) < -2.0);
        assert!(count_odds(8.0, 60.0, THREE_COPIES) > 4.0);
        let two_of_five = count_odds(2.0, 3.0, THREE_COPIES);
        assert!((-1.5..0.0).contains(&two_of_five), "{two_of_five}");
        assert!(count_odds(3.0, 18.0, f64::NEG_INFINITY) > 2.0);
        assert!(
            count_odds(3.0, 16.7, f64::NEG_INFINITY) < 1.9,
            "some of those with REF may be from elsewhere"
        );
    }

    #[test]
    fn a_run_puts_one_strand_under_suspicion() {
        let codes = [1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 3];
        assert_eq!(strand_out_of_step(&codes, 2, 0), Some(true));
        assert_eq!(strand_out_of_step(&codes, 11, 0), Some(false));
        assert_eq!(strand_out_of_step(&codes, 2, 3), None);
        assert_eq!(strand_out_of_step(&codes[..10], 2, 0), None);
        // All of the run's base on the reverse strand, none on the forward one; then on both.
        assert!(one_strand_odds([13, 6, 0, 8], true) > 2.0);
        assert!(one_strand_odds([7, 6, 6, 8], true) < 0.0);
        assert!(one_strand_odds([13, 6, 0, 8], false) < 1.0);
    }

    #[test]
    fn a_copy_takes_reads_whose_mates_do_not_hold_them() {
        let means = |margin, mate_quality| {
            Some(Means {
                mapping_quality: 40.0,
                base_quality: 37.0,
                position: 40.0,
                edits: 2.0,
                margin,
                mate_quality,
            })
        };
        let loses = |means| loses_reads(means, [20, 4], None);
        assert!(loses([means(5.0, 55.0), means(-2.0, 60.0)]));
        assert!(!loses([means(5.0, 55.0), means(-2.0, 20.0)]), "mates as unsure as themselves");
        assert!(loses([means(5.0, 55.0), means(-2.0, 44.0)]), "mates surer than themselves");
        assert!(!loses([means(5.0, 55.0), means(1.0, 44.0)]), "they may as well be from here");
        assert!(!loses([means(5.0, 55.0), means(8.0, 60.0)]), "they fit better than the others");
        assert!(!loses([means(28.0, 60.0), means(24.0, 60.0)]), "no copy is near");
        assert!(!loses([None, means(-2.0, 60.0)]));
        let unsure = [means(5.0, 55.0), means(-2.0, 20.0)];
        let by_depth = |depth| loses_reads(unsure, [12, 4], Some(Depth::new(depth, UsualDepth::even(30.0))));
        assert!(by_depth(17.0), "the copy has half of the depth");
        assert!(!by_depth(40.0), "both copies of the chromosome are there");
    }

    #[test]
    fn one_of_three_copies_has_a_third_of_the_reads() {
        let odds = |reads: [u32; 2], quality, usual: fn(f64) -> UsualDepth| {
            let depth = Depth::new(f64::from(reads[0] + reads[1]), usual(30.0));
            log10_odds(
                reads.map(f64::from),
                Some(quality),
                &Annotations::default(),
                true,
                (Some(depth), ArtifactRates::default()),
            )
        };
        assert!(odds([37, 10], 60.0, UsualDepth::even) < 1.0, "half as deep again");
        assert!(odds([37, 10], 20.0, UsualDepth::even) > 2.0, "reads from elsewhere add to the depth");
        assert!(odds([24, 5], 60.0, UsualDepth::even) > 2.0, "two copies");
        assert!(
            odds([62, 8], 60.0, |depth| UsualDepth::even(2.0 * depth)) > 4.0,
            "a small share of two copies"
        );
    }

    #[test]
    fn artifacts_are_no_likelier_than_they_are_common_in_the_sample() {
        let odds = |quality, all, is_snp, rates| {
            let depth = Some(Depth::new(all, UsualDepth::even(30.0)));
            log10_odds([21.0, 3.0], Some(quality), &Annotations::default(), is_snp, (depth, rates))
        };
        let (usual, clean) = (ArtifactRates::default(), ArtifactRates { snp: 0.1, gap: 0.3 });
        assert!(odds(60.0, 24.0, true, usual) > 2.0);
        let gains =
            |quality, all, is_snp| odds(quality, all, is_snp, usual) - odds(quality, all, is_snp, clean);
        assert!((gains(60.0, 24.0, true) - 1.0).abs() < 1e-9);
        assert!((gains(60.0, 24.0, false) + 0.3f64.log10()).abs() < 1e-9);
        assert_eq!(gains(50.0, 24.0, true), 0.0, "the reads may be from elsewhere");
        assert_eq!(gains(60.0, 60.0, true), 0.0, "the reference lacks a copy");
    }

    #[test]
    fn other_signs_add() {
        let plain = Annotations::default();
        let suspect = Annotations { mapping_quality_rank_sum: Some(-4.0), ..Annotations::default() };
        let odds = |reads, quality, annotations| {
            log10_odds(reads, quality, annotations, true, (None, ArtifactRates::default()))
        };
        let (few, half) = ([23.0, 7.0], [15.0, 15.0]);
        assert!(odds(few, Some(20.0), &suspect) > odds(few, Some(20.0), &plain) + 1.9);
        assert_eq!(odds(half, Some(20.0), &suspect), odds(half, Some(20.0), &plain));
        assert_eq!(odds(few, Some(55.0), &suspect), odds(few, Some(55.0), &plain), "a gap lowers it as well");
    }
}
