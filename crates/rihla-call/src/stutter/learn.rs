//! How often reads slip, learnt from what they show at many repeats.
//!
//! At most places a sample has the reference's length, and what other lengths reads show has slipped. Some
//! places are variant; which ones is not asked: each is explained by every genotype of near lengths at every
//! level, as likely as they are ([`crate::prior`]), so that a heterozygote counts for little and a noisy place
//! is not left out for its noise. Few places change little: whatever was usual pulls.

use super::counts::{Kind, Lengths, MAX_UNITS, RepeatCounts};
use super::model::{CLASSES, SlipModel, table_rate};
use crate::prior;

/// Rounds in which rates and levels are fitted in turn.
const ROUNDS: usize = 4;
/// Steps of the fit of the levels in each round.
const LEVEL_STEPS: usize = 8;
/// What shares of the levels are usual weighs as much as so many places.
const USUAL_PLACES: f64 = 20.0;
/// Shifts of the rates that are tried, in Phred: the lowest, the highest, the step. Noisier samples than the
/// highest allows were called worse with penalties as low as their slips are many: places differ there, too, and
/// that is what levels are for.
const SHIFTS: (f64, f64, f64) = (-15.0, 6.0, 1.0);
/// How far (Phred, standard deviation) a class of repeats is from the table.
const CLASS_DEVIATION: f64 = 4.0;
/// How far a kind is from its class.
const KIND_DEVIATION: f64 = 3.0;
/// A sample has the reference's length at most places, however long the repeat: highest probability of a
/// heterozygote of one other length.
const MAX_VARIABLE: f64 = 0.2;
/// Highest share of reads that slips one way.
const MAX_RATE: f64 = 0.15;

/// Fits a model to counts.
#[must_use]
pub fn learn(counts: &RepeatCounts) -> SlipModel {
    let mut model = SlipModel::USUAL;
    let kinds = by_kind(counts);
    for _ in 0..ROUNDS {
        fit_shifts(&kinds, &mut model);
        for _ in 0..LEVEL_STEPS {
            fit_levels(&kinds, &mut model);
        }
    }
    model
}

/// A kind of repeat, what lengths reads show at its places, and at how many they do.
type PlacesOfKind = (Kind, Vec<(Lengths, u64)>);

fn by_kind(counts: &RepeatCounts) -> Vec<PlacesOfKind> {
    let mut kinds: Vec<PlacesOfKind> = Vec::new();
    for (kind, lengths, places) in counts.iter() {
        match kinds.last_mut() {
            Some((last, list)) if *last == kind => list.push((lengths, places)),
            _ => kinds.push((kind, vec![(lengths, places)])),
        }
    }
    kinds
}

fn fit_shifts(kinds: &[PlacesOfKind], model: &mut SlipModel) {
    let steps = ((SHIFTS.1 - SHIFTS.0) / SHIFTS.2) as usize;
    let tried: Vec<f64> = (0..=steps).map(|i| SHIFTS.0 + SHIFTS.2 * i as f64).collect();
    for class in 0..CLASSES {
        let mut of_units = vec![vec![0.0; tried.len()]; MAX_UNITS + 1];
        for (kind, places) in kinds.iter().filter(|(kind, _)| kind.class() == class) {
            let sums = &mut of_units[usize::from(kind.units)];
            for (sum, &shift) in sums.iter_mut().zip(&tried) {
                let explained = Explained::new(*kind, shift, model);
                *sum += places.iter().map(|(lengths, n)| *n as f64 * explained.ln(lengths)).sum::<f64>();
            }
        }
        let all = |i: usize| of_units.iter().map(|sums| sums[i]).sum::<f64>();
        let own = best(&tried, all, (0.0, CLASS_DEVIATION));
        for (units, sums) in of_units.iter().enumerate() {
            model.set_shift(class, units, best(&tried, |i| sums[i], (own, KIND_DEVIATION)));
        }
    }
}

/// The likeliest of the values tried, where values far from the `usual` are unlikely.
fn best(tried: &[f64], likelihood: impl Fn(usize) -> f64, (usual, deviation): (f64, f64)) -> f64 {
    let weighed = |i: usize| likelihood(i) - ((tried[i] - usual) / deviation).powi(2) / 2.0;
    let mut best = (usual, f64::NEG_INFINITY);
    for (i, &shift) in tried.iter().enumerate() {
        let value = weighed(i);
        if value > best.1 {
            best = (shift, value);
        }
    }
    best.0
}

fn fit_levels(kinds: &[PlacesOfKind], model: &mut SlipModel) {
    let mut sums = SlipModel::USUAL.levels.map(|(_, share)| share * USUAL_PLACES);
    let mut total = USUAL_PLACES;
    for (kind, places) in kinds {
        let shift = model.shift(usize::from(kind.period), usize::from(kind.units));
        let explained = Explained::new(*kind, shift, model);
        for (lengths, n) in places {
            let by_level = explained.by_level(lengths);
            let all: f64 = by_level.iter().sum();
            sums.iter_mut().zip(by_level).for_each(|(sum, one)| *sum += *n as f64 * one / all);
            total += *n as f64;
        }
    }
    model.levels.iter_mut().zip(sums).for_each(|((_, share), sum)| *share = sum / total);
}

/// How well each genotype at each level explains the lengths of one kind of repeat.
struct Explained {
    /// For each level: genotypes' shares and ln of the probabilities of the three lengths.
    levels: Vec<Vec<(f64, [f64; 3])>>,
}

impl Explained {
    fn new(kind: Kind, shift: f64, model: &SlipModel) -> Self {
        let (period, units) = (usize::from(kind.period), usize::from(kind.units));
        let rate = table_rate(period, units) * 10f64.powf(shift / 10.0);
        let clean = SlipModel::clean_rate();
        let varies = prior::repeat_rate(period, units).min(MAX_VARIABLE);
        let genotypes = [
            ((1, 1), 1.0 - 3.0 * varies - varies * varies),
            ((0, 1), varies),
            ((1, 2), varies),
            ((0, 0), varies / 2.0),
            ((2, 2), varies / 2.0),
            ((0, 2), varies * varies),
        ];
        let of_level = |&(level, share): &(f64, f64)| {
            let rate = (rate * (clean + level)).min(MAX_RATE);
            let one = |length: usize, shown: usize| match length.abs_diff(shown) {
                0 => 1.0 - 2.0 * rate,
                1 => rate,
                _ => (rate * rate).max(1e-5),
            };
            let probability = |(a, b): (usize, usize), shown| 0.5 * (one(a, shown) + one(b, shown));
            genotypes.map(|(pair, prior)| {
                (share * prior, [0, 1, 2].map(|shown| probability(pair, shown).max(1e-6).ln()))
            })
        };
        Self { levels: model.levels.iter().map(|level| of_level(level).to_vec()).collect() }
    }

    /// Probability of the lengths by level, all by the same factor.
    fn by_level(&self, lengths: &Lengths) -> [f64; 3] {
        self.scaled(lengths).0
    }

    fn ln(&self, lengths: &Lengths) -> f64 {
        let (levels, factor) = self.scaled(lengths);
        levels.iter().sum::<f64>().ln() + factor
    }

    fn scaled(&self, lengths: &Lengths) -> ([f64; 3], f64) {
        let shown = [lengths.shorter, lengths.same, lengths.longer].map(f64::from);
        let ln = |of: &[f64; 3]| of.iter().zip(shown).map(|(ln, n)| ln * n).sum::<f64>();
        let best = self.levels.iter().flatten().map(|(_, of)| ln(of)).fold(f64::NEG_INFINITY, f64::max);
        let mut out = [0.0; 3];
        for (sum, genotypes) in out.iter_mut().zip(&self.levels) {
            *sum = genotypes.iter().map(|(share, of)| share * (ln(of) - best).exp()).sum();
        }
        (out, best)
    }
}

#[cfg(test)]
mod tests;
