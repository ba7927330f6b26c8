//! Which two haplotypes a sample has, and what follows for each locus.
//!
//! All pairs of haplotypes are weighed at once, so that neighboring variants are judged together;
//! a locus's genotype is then as likely as the best pair that has it.

use rihla_core::genotype::diploid_genotypes;

use crate::likelihood::Likelihoods;
use crate::locus::{Allele, Locus};

/// log10 of likelihood and prior of every pair of haplotypes.
#[derive(Debug)]
pub struct Pairs {
    /// Pairs `(i, j)`, `i <= j`, in VCF order.
    pairs: Vec<(usize, usize)>,
    /// Likelihood and prior of each.
    joint: Vec<f64>,
}

/// Rows multiplied before the logarithm is taken: each factor is at least 10^-30 of the best.
const FACTORS: usize = 8;

impl Pairs {
    /// Weighs all pairs by the fragments' likelihoods and the priors of their events.
    #[must_use]
    pub fn weigh(fragments: &Likelihoods, priors: &EventPriors) -> Self {
        let pairs = diploid_genotypes(fragments.haplotypes());
        let mut joint: Vec<f64> = pairs.iter().map(|&(i, j)| priors.of_pair(i, j)).collect();
        let mut products = vec![1.0f64; pairs.len()];
        let rows: Vec<Vec<f64>> = fragments.rows().map(linear).collect();
        for chunk in rows.chunks(FACTORS) {
            products.fill(1.0);
            for row in chunk {
                for (product, &(i, j)) in products.iter_mut().zip(&pairs) {
                    *product *= 0.5 * (row[i] + row[j]);
                }
            }
            joint.iter_mut().zip(&products).for_each(|(sum, product)| *sum += product.log10());
        }
        Self { pairs, joint }
    }

    /// The pairs where each of several weighings of them holds with the probability that stands beside
    /// it.
    #[must_use]
    pub fn mixed(weighed: impl Iterator<Item = (Self, f64)>) -> Self {
        let shared = |(mut pairs, share): (Self, f64)| {
            pairs.joint.iter_mut().for_each(|value| *value += share.log10());
            pairs
        };
        let sum = |mut all: Self, next: Self| {
            let both = all.joint.iter_mut().zip(&next.joint);
            both.for_each(|(a, &b)| *a = rihla_core::phred::log10_sum(*a, b));
            all
        };
        weighed.map(shared).reduce(sum).unwrap_or(Self { pairs: Vec::new(), joint: Vec::new() })
    }

    /// log10 of likelihood and prior of a pair, `i <= j`; negative infinity where there is none.
    #[cfg(test)]
    pub(crate) fn joint_of(&self, i: usize, j: usize) -> f64 {
        let at = self.pairs.iter().position(|&pair| pair == (i, j));
        at.map_or(f64::NEG_INFINITY, |at| self.joint[at])
    }
}

/// Likelihoods of a row relative to its best.
fn linear(row: &[f64]) -> Vec<f64> {
    let best = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    row.iter().map(|value| 10f64.powf((value - best).max(-30.0))).collect()
}

/// log10 prior of one event on one haplotype, for each haplotype: the sums that a pair needs.
#[derive(Debug)]
pub struct EventPriors {
    /// Numbers of the events of each haplotype.
    pub of_haplotype: Vec<Vec<usize>>,
    /// log10 prior of each event, heterozygous.
    pub log10: Vec<f64>,
}

/// Two copies of an event are half as likely as one (het:hom 2:1).
const LOG10_HOMOZYGOUS: f64 = -std::f64::consts::LOG10_2;

impl EventPriors {
    /// log10 prior of all events of a pair.
    fn of_pair(&self, i: usize, j: usize) -> f64 {
        let (a, b) = (&self.of_haplotype[i], &self.of_haplotype[j]);
        let only_second = b.iter().copied().filter(|event| !a.contains(event));
        a.iter().copied().chain(only_second).map(|event| self.of_event(event, i, j)).sum()
    }

    /// What one event adds to the prior of a pair.
    fn of_event(&self, event: usize, i: usize, j: usize) -> f64 {
        let has = |haplotype: usize| self.of_haplotype[haplotype].contains(&event);
        match (has(i), has(j)) {
            (true, true) => self.log10[event] + LOG10_HOMOZYGOUS,
            (false, false) => 0.0,
            _ => self.log10[event],
        }
    }
}

/// What the pairs say of one locus.
#[derive(Clone, Debug)]
pub struct LocusGenotypes {
    /// log10 likelihood of each genotype over the locus's alleles, in VCF order, the best possible
    /// surroundings included.
    pub likelihoods: Vec<f64>,
    /// log10 posterior of each genotype; they sum to one.
    pub posteriors: Vec<f64>,
}

/// Judges one locus. `here` are the numbers of the events anchored at it.
#[must_use]
pub fn at_locus(pairs: &Pairs, priors: &EventPriors, locus: &Locus, here: &[usize]) -> LocusGenotypes {
    let genotypes = diploid_genotypes(locus.alleles.len());
    let mut likelihoods = vec![f64::NEG_INFINITY; genotypes.len()];
    let mut joint = vec![f64::NEG_INFINITY; genotypes.len()];
    for (&(i, j), &value) in pairs.pairs.iter().zip(&pairs.joint) {
        let (a, b) = (locus.of_haplotype[i], locus.of_haplotype[j]);
        let index = rihla_core::genotype::diploid_index(a.min(b), a.max(b));
        let own: f64 = here.iter().map(|&event| priors.of_event(event, i, j)).sum();
        likelihoods[index] = likelihoods[index].max(value - own);
        joint[index] = joint[index].max(value);
    }
    let total = joint.iter().copied().fold(f64::NEG_INFINITY, rihla_core::phred::log10_sum);
    let posteriors = joint.into_iter().map(|value| value - total).collect();
    LocusGenotypes { likelihoods, posteriors }
}

/// The judgment of a locus.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgment {
    /// The likeliest genotype's allele numbers, ascending.
    pub genotype: (usize, usize),
    /// Phred of the genotype being wrong, at most 99.
    pub genotype_quality: u8,
    /// Phred of there being no variant.
    pub quality: f64,
}

impl LocusGenotypes {
    /// The likeliest genotype and how sure it is; of equals the first.
    #[must_use]
    pub fn judge(&self, locus: &Locus) -> Judgment {
        let genotypes = diploid_genotypes(locus.alleles.len());
        let mut best = 0;
        for (i, posterior) in self.posteriors.iter().enumerate() {
            if *posterior > self.posteriors[best] {
                best = i;
            }
        }
        let sum_of = |wanted: &dyn Fn(usize) -> bool| {
            (0..genotypes.len())
                .filter(|&i| wanted(i))
                .map(|i| self.posteriors[i])
                .fold(f64::NEG_INFINITY, rihla_core::phred::log10_sum)
        };
        let silent = |allele: usize| !matches!(locus.alleles[allele], Allele::Events(_));
        let no_variant = sum_of(&|i| silent(genotypes[i].0) && silent(genotypes[i].1));
        let wrong = sum_of(&|i| i != best);
        Judgment {
            genotype: genotypes[best],
            genotype_quality: (-10.0 * wrong).clamp(0.0, 99.0) as u8,
            quality: (-10.0 * no_variant).clamp(0.0, MAX_QUALITY),
        }
    }
}

/// The highest QUAL that is written: beyond it floating point says nothing.
const MAX_QUALITY: f64 = 30_000.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Event;

    fn judged(rows: Vec<f64>) -> Judgment {
        let fragments = Likelihoods::new(2, rows);
        let priors = EventPriors { of_haplotype: vec![vec![], vec![0]], log10: vec![-3.0] };
        let pairs = Pairs::weigh(&fragments, &priors);
        let locus = Locus {
            anchor: 5,
            alleles: vec![Allele::Reference, Allele::Events(vec![Event::snp(5, 1)])],
            of_haplotype: vec![0, 1],
        };
        at_locus(&pairs, &priors, &locus, &[0]).judge(&locus)
    }

    #[test]
    fn half_the_reads_make_a_het() {
        let rows = [[0.0, -4.0], [-4.0, 0.0]].concat().repeat(10);
        let call = judged(rows);
        assert_eq!(call.genotype, (0, 1));
        assert!(call.quality > 300.0 && call.genotype_quality == 99);
    }

    #[test]
    fn all_or_one_of_the_reads() {
        assert_eq!(judged([-4.0, 0.0].repeat(12)).genotype, (1, 1));
        let mut rows = [0.0, -4.0].repeat(20);
        rows.extend([-4.0, 0.0]);
        assert_eq!(judged(rows).genotype, (0, 0));
        assert_eq!(judged(vec![]).genotype, (0, 0));
    }
}
