//! The mitochondrion: a mixture of haplotypes, each with any share.
//!
//! A cell has hundreds of copies of the mitochondrion's genome, and they may differ: a variant is in three of a hundred
//! fragments as well as in half or in all of them. So haplotypes are not weighed in sets of a few copies ([`crate::genotype`]):
//! each has a share, and the shares that make the fragments likeliest are found by expectation maximization
//! (Dempster et al. 1977). How much likelier a mixture with an allele is than the best one without it says whether the
//! allele is there ([`judgment`]).

pub mod judgment;
pub mod records;

use std::collections::BTreeMap;

use rihla_core::phred::log10_sum;

use crate::events::Event;
use crate::likelihood::Likelihoods;
use crate::stutter::{SlipModel, Slips};

/// A fragment whose likelihoods differ by less (log10) tells no haplotypes apart and leaves the shares as they are.
const TELLS: f64 = 1e-6;
/// The shares are found when no step changes one of them by more than this.
const STILL: f64 = 1e-6;
/// Steps at most: where they creep, haplotypes are all but the same, and the likelihood changes no more.
const MAX_STEPS: usize = 300;
/// What reads of a place slip at (as [`SlipModel::levels`]) beyond what the library's places do, and log10 of the
/// probability: among thousands of reads the few that slip once more than usual would else be an allele.
const MORE_SLIPS: [(f64, f64); 2] = [(4.0, -3.0), (8.0, -3.0)];

/// What the fragments of a region say of its haplotypes, at every level at which reads may slip.
pub struct Mixture {
    haplotypes: usize,
    levels: Vec<Level>,
    /// What was found for the haplotypes that are allowed.
    known: BTreeMap<Vec<usize>, Fit>,
}

struct Level {
    /// log10 of its probability.
    log10_share: f64,
    /// Likelihoods relative to the fragment's best, a row for each fragment that tells haplotypes apart.
    values: Vec<f64>,
}

/// The likeliest shares of some haplotypes.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// log10 likelihood of all fragments.
    pub log10_likelihood: f64,
    /// Share of every haplotype; 0 where it was not allowed.
    pub shares: Vec<f64>,
    /// The level at which the fragments are likeliest.
    level: usize,
}

impl Mixture {
    /// The mixture that fragments are drawn from.
    #[must_use]
    pub fn new(fragments: &Likelihoods) -> Self {
        let levels = vec![Level::new(fragments, 0.0)];
        Self { haplotypes: fragments.haplotypes(), levels, known: BTreeMap::new() }
    }

    /// The same where reads slip in repeats; `by_fragment` makes the fragments' likelihoods of the reads'.
    #[must_use]
    pub fn slipping(
        reads: &Likelihoods,
        (slips, model): (&Slips, &SlipModel),
        by_fragment: impl Fn(&Likelihoods) -> Likelihoods,
    ) -> Self {
        let usual = model.levels.iter().map(|&(level, share)| (level, share.log10()));
        let at = |(level, log10_share)| Level::new(&by_fragment(&slips.applied(reads, level)), log10_share);
        let levels = usual.chain(MORE_SLIPS).map(at).collect();
        Self { haplotypes: reads.haplotypes(), levels, known: BTreeMap::new() }
    }

    /// The likeliest shares of the `allowed` haplotypes, ascending numbers of which there is at least one.
    pub fn fit(&mut self, allowed: &[usize]) -> Fit {
        if let Some(known) = self.known.get(allowed) {
            return known.clone();
        }
        let fits: Vec<(f64, Vec<f64>)> =
            self.levels.iter().map(|level| level.fit(self.haplotypes, allowed)).collect();
        let joint = |at: usize| fits[at].0 + self.levels[at].log10_share;
        let level = (1..fits.len()).fold(0, |best, at| if joint(at) > joint(best) { at } else { best });
        let log10_likelihood = (0..fits.len()).map(joint).fold(f64::NEG_INFINITY, log10_sum);
        let mut shares = vec![0.0; self.haplotypes];
        allowed.iter().zip(&fits[level].1).for_each(|(&haplotype, &share)| shares[haplotype] = share);
        let fit = Fit { log10_likelihood, shares, level };
        self.known.insert(allowed.to_vec(), fit.clone());
        fit
    }

    /// log10 likelihood of the fragments from an allele that explains each as the worst of some alleles does, each the
    /// haplotypes that have it.
    #[must_use]
    pub fn log10_of_worst(&self, alleles: &[Vec<usize>]) -> f64 {
        let of_allele =
            |row: &[f64], of: &Vec<usize>| of.iter().map(|&haplotype| row[haplotype]).fold(0.0, f64::max);
        let worst =
            |row: &[f64]| alleles.iter().map(|of| of_allele(row, of)).fold(f64::INFINITY, f64::min).log10();
        let of_level = |level: &Level| {
            level.values.chunks_exact(self.haplotypes).map(worst).sum::<f64>() + level.log10_share
        };
        self.levels.iter().map(of_level).fold(f64::NEG_INFINITY, log10_sum)
    }

    /// log10 by which the fragments are less likely when some of the `others` have this share of the mixture, too: those that
    /// suit each fragment best.
    #[must_use]
    pub fn loss_with(&self, fit: &Fit, others: &[usize], share: f64) -> f64 {
        let loss = |row: &[f64]| {
            let mixed: f64 = row.iter().zip(&fit.shares).map(|(value, share)| value * share).sum();
            let other = others.iter().map(|&haplotype| row[haplotype]).fold(0.0, f64::max);
            (mixed / ((1.0 - share) * mixed + share * other)).log10()
        };
        self.levels[fit.level].values.chunks_exact(self.haplotypes).map(loss).sum()
    }
}

impl Level {
    fn new(fragments: &Likelihoods, log10_share: f64) -> Self {
        let mut values = Vec::new();
        for row in fragments.rows() {
            let best = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            if row.iter().any(|value| best - value > TELLS) {
                // No fragment is so sure that nothing could be said against it.
                values.extend(row.iter().map(|value| 10f64.powf((value - best).max(-30.0))));
            }
        }
        Self { log10_share, values }
    }

    /// log10 likelihood and the shares of the allowed haplotypes, in their order.
    fn fit(&self, haplotypes: usize, allowed: &[usize]) -> (f64, Vec<f64>) {
        let rows = self.values.chunks_exact(haplotypes);
        let values: Vec<f64> = rows.flat_map(|row| allowed.iter().map(|&haplotype| row[haplotype])).collect();
        let shares = likeliest_shares(&values, allowed.len());
        let of_row = |row: &[f64]| mixed(row, &shares).log10();
        (values.chunks_exact(allowed.len()).map(of_row).sum(), shares)
    }
}

/// Likelihood of a fragment from a mixture.
fn mixed(row: &[f64], shares: &[f64]) -> f64 {
    row.iter().zip(shares).map(|(value, share)| value * share).sum()
}

/// Expectation maximization: each fragment is dealt out to the haplotypes by their shares and likelihoods, and what each
/// gets of all is its next share. The likelihood has one summit only, so that any start leads there.
fn likeliest_shares(values: &[f64], haplotypes: usize) -> Vec<f64> {
    let mut shares = vec![1.0 / haplotypes as f64; haplotypes];
    let rows = (values.len() / haplotypes) as f64;
    if rows == 0.0 || haplotypes == 1 {
        return shares;
    }
    let mut dealt = vec![0.0; haplotypes];
    for _ in 0..MAX_STEPS {
        dealt.fill(0.0);
        for row in values.chunks_exact(haplotypes) {
            let whole = 1.0 / mixed(row, &shares);
            dealt.iter_mut().zip(row).for_each(|(sum, value)| *sum += value * whole);
        }
        let mut moved = 0.0f64;
        for (share, sum) in shares.iter_mut().zip(&dealt) {
            let next = *share * sum / rows;
            moved = moved.max((next - *share).abs());
            *share = next;
        }
        if moved < STILL {
            break;
        }
    }
    shares
}

/// The commonest combination of candidates with each event more, where it fits, and with each of its own less: what an allele
/// is compared with is then the same haplotype without it.
#[must_use]
pub fn one_changed(commonest: &[Event], events: &[Event]) -> Vec<Vec<Event>> {
    let changed = |event: &Event| {
        let mut set: Vec<Event> = commonest.iter().filter(|&known| known != event).cloned().collect();
        if set.len() == commonest.len() {
            set.push(event.clone());
            set.sort();
        }
        set.windows(2).all(|two| two[0].allows(&two[1])).then_some(set)
    };
    events.iter().filter_map(changed).collect()
}

#[cfg(test)]
mod tests;
