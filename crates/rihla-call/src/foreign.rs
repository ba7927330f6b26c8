//! Reads that belong elsewhere, weighed with the genotypes.
//!
//! Likelihoods take reads as independent, and each as misplaced with the probability of its mapping quality. Where the
//! reads of a copy of the sequence come to lie together, that is wrong: one cause explains all of them. So every set of
//! haplotypes is also weighed with a share of reads that show another haplotype and are from elsewhere, as DRAGEN does for
//! homozygous genotypes (its foreign-read detection). The share is drawn from Beta(1, 16), as for artifacts
//! ([`crate::artifact`]); that there is such a copy at all is the likelier the lower the mapping qualities of
//! the reads that would be its.
//!
//! Another person's reads have no low mapping quality, and are spread over the whole genome: each fragment is one of them with a
//! share that the sample tells ([`crate::strangers`]).

use rihla_pileup::ReadSet;
use rihla_pileup::certainty::MAX_MARGIN;
use statrs::function::beta::ln_beta;

use crate::artifact::SHARE;
use crate::depth::Depth;
use crate::genotype::EventPriors;
use crate::reads::WindowRead;

/// log10 odds, before the reads are counted, of foreign reads of mapping quality 0 against the same haplotype being the sample's, and
/// what a unit of quality adds.
const AT_ZERO: f64 = 0.0;
const PER_QUALITY: f64 = -1.0 / 12.0;
/// Reads of a mean mapping quality above this have no copy that their aligner knows of.
const MAX_QUALITY: f64 = 55.0;
/// A fragment tells its haplotype from a foreign one where one is this much likelier than the other.
const CLEAR: f64 = 1.6;
/// With more haplotypes only sets of one haplotype are weighed so.
const MAX_HAPLOTYPES: usize = 8;
/// The haplotype without a variant.
const REFERENCE: usize = 0;
/// Factors multiplied before the logarithm is taken.
const FACTORS: usize = 8;

/// log10 odds, before the reads are counted, of a haplotype that has lost most of its reads to a copy of the place.
const LOST: f64 = -1.5;
/// So many fragments at least are left of it.
const MIN_LEFT: usize = 2;
/// They fit the copy better, by this at least: a read that fits its own place as well is not lost, and those that are left are held
/// by their mates.
const LOST_MARGIN: f64 = -2.0;

/// What tells foreign fragments, and those that are left where a copy took the others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Foreign {
    /// Mapping quality of each fragment, that of its surer read.
    qualities: Vec<f64>,
    /// By how much each fits its place better than the best other one, by its less sure read.
    margins: Vec<f64>,
    /// Whether enough of them fit another place better.
    may_be_left: bool,
    /// The depth of the place, where the usual one of both copies is known.
    depth: Option<Depth>,
    /// Share of the fragments that are a stranger's; see [`crate::strangers`].
    strangers: f64,
    /// Whether copies of the place are weighed, too.
    of_copies: bool,
}

/// Fragments that are likelier of one haplotype than of a set, and the others.
struct Split {
    others: u32,
    natives: u32,
    /// Mean mapping quality of the others.
    quality: f64,
    /// Mean margins of the natives, and of the others.
    margins: [f64; 2],
    /// log10 likelihood of all, each of its own.
    log10: f64,
}

impl Split {
    /// Share of the natives.
    fn native(&self) -> f64 {
        f64::from(self.natives) / f64::from(self.natives + self.others)
    }
}

impl Foreign {
    /// That of the fragments of a window, where the depth is this.
    #[must_use]
    pub fn of(set: &ReadSet, reads: &[WindowRead], depth: Option<Depth>, strangers: f64) -> Self {
        let fragments = reads.iter().map(|read| read.fragment + 1).max().unwrap_or(0);
        let mut qualities = vec![0.0f64; fragments];
        let mut margins = vec![f64::from(MAX_MARGIN); fragments];
        for read in reads {
            let prepared = &set.reads()[read.number];
            let (quality, margin) = (&mut qualities[read.fragment], &mut margins[read.fragment]);
            *quality = quality.max(f64::from(prepared.mapping_quality));
            *margin = margin.min(f64::from(prepared.certainty.margin));
        }
        let may_be_left = margins.iter().filter(|&&margin| margin < 0.0).count() >= MIN_LEFT;
        Self { qualities, margins, may_be_left, depth, strangers, of_copies: true }
    }

    /// That of strangers alone, no copy of the place: where reads slip, they show other haplotypes for that.
    #[must_use]
    pub fn of_strangers(share: f64) -> Self {
        Self { strangers: share, ..Self::default() }
    }

    /// log10 by which the best foreign haplotype, or a copy that took the reads of one of the set, makes the fragments of a set
    /// likelier or less likely, priors of what it has beside the set included: `rows` are relative likelihoods by haplotype.
    #[must_use]
    pub fn log10_best(&self, rows: &[Vec<f64>], set: &[usize], priors: &EventPriors) -> Option<f64> {
        let haplotypes = rows.first()?.len();
        let is_one = set.iter().all(|&haplotype| haplotype == set[0]);
        if haplotypes > MAX_HAPLOTYPES && !is_one {
            return None;
        }
        let share = 1.0 / set.len() as f64;
        let own: Vec<f64> =
            rows.iter().map(|row| share * set.iter().map(|&haplotype| row[haplotype]).sum::<f64>()).collect();
        let depth = self.depth.filter(|_| is_one);
        // Haplotypes with variants may have lost reads themselves.
        let least = if set[0] == REFERENCE { f64::NEG_INFINITY } else { 0.0 };
        let others = (0..haplotypes).filter(|haplotype| !set.contains(haplotype));
        let strangers = others
            .clone()
            .filter_map(|other| Some(self.log10_strangers(rows, &own, other)? + priors.of_copy(set, other)));
        let foreign = others.filter(|_| self.of_copies).filter_map(|other| {
            let split = self.split(rows, |fragment| own[fragment], other);
            let told = depth.map_or(0.0, |depth| depth.log10_of_both(split.native()).max(least));
            Some(log10_foreign(&split)? + told + priors.of_copy(set, other))
        });
        let two = <[usize; 2]>::try_from(set).ok().filter(|_| !is_one && self.may_be_left);
        // Nothing fits the place better than the reference's own letters.
        let lost = two.into_iter().flat_map(|[a, b]| [[a, b], [b, a]]).filter(|&[_, lost]| lost != REFERENCE);
        let lost = lost.filter_map(|ordered @ [kept, lost]| {
            Some(self.log10_lost(rows, ordered)? + priors.of_company(&[kept], lost))
        });
        foreign.chain(lost).chain(strangers).reduce(f64::max)
    }

    /// log10 of what it adds to the likelihood of all fragments that each may be a stranger's, who has another haplotype. `None`
    /// where it explains nothing.
    fn log10_strangers(&self, rows: &[Vec<f64>], own: &[f64], other: usize) -> Option<f64> {
        let (mut likelihood, mut gain) = (0.0, 0.0);
        for (rows, own) in rows.chunks(FACTORS).zip(own.chunks(FACTORS)) {
            let (mut of_own, mut of_both) = (1.0, 1.0);
            for (row, own) in rows.iter().zip(own) {
                of_own *= own;
                of_both *= own + self.strangers * (row[other] - own);
            }
            likelihood += of_own.log10();
            gain += (of_both / of_own).log10();
        }
        (gain > 0.0).then(|| likelihood + gain + (1.0 - 10f64.powf(-gain)).log10())
    }

    fn split(&self, rows: &[Vec<f64>], own_of: impl Fn(usize) -> f64, other: usize) -> Split {
        let (mut others, mut natives, mut quality, mut log10) = (0u32, 0u32, 0.0, 0.0);
        let mut margins = [0.0; 2];
        let mut product = 1.0;
        let mut factors = 0;
        for (number, row) in rows.iter().enumerate() {
            let (own, theirs) = (own_of(number), row[other]);
            if theirs > own * CLEAR {
                others += 1;
                quality += self.qualities[number];
                margins[1] += self.margins[number];
                product *= theirs;
            } else {
                if own > theirs * CLEAR {
                    natives += 1;
                    margins[0] += self.margins[number];
                }
                product *= own;
            }
            factors += 1;
            if factors == FACTORS {
                log10 += product.log10();
                (product, factors) = (1.0, 0);
            }
        }
        log10 += product.log10();
        let margins = [margins[0] / f64::from(natives), margins[1] / f64::from(others)];
        Split { others, natives, quality: quality / f64::from(others), margins, log10 }
    }

    /// log10 by which it makes the fragments of two haplotypes likelier that a copy of the place took most of those of `lost`.
    fn log10_lost(&self, rows: &[Vec<f64>], [kept, lost]: [usize; 2]) -> Option<f64> {
        let depth = self.depth?;
        let split = self.split(rows, |fragment| rows[fragment][kept], lost);
        let is_left = split.others as usize >= MIN_LEFT && split.others <= split.natives;
        let [natives, others] = split.margins;
        (is_left && others <= LOST_MARGIN && others < natives).then(|| {
            LOST + depth.log10_of_one(split.native()) + log10_share(split.others, split.natives) + split.log10
        })
    }
}

/// log10 by which it makes the fragments of a set likelier that the others are foreign, whatever the depth.
fn log10_foreign(split: &Split) -> Option<f64> {
    let is_foreign = split.others > 0 && split.others <= split.natives && split.quality <= MAX_QUALITY;
    let share = || log10_share(split.others, split.natives);
    is_foreign.then(|| AT_ZERO + PER_QUALITY * split.quality + share() + split.log10)
}

/// log10 probability that so many of the fragments are foreign, of any share.
fn log10_share(foreign: u32, native: u32) -> f64 {
    let of = ln_beta(f64::from(foreign) + 1.0, f64::from(native) + SHARE) - ln_beta(1.0, SHARE);
    of / std::f64::consts::LN_10
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::depth::UsualDepth;
    use crate::events::Event;
    use crate::genotype::{Diplotypes, Judgment, at_locus};
    use crate::likelihood::Likelihoods;
    use crate::locus::{Allele, Locus};
    use crate::systematic::SystematicErrors;

    fn of_copies() -> Foreign {
        Foreign { of_copies: true, ..Foreign::default() }
    }

    /// What fragments say of the reference against a haplotype of so many SNPs: `rows` are their log10 likelihoods by both.
    fn judge(rows: Vec<f64>, snps: usize, foreign: &Foreign) -> Judgment {
        let of_haplotype = vec![vec![], (0..snps).collect()];
        let priors = EventPriors { of_haplotype, log10: vec![-3.0; snps] };
        let (fragments, errors) = (Likelihoods::new(2, rows), SystematicErrors::default());
        let diplotypes = Diplotypes::weigh_with(&fragments, &priors, 2, &errors, Some(foreign));
        let alleles = vec![Allele::Reference, Allele::Events(vec![Event::snp(5, 1)])];
        let locus = Locus { anchor: 5, alleles, of_haplotype: vec![0, 1] };
        at_locus(&diplotypes, &priors, &locus, &[0]).judge(&locus)
    }

    /// A SNP that so many reads show (log10 odds 3.6 each) and so many do not, all of one mapping quality.
    fn judged(alternate: usize, reference: usize, quality: f64) -> Judgment {
        let mut rows = [-3.6, 0.0].repeat(alternate);
        rows.extend([0.0, -3.6].repeat(reference));
        let reads = alternate + reference;
        let foreign = Foreign { qualities: vec![quality; reads], margins: vec![5.0; reads], ..of_copies() };
        judge(rows, 1, &foreign)
    }

    #[test]
    fn two_reads_of_a_copy_do_not_make_a_heterozygote() {
        let call = judged(27, 2, 40.0);
        assert_eq!(call.genotype, [1, 1]);
        assert!((5..30).contains(&call.genotype_quality), "{}", call.genotype_quality);
        assert_eq!(judged(2, 27, 20.0).genotype, [0, 0]);
    }

    #[test]
    fn strangers_show_ref_among_homozygotes_and_a_variant_of_theirs() {
        let judged = |alternate: usize, reference: usize, share| {
            let mut rows = [-4.2, 0.0].repeat(alternate);
            rows.extend([0.0, -4.2].repeat(reference));
            judge(rows, 1, &Foreign::of_strangers(share))
        };
        assert_eq!(judged(24, 2, 0.0).genotype, [0, 1], "less likely as errors");
        let homozygous = judged(24, 2, 2e-3);
        assert!(homozygous.genotype == [1, 1] && homozygous.genotype_quality > 15, "{homozygous:?}");
        let half = judged(8, 8, 2e-3);
        assert!(
            half.genotype == [0, 1] && half.quality > 100.0,
            "no stranger has half of the reads: {half:?}"
        );
        let (clean, mixed) = (judged(4, 22, 0.0), judged(4, 22, 0.03));
        assert!(clean.genotype == [0, 1] && clean.quality > 40.0, "{clean:?}");
        assert_eq!(mixed.genotype, [0, 0], "their variants are as common as the sample's: {mixed:?}");
    }

    /// Genotype and its quality of two SNPs that three reads show, which fit the place worse than a copy by `margin`; 14 show the
    /// reference, and all lie so deep in a sample of 30.
    fn left(margin: f64, depth: Option<f64>) -> (Vec<usize>, u8) {
        let mut rows = [-6.0, 0.0].repeat(3);
        rows.extend([0.0, -6.0].repeat(14));
        let foreign = Foreign {
            qualities: [vec![20.0; 3], vec![50.0; 14]].concat(),
            margins: [vec![margin; 3], vec![10.0; 14]].concat(),
            may_be_left: margin < 0.0,
            depth: depth.map(|depth| Depth::new(depth, UsualDepth::even(30.0))),
            ..of_copies()
        };
        let call = judge(rows, 2, &foreign);
        (call.genotype, call.genotype_quality)
    }

    #[test]
    fn a_copy_that_took_the_reads_of_a_haplotype_has_half_of_the_depth() {
        assert_eq!(left(-5.0, Some(17.0)).0, [0, 1]);
        assert_eq!(left(-5.0, Some(34.0)).0, [0, 0], "both chromosome copies are there");
        assert_eq!(left(-5.0, None).0, [0, 0], "nobody knows");
        assert_eq!(left(5.0, Some(17.0)).0, [0, 0], "reads that fit here are not taken away");
    }

    #[test]
    fn letters_of_a_copy_come_together() {
        let priors = EventPriors { of_haplotype: vec![vec![], vec![0], vec![0, 1]], log10: vec![-3.0; 2] };
        assert_eq!((priors.of_copy(&[0, 0], 1), priors.of_copy(&[0, 0], 2)), (-3.0, -5.0));
        assert_eq!((priors.of_copy(&[1, 1], 2), priors.of_company(&[0], 2)), (-3.0, 1.0));
    }

    #[test]
    fn half_of_the_reads_make_one_and_copies_only_lower_its_quality() {
        let (sure, unsure) = (judged(14, 15, 60.0), judged(14, 15, 20.0));
        assert_eq!((&sure.genotype[..], &unsure.genotype[..]), (&[0, 1][..], &[0, 1][..]));
        assert!(sure.quality > unsure.quality + 20.0 && unsure.quality > 10.0, "{sure:?} {unsure:?}");
    }

    #[test]
    fn the_share_of_foreign_reads_is_small() {
        assert!(log10_share(2, 27) > -4.0 && log10_share(14, 15) < -10.0);
    }
}
