//! Which alleles of a locus are in a mixture, and how large their shares are.

use rihla_core::genotype::Genotypes;

use crate::genotype::Judgment;
use crate::locus::{Allele, Locus};

use super::{Fit, Mixture};

/// log10 of the probability that an allele has a small share, where the sample might have it: one person in three has a
/// mixture of two percent or more somewhere in 16,569 bases, and tens of variants in all of its copies.
const MINOR: f64 = -3.0;
/// An allele with a lower share is a minor one.
const MAIN: f64 = 0.5;
/// The highest QUAL that is written.
const MAX_QUALITY: f64 = 30_000.0;

/// What makes an allele one that is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Lowest share.
    pub min_share: f64,
    /// Lowest Phred of its not being there.
    pub min_quality: f64,
}

/// The judgment of a locus of a mixture.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixed {
    /// The genotype has every allele that is there once.
    pub judgment: Judgment,
    /// Share of each allele.
    pub shares: Vec<f64>,
}

/// A locus under judgment.
pub struct Case<'a> {
    /// The locus.
    pub locus: &'a Locus,
    /// log10 prior of each allele's being in all of the sample (of the reference's nothing, 0).
    pub priors: &'a [f64],
    /// What makes an allele one that is there.
    pub rules: Rules,
}

impl Case<'_> {
    /// Judges the locus. Alleles that are `forced` have a share whether they are there or not.
    ///
    /// All alleles are thought to be there at first; then the one that is least so goes, until the fragments want each of the
    /// rest.
    pub fn judge(&self, mixture: &mut Mixture, forced: &[usize]) -> Mixed {
        let mut there: Vec<usize> = (0..self.locus.alleles.len()).collect();
        let sureness = loop {
            let fit = self.fit(mixture, &there);
            let shares = self.shares(&fit);
            let least = lowest(&there.iter().map(|&allele| shares[allele]).collect::<Vec<_>>());
            if there.len() > 1 && shares[there[least]] < self.rules.min_share {
                there.remove(least);
                continue;
            }
            let sureness: Vec<f64> =
                there.iter().map(|&allele| self.sureness(mixture, &fit, &there, allele)).collect();
            let least = lowest(&sureness);
            if there.len() == 1 || sureness[least] >= self.rules.min_quality {
                break sureness;
            }
            there.remove(least);
        };
        let mut wanted: Vec<usize> = there.iter().chain(forced).copied().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let shares = self.shares(&self.fit(mixture, &wanted));
        let quality = self.quality(mixture, &there);
        let genotype_quality = match there[..] {
            [_] if quality > 0.0 => quality,
            [_] => self.sureness_of_none(mixture, &there),
            _ => sureness.into_iter().fold(f64::INFINITY, f64::min),
        };
        let genotype_quality = genotype_quality.clamp(0.0, 99.0) as u8;
        Mixed { judgment: Judgment { genotype: there, genotype_quality, quality }, shares }
    }

    /// PL of all sets of as many `copies` of the `chosen` alleles, and of one behind them that stands for all others: how much less
    /// likely the best mixture of a set's alleles is than that of the likeliest set.
    ///
    /// Genotypes of a few copies are no hypotheses about a mixture, but those who join samples want them: so a genotype is the
    /// alleles that are there.
    pub fn likelihoods(&self, mixture: &mut Mixture, chosen: &[usize], copies: usize) -> Vec<u32> {
        let others: Vec<usize> =
            (0..self.locus.alleles.len()).filter(|allele| !chosen.contains(allele)).collect();
        let holders: Vec<Vec<usize>> =
            chosen.iter().map(|&allele| self.haplotypes(|of| of == allele)).collect();
        let worst = mixture.log10_of_worst(&holders);
        let symbol = chosen.len();
        let mut of_set = |set: &[usize]| {
            let listed = set.iter().filter_map(|&at| chosen.get(at).copied());
            let unlisted = others.iter().copied().filter(|_| set.contains(&symbol));
            let alleles: Vec<usize> = listed.chain(unlisted).collect();
            let unseen = if set.iter().all(|&at| at == symbol) { worst } else { f64::NEG_INFINITY };
            if alleles.is_empty() { unseen } else { self.fit(mixture, &alleles).log10_likelihood.max(unseen) }
        };
        let sets = Genotypes::new(chosen.len() + 1, copies);
        let values: Vec<f64> = sets.iter().map(&mut of_set).collect();
        let best = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        values.iter().map(|value| (10.0 * (best - value)).clamp(0.0, MAX_QUALITY).round() as u32).collect()
    }

    /// PL of there being no copy of the reference, where it is likeliest.
    pub fn against_reference(&self, mixture: &mut Mixture) -> u32 {
        let others: Vec<usize> = (1..self.locus.alleles.len()).collect();
        if others.is_empty() {
            return 0;
        }
        let mut log10_of = |alleles: &[usize]| self.fit(mixture, alleles).log10_likelihood;
        (10.0 * (log10_of(&[0]) - log10_of(&others))).clamp(0.0, MAX_QUALITY).round() as u32
    }

    /// Phred of an allele's not being there, of those that are thought to be; without end for one alone.
    fn sureness(&self, mixture: &mut Mixture, fit: &Fit, there: &[usize], allele: usize) -> f64 {
        let others: Vec<usize> = there.iter().copied().filter(|&other| other != allele).collect();
        if others.is_empty() {
            return f64::INFINITY;
        }
        let without = self.fit(mixture, &others);
        let prior = self.prior(allele, self.shares(fit)[allele]);
        10.0 * (fit.log10_likelihood - without.log10_likelihood + prior)
    }

    /// Phred of there being no ALT of the locus; 0 where none is thought to be there.
    fn quality(&self, mixture: &mut Mixture, there: &[usize]) -> f64 {
        let is_alternate = |allele: &usize| matches!(self.locus.alleles[*allele], Allele::Events(_));
        let fit = self.fit(mixture, there);
        let shares = self.shares(&fit);
        let alternates = there.iter().copied().filter(is_alternate);
        let prior =
            alternates.map(|allele| self.prior(allele, shares[allele])).fold(f64::NEG_INFINITY, f64::max);
        if prior == f64::NEG_INFINITY {
            return 0.0;
        }
        let others: Vec<usize> =
            (0..self.locus.alleles.len()).filter(|allele| !is_alternate(allele)).collect();
        let without = self.fit(mixture, &others);
        (10.0 * (fit.log10_likelihood - without.log10_likelihood + prior)).clamp(0.0, MAX_QUALITY)
    }

    /// Phred of there being an ALT of the least share that is written, where only those `there` are thought to be.
    fn sureness_of_none(&self, mixture: &mut Mixture, there: &[usize]) -> f64 {
        let fit = self.fit(mixture, there);
        let least = self.rules.min_share;
        let absent = (0..self.locus.alleles.len()).filter(|allele| !there.contains(allele));
        let losses = absent.map(|allele| {
            let with = self.haplotypes(|of| of == allele);
            10.0 * (mixture.loss_with(&fit, &with, least) - self.prior(allele, least))
        });
        losses.fold(f64::INFINITY, f64::min)
    }

    fn prior(&self, allele: usize, share: f64) -> f64 {
        let of_all = self.priors[allele];
        match (share < MAIN, of_all < 0.0) {
            // Gaps that are common between genomes are no more common within one.
            (true, true) => of_all.min(MINOR) + MINOR,
            (true, false) => MINOR,
            (false, _) => of_all,
        }
    }

    fn haplotypes(&self, has: impl Fn(usize) -> bool) -> Vec<usize> {
        let of = &self.locus.of_haplotype;
        (0..of.len()).filter(|&haplotype| has(of[haplotype])).collect()
    }

    fn fit(&self, mixture: &mut Mixture, alleles: &[usize]) -> Fit {
        mixture.fit(&self.haplotypes(|of| alleles.contains(&of)))
    }

    fn shares(&self, fit: &Fit) -> Vec<f64> {
        let mut shares = vec![0.0; self.locus.alleles.len()];
        self.locus.of_haplotype.iter().zip(&fit.shares).for_each(|(&allele, share)| shares[allele] += share);
        shares
    }
}

/// Index of the lowest value; of equals the last, as the reference stands first.
fn lowest(values: &[f64]) -> usize {
    (1..values.len()).fold(0, |least, i| if values[i] <= values[least] { i } else { least })
}
