//! Which haplotypes a sample has, and what follows for each locus.
//!
//! All sets of as many haplotypes as the sample has chromosome copies are weighed at once, so that neighboring variants
//! are judged together; a locus's genotype is then as likely as the best set that has it.

use rihla_core::genotype::{Genotypes, genotype_index};

use crate::foreign::Foreign;
use crate::likelihood::Likelihoods;
use crate::locus::{Allele, Locus};
use crate::systematic::SystematicErrors;

/// log10 of likelihood and prior of every set of haplotypes.
#[derive(Debug)]
pub struct Diplotypes {
    /// The sets; a haplotype may be in one more than once.
    sets: Genotypes,
    /// Likelihood and prior of each.
    joint: Vec<f64>,
}

/// Rows multiplied before the logarithm is taken: each factor is at least 10^-30 of the best.
const FACTORS: usize = 8;

impl Diplotypes {
    /// Weighs all sets of `ploidy` haplotypes by the fragments' likelihoods and the priors of their events.
    #[must_use]
    pub fn weigh(fragments: &Likelihoods, priors: &EventPriors, ploidy: usize) -> Self {
        Self::weigh_with(fragments, priors, ploidy, &SystematicErrors::default(), None)
    }

    /// The same, with the chance that some fragments err for one reason, or are foreign.
    #[must_use]
    pub fn weigh_with(
        fragments: &Likelihoods,
        priors: &EventPriors,
        ploidy: usize,
        errors: &SystematicErrors,
        foreign: Option<&Foreign>,
    ) -> Self {
        let sets = Genotypes::new(fragments.haplotypes(), ploidy);
        let mut joint: Vec<f64> = sets.iter().map(|set| priors.of_set(set)).collect();
        let mut products = vec![1.0f64; sets.len()];
        let rows: Vec<Vec<f64>> = fragments.rows().map(linear).collect();
        let share = 1.0 / ploidy as f64;
        for chunk in rows.chunks(FACTORS) {
            products.fill(1.0);
            for row in chunk {
                for (product, set) in products.iter_mut().zip(sets.iter()) {
                    *product *= share * set.iter().map(|&haplotype| row[haplotype]).sum::<f64>();
                }
            }
            joint.iter_mut().zip(&products).for_each(|(sum, product)| *sum += product.log10());
        }
        for (sum, set) in joint.iter_mut().zip(sets.iter()) {
            *sum += errors.log10_gain(&rows, set);
        }
        if let Some(foreign) = foreign {
            for (sum, set) in joint.iter_mut().zip(sets.iter()) {
                if let Some(with) = foreign.log10_best(&rows, set, priors) {
                    *sum = rihla_core::phred::log10_sum(*sum, with + priors.of_set(set));
                }
            }
        }
        Self { sets, joint }
    }

    /// The sets where each of several weighings of them holds with the probability that stands beside
    /// it.
    #[must_use]
    pub fn mixed(weighed: impl Iterator<Item = (Self, f64)>) -> Self {
        let shared = |(mut sets, share): (Self, f64)| {
            sets.joint.iter_mut().for_each(|value| *value += share.log10());
            sets
        };
        let sum = |mut all: Self, next: Self| {
            let both = all.joint.iter_mut().zip(&next.joint);
            both.for_each(|(a, &b)| *a = rihla_core::phred::log10_sum(*a, b));
            all
        };
        weighed.map(shared).reduce(sum).unwrap_or(Self { sets: Genotypes::new(0, 1), joint: Vec::new() })
    }

    /// The haplotypes of every set, and log10 of its likelihood and prior.
    pub fn iter(&self) -> impl Iterator<Item = (&[usize], f64)> {
        self.sets.iter().zip(self.joint.iter().copied())
    }

    /// log10 of likelihood and prior of a pair, `i <= j`; negative infinity where there is none.
    #[cfg(test)]
    pub(crate) fn joint_of(&self, i: usize, j: usize) -> f64 {
        let at = self.sets.iter().position(|set| set == [i, j]);
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

impl EventPriors {
    /// log10 prior of all events of a set of haplotypes.
    fn of_set(&self, set: &[usize]) -> f64 {
        self.without(set, &[])
    }

    /// The same without some events.
    ///
    /// `k` copies are `1 / k` as likely as one (Ewens 1972; het:hom 2:1). Events that the same haplotypes of the set have came
    /// together, and are on so many copies for one reason.
    fn without(&self, set: &[usize], here: &[usize]) -> f64 {
        let mut sum = 0.0;
        let mut holders: Vec<u8> = Vec::new();
        for (at, &haplotype) in set.iter().enumerate() {
            for event in self.of_haplotype[haplotype].iter().filter(|event| !here.contains(event)) {
                let has = |haplotype: &usize| self.of_haplotype[*haplotype].contains(event);
                if set[..at].iter().any(has) {
                    continue;
                }
                sum += self.log10[*event];
                let own = set.iter().rev().fold(0, |bits, haplotype| bits << 1 | u8::from(has(haplotype)));
                if own.count_ones() > 1 && !holders.contains(&own) {
                    holders.push(own);
                    sum -= f64::from(own.count_ones()).log10();
                }
            }
        }
        sum
    }

    /// log10 prior of the events that a haplotype of a copy of the place has beside those of a set.
    #[must_use]
    pub fn of_copy(&self, set: &[usize], other: usize) -> f64 {
        let events: f64 = self.beside(set, other).map(|event| self.log10[event]).sum();
        events + self.of_company(set, other)
    }

    /// log10 by which these events are likelier together than each by itself: where one is a letter of the copy the others are, too.
    #[must_use]
    pub fn of_company(&self, set: &[usize], other: usize) -> f64 {
        COMPANY * self.beside(set, other).skip(1).take(MOST_COMPANY).count() as f64
    }

    /// The events that a haplotype has beside those of a set.
    fn beside<'a>(&'a self, set: &'a [usize], other: usize) -> impl Iterator<Item = usize> + 'a {
        let has = |event: &usize| set.iter().any(|&haplotype| self.of_haplotype[haplotype].contains(event));
        self.of_haplotype[other].iter().copied().filter(move |event| !has(event))
    }
}

/// log10 by which a letter of a copy is likelier beside another of its letters, and how many may be.
const COMPANY: f64 = 1.0;
const MOST_COMPANY: usize = 2;

/// What the sets say of one locus.
#[derive(Clone, Debug)]
pub struct LocusGenotypes {
    /// Chromosome copies.
    pub ploidy: usize,
    /// log10 likelihood of each genotype over the locus's alleles, in VCF order, the best possible
    /// surroundings included.
    pub likelihoods: Vec<f64>,
    /// log10 posterior of each genotype; they sum to one.
    pub posteriors: Vec<f64>,
}

/// Judges one locus. `here` are the numbers of the events anchored at it.
#[must_use]
pub fn at_locus(
    diplotypes: &Diplotypes,
    priors: &EventPriors,
    locus: &Locus,
    here: &[usize],
) -> LocusGenotypes {
    let ploidy = diplotypes.sets.ploidy();
    let genotypes = Genotypes::count(locus.alleles.len(), ploidy);
    let mut likelihoods = vec![f64::NEG_INFINITY; genotypes];
    let mut joint = vec![f64::NEG_INFINITY; genotypes];
    let mut genotype = Vec::with_capacity(ploidy);
    for (set, &value) in diplotypes.sets.iter().zip(&diplotypes.joint) {
        genotype.clear();
        genotype.extend(set.iter().map(|&haplotype| locus.of_haplotype[haplotype]));
        genotype.sort_unstable();
        let index = genotype_index(&genotype);
        let own = priors.of_set(set) - priors.without(set, here);
        likelihoods[index] = likelihoods[index].max(value - own);
        joint[index] = joint[index].max(value);
    }
    let total = joint.iter().copied().fold(f64::NEG_INFINITY, rihla_core::phred::log10_sum);
    let posteriors = joint.into_iter().map(|value| value - total).collect();
    LocusGenotypes { ploidy, likelihoods, posteriors }
}

/// The judgment of a locus.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgment {
    /// The likeliest genotype's allele numbers, ascending.
    pub genotype: Vec<usize>,
    /// Phred of the genotype being wrong, at most 99.
    pub genotype_quality: u8,
    /// Phred of there being no variant.
    pub quality: f64,
}

/// Index of the highest value; of equals the first.
#[must_use]
pub fn first_highest(values: &[f64]) -> usize {
    (1..values.len()).fold(0, |best, i| if values[i] > values[best] { i } else { best })
}

impl LocusGenotypes {
    /// The genotypes, in the order of their likelihoods.
    #[must_use]
    pub fn genotypes(&self, locus: &Locus) -> Genotypes {
        Genotypes::new(locus.alleles.len(), self.ploidy)
    }

    /// log10 likelihood of the genotype of these alleles, in any order.
    #[must_use]
    pub fn likelihood(&self, mut alleles: Vec<usize>) -> f64 {
        alleles.sort_unstable();
        self.likelihoods[genotype_index(&alleles)]
    }

    /// The likeliest genotype and how sure it is; of equals the first.
    #[must_use]
    pub fn judge(&self, locus: &Locus) -> Judgment {
        let genotypes = self.genotypes(locus);
        let best = first_highest(&self.posteriors);
        let sum_of = |wanted: &dyn Fn(usize) -> bool| {
            (0..genotypes.len())
                .filter(|&i| wanted(i))
                .map(|i| self.posteriors[i])
                .fold(f64::NEG_INFINITY, rihla_core::phred::log10_sum)
        };
        let silent = |allele: usize| !matches!(locus.alleles[allele], Allele::Events(_));
        let no_variant = sum_of(&|i| genotypes.get(i).iter().all(|&allele| silent(allele)));
        let wrong = sum_of(&|i| i != best);
        Judgment {
            genotype: genotypes.get(best).to_vec(),
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
        judged_at(2, rows)
    }

    fn judged_at(ploidy: usize, rows: Vec<f64>) -> Judgment {
        let fragments = Likelihoods::new(2, rows);
        let priors = EventPriors { of_haplotype: vec![vec![], vec![0]], log10: vec![-3.0] };
        let diplotypes = Diplotypes::weigh(&fragments, &priors, ploidy);
        let locus = Locus {
            anchor: 5,
            alleles: vec![Allele::Reference, Allele::Events(vec![Event::snp(5, 1)])],
            of_haplotype: vec![0, 1],
        };
        at_locus(&diplotypes, &priors, &locus, &[0]).judge(&locus)
    }

    #[test]
    fn half_the_reads_make_a_het() {
        let rows = [[0.0, -4.0], [-4.0, 0.0]].concat().repeat(10);
        let call = judged(rows);
        assert_eq!(call.genotype, [0, 1]);
        assert!(call.quality > 300.0 && call.genotype_quality == 99);
    }

    #[test]
    fn all_or_one_of_the_reads() {
        assert_eq!(judged([-4.0, 0.0].repeat(12)).genotype, [1, 1]);
        let mut rows = [0.0, -4.0].repeat(20);
        rows.extend([-4.0, 0.0]);
        assert_eq!(judged(rows).genotype, [0, 0]);
        assert_eq!(judged(vec![]).genotype, [0, 0]);
    }

    #[test]
    fn events_of_the_same_haplotypes_are_on_so_many_copies_for_one_reason() {
        let priors = EventPriors { of_haplotype: vec![vec![], vec![0, 1], vec![1]], log10: vec![-3.0, -4.0] };
        let near = |set: &[usize], value: f64| (priors.of_set(set) - value).abs() < 1e-9;
        assert!(near(&[0, 0], 0.0) && near(&[0, 1], -7.0));
        assert!(near(&[1, 1], -7.0 - 2f64.log10()), "one half, not a quarter");
        assert!(near(&[1, 2], -7.0 - 2f64.log10()));
        assert!((priors.without(&[1, 1], &[0]) - (-4.0 - 2f64.log10())).abs() < 1e-9);
    }

    #[test]
    fn copies_are_told_by_their_share_of_the_reads() {
        let rows = |alternate: usize, reference: usize| {
            let mut rows = [-4.0, 0.0].repeat(alternate);
            rows.extend([0.0, -4.0].repeat(reference));
            rows
        };
        assert_eq!(judged_at(1, rows(12, 1)).genotype, [1]);
        assert_eq!(judged_at(1, rows(1, 12)).genotype, [0]);
        assert_eq!(judged_at(3, rows(20, 10)).genotype, [0, 1, 1]);
        assert_eq!(judged_at(4, rows(10, 30)).genotype, [0, 0, 0, 1]);
        assert!(judged_at(1, rows(6, 5)).genotype_quality < 60, "a haploid sample has no such mixture");
    }
}
