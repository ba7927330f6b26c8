//! Reads that belong elsewhere, weighed with the genotypes.
//!
//! Likelihoods take reads as independent, and each as misplaced with the probability of its mapping quality. Where the
//! reads of a copy of the sequence come to lie together, that is wrong: one cause explains all of them. So every set of
//! haplotypes is also weighed with a share of reads that show another haplotype and are from elsewhere, as DRAGEN does for
//! homozygous genotypes (its foreign-read detection). The share is drawn from Beta(1, 16), as for artifacts
//! ([`crate::artifact`]); that there is such a copy at all is the likelier the lower the mapping qualities of
//! the reads that would be its.

use rihla_pileup::ReadSet;
use statrs::function::beta::ln_beta;

use crate::artifact::SHARE;
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
/// Factors multiplied before the logarithm is taken.
const FACTORS: usize = 8;

/// What tells foreign fragments: the mapping quality of each, that of its surer read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Foreign {
    qualities: Vec<f64>,
}

impl Foreign {
    /// That of the fragments of a window.
    #[must_use]
    pub fn of(set: &ReadSet, reads: &[WindowRead]) -> Self {
        let fragments = reads.iter().map(|read| read.fragment + 1).max().unwrap_or(0);
        let mut qualities = vec![0.0f64; fragments];
        for read in reads {
            let quality = f64::from(set.reads()[read.number].mapping_quality);
            qualities[read.fragment] = qualities[read.fragment].max(quality);
        }
        Self { qualities }
    }

    /// log10 by which the best foreign haplotype makes the fragments of a set likelier or less likely: `rows` are relative
    /// likelihoods by haplotype, `own` those of the set.
    #[must_use]
    pub fn log10_best(&self, rows: &[Vec<f64>], set: &[usize], beside: impl Fn(usize) -> f64) -> Option<f64> {
        let haplotypes = rows.first()?.len();
        if haplotypes > MAX_HAPLOTYPES && set.iter().any(|&haplotype| haplotype != set[0]) {
            return None;
        }
        let share = 1.0 / set.len() as f64;
        let own: Vec<f64> =
            rows.iter().map(|row| share * set.iter().map(|&haplotype| row[haplotype]).sum::<f64>()).collect();
        let others = (0..haplotypes).filter(|haplotype| !set.contains(haplotype));
        others.filter_map(|other| Some(self.log10_of(rows, &own, other)? + beside(other))).reduce(f64::max)
    }

    fn log10_of(&self, rows: &[Vec<f64>], own: &[f64], other: usize) -> Option<f64> {
        let (mut foreign, mut native, mut quality, mut log10) = (0u32, 0u32, 0.0, 0.0);
        let mut product = 1.0;
        let mut factors = 0;
        for ((row, &own), &of_read) in rows.iter().zip(own).zip(&self.qualities) {
            let theirs = row[other];
            if theirs > own * CLEAR {
                foreign += 1;
                quality += of_read;
                product *= theirs;
            } else {
                native += u32::from(own > theirs * CLEAR);
                product *= own;
            }
            factors += 1;
            if factors == FACTORS {
                log10 += product.log10();
                (product, factors) = (1.0, 0);
            }
        }
        log10 += product.log10();
        let mean = quality / f64::from(foreign);
        let prior = AT_ZERO + PER_QUALITY * mean;
        (foreign > 0 && foreign <= native && mean <= MAX_QUALITY)
            .then(|| prior + log10_share(foreign, native) + log10)
    }
}

/// log10 probability that so many of the fragments are foreign, of any share.
fn log10_share(foreign: u32, native: u32) -> f64 {
    let of = ln_beta(f64::from(foreign) + 1.0, f64::from(native) + SHARE) - ln_beta(1.0, SHARE);
    of / std::f64::consts::LN_10
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Event;
    use crate::genotype::{Diplotypes, EventPriors, Judgment, at_locus};
    use crate::likelihood::Likelihoods;
    use crate::locus::{Allele, Locus};
    use crate::systematic::SystematicErrors;

    /// A SNP that so many reads show (log10 odds 3.6 each) and so many do not, all of one mapping quality.
    fn judged(alternate: usize, reference: usize, quality: f64) -> Judgment {
        let mut rows = [-3.6, 0.0].repeat(alternate);
        rows.extend([0.0, -3.6].repeat(reference));
        let foreign = Foreign { qualities: vec![quality; alternate + reference] };
        let priors = EventPriors { of_haplotype: vec![vec![], vec![0]], log10: vec![-3.0] };
        let diplotypes = Diplotypes::weigh_with(
            &Likelihoods::new(2, rows),
            &priors,
            2,
            &SystematicErrors::default(),
            Some(&foreign),
        );
        let alleles = vec![Allele::Reference, Allele::Events(vec![Event::snp(5, 1)])];
        let locus = Locus { anchor: 5, alleles, of_haplotype: vec![0, 1] };
        at_locus(&diplotypes, &priors, &locus, &[0]).judge(&locus)
    }

    #[test]
    fn two_reads_of_a_copy_do_not_make_a_heterozygote() {
        let call = judged(27, 2, 40.0);
        assert_eq!(call.genotype, [1, 1]);
        assert!((5..30).contains(&call.genotype_quality), "{}", call.genotype_quality);
        assert_eq!(judged(2, 27, 20.0).genotype, [0, 0]);
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
