//! Whether the reads at a place are of both copies of the chromosome, or of one.
//!
//! Reads that show another haplotype than most may be from elsewhere: then the others are those of both copies, as deep as is
//! usual in the sample. They may also be all that is left of a haplotype whose reads a copy of the place has taken: then the
//! others are of one copy, and half as deep. Depths vary more than chance alone makes them: they follow a
//! negative binomial, a Poisson whose mean varies, by a fifth at least. By how much more is the sample's: where targets were caught, where
//! PCR was partial to some sequences, or where a tumor has more copies of some chromosomes, a place is as deep as any, and depth says
//! little.

use std::f64::consts::LN_10;

use statrs::function::gamma::ln_gamma;

/// By how much means vary in evenly covered samples, as a share of them.
const EVEN: f64 = 0.2;
/// Where both copies of a chromosome have fewer reads, one has hardly fewer.
const LEAST: f64 = 5.0;
/// Depth says no more than this, log10.
const MAX_LOG10: f64 = 2.0;

/// How deep reads of both copies of a chromosome lie in a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UsualDepth {
    mean: f64,
    /// By how much the means of places vary, as a share.
    spread: f64,
}

impl UsualDepth {
    /// That of an evenly covered sample.
    #[must_use]
    pub fn even(mean: f64) -> Self {
        Self::varied(mean, EVEN)
    }

    /// That of a sample in which the means of places vary by `spread`, as a share.
    #[must_use]
    pub fn varied(mean: f64, spread: f64) -> Self {
        Self { mean, spread: spread.max(EVEN) }
    }

    /// That of a sample with so many bases that have a depth of 0, 1, and so on, and at the end of that or more: the depth that half of
    /// all aligned bases do not exceed at their places, which is that of targets where most reads lie on some. `None` where it is too
    /// low to tell anything, or too high to be known.
    #[must_use]
    pub fn of(histogram: &[u64]) -> Option<Self> {
        let aligned = |(depth, &bases): (u64, &u64)| depth * bases;
        let all: u64 = (0..).zip(histogram).map(aligned).sum();
        let depth_at = |quarters: u64| {
            let mut below = 0;
            let is_there = |bases: u64| {
                below += bases;
                4 * u128::from(below) >= u128::from(quarters) * u128::from(all)
            };
            (0..).zip(histogram).map(aligned).position(is_there).map(|depth| depth as f64)
        };
        let (low, mean, high) = (depth_at(1)?, depth_at(2)?, depth_at(3)?);
        let is_known = mean >= LEAST && mean + 1.0 < histogram.len() as f64;
        // Copies that the reference lacks lie twice as deep, and the depth is to tell them: what is above counts where it is far above.
        let above = if high > FAR * mean { high - mean } else { 0.0 };
        let deviation = (mean - low).max(above) / QUARTILE;
        let beyond_chance = (deviation * deviation - mean).max(0.0);
        is_known.then(|| Self::varied(mean, beyond_chance.sqrt() / mean))
    }

    /// The depth.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// By how much it varies from place to place beyond chance, as a share of it.
    #[must_use]
    pub fn spread(&self) -> f64 {
        self.spread
    }

    /// A depth as a multiple of the usual one, as it would be if the sample were evenly covered.
    #[must_use]
    pub fn multiple(&self, depth: f64) -> f64 {
        (depth / self.mean).powf(EVEN / self.spread)
    }

    /// Whether a depth is rather that of two copies than of four, which a reference that lacks a copy has in their place.
    #[must_use]
    pub fn is_of_two(&self, depth: f64) -> bool {
        self.multiple(depth) <= TWO_COPIES
    }

    /// log10 probability of a depth where `share` of the usual reads lie.
    fn log10_of(&self, depth: f64, share: f64) -> f64 {
        let (shape, mean) = (self.spread.powi(-2), share * self.mean);
        let ways = ln_gamma(depth + shape) - ln_gamma(depth + 1.0) - ln_gamma(shape);
        let total = shape + mean;
        (ways + shape * (shape / total).ln() + depth * (mean / total).ln()) / LN_10
    }
}

/// Standard deviations from the mean of a normal distribution to its quartiles.
const QUARTILE: f64 = 0.6745;
/// So many times the usual depth is that of targets among reads from everywhere.
const FAR: f64 = 3.0;

/// Places up to so many times as deep as usual are of two copies.
const TWO_COPIES: f64 = 1.5;

/// The depth of a place, beside the usual one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Depth {
    all: f64,
    usual: UsualDepth,
}

impl Depth {
    /// That of a place where reads lie so deep, in a sample whose two copies of a chromosome usually do as `usual` says.
    #[must_use]
    pub fn new(all: f64, usual: UsualDepth) -> Self {
        Self { all, usual }
    }

    /// See [`UsualDepth::is_of_two`].
    #[must_use]
    pub fn is_of_two(&self) -> bool {
        self.usual.is_of_two(self.all)
    }

    /// log10 by which the depth is likelier where `native`, a share of it, is of both copies and the rest from elsewhere than
    /// where all is.
    #[must_use]
    pub fn log10_of_both(&self, native: f64) -> f64 {
        self.beside_all(self.usual.log10_of(self.all * native, 1.0))
    }

    /// The same where `native` is of one copy, and the rest is left of the other.
    #[must_use]
    pub fn log10_of_one(&self, native: f64) -> f64 {
        self.beside_all(self.usual.log10_of(self.all * native, 0.5))
    }

    /// The same where all is of three copies.
    #[must_use]
    pub fn log10_of_three(&self) -> f64 {
        self.beside_all(self.usual.log10_of(self.all, 1.5))
    }

    fn beside_all(&self, other: f64) -> f64 {
        (other - self.usual.log10_of(self.all, 1.0)).clamp(-MAX_LOG10, MAX_LOG10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_depth_is_of_one_copy() {
        let odds = |natives: f64, others: f64| {
            let depth = Depth::new(natives + others, UsualDepth::even(30.0));
            let native = natives / (natives + others);
            depth.log10_of_one(native) - depth.log10_of_both(native)
        };
        assert!(odds(14.0, 3.0) > 0.8, "{}", odds(14.0, 3.0));
        assert!(odds(28.0, 3.0) < -1.0, "{}", odds(28.0, 3.0));
        assert!(odds(20.0, 3.0).abs() < 0.5);
    }

    #[test]
    fn reads_beyond_the_usual_depth_are_from_elsewhere() {
        let of = |all: f64| Depth::new(all, UsualDepth::even(30.0));
        assert!(of(50.0).log10_of_both(0.6) > 0.8);
        assert!(of(30.0).log10_of_both(0.5) < -0.7);
        assert_eq!(of(900.0).log10_of_both(0.03), MAX_LOG10);
    }

    #[test]
    fn probabilities_add_up() {
        for usual in [UsualDepth::even(30.0), UsualDepth::varied(30.0, 0.5)] {
            let sum: f64 = (0..4000).map(|depth| 10f64.powf(usual.log10_of(f64::from(depth), 1.0))).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{usual:?} {sum}");
        }
    }

    /// What is learnt of a sample with so many bases of some depths.
    fn learnt(depths: &[(usize, u64)]) -> Option<UsualDepth> {
        let mut histogram = vec![0; 251];
        depths.iter().for_each(|&(depth, bases)| histogram[depth] += bases);
        UsualDepth::of(&histogram)
    }

    #[test]
    fn the_usual_depth_is_that_of_most_reads() {
        let mean = |depths: &[(usize, u64)]| learnt(depths).map(|usual| usual.mean);
        assert_eq!(mean(&[(29, 400), (30, 300), (31, 400)]), Some(30.0));
        // Targets, and what lies beside them.
        assert_eq!(mean(&[(0, 50_000), (1, 3_000), (90, 500), (100, 600)]), Some(100.0));
        assert_eq!(mean(&[(0, 50_000)]), None);
        assert_eq!(mean(&[(10, 10), (250, 1_000)]), None);
        // Of targets the stretches that are looked at hold none.
        assert_eq!(mean(&[(0, 50_000), (1, 3_000), (2, 100)]), None);
    }

    #[test]
    fn what_chance_alone_does_is_no_spread() {
        let poisson = |mean: f64| {
            let of =
                move |depth: usize| (depth as f64 * mean.ln() - mean - ln_gamma(depth as f64 + 1.0)).exp();
            (0..250).map(|depth| (depth, (1e6 * of(depth)) as u64)).collect::<Vec<_>>()
        };
        assert_eq!(learnt(&poisson(30.0)).map(|usual| usual.spread), Some(EVEN));
        // As deep by chance, around means that vary four-fold.
        let mixed: Vec<_> = [15.0, 30.0, 60.0].into_iter().flat_map(poisson).collect();
        let spread = learnt(&mixed).expect("deep enough").spread;
        assert!((0.3..0.7).contains(&spread), "{spread}");
    }

    #[test]
    fn copies_that_a_reference_lacks_are_no_spread_and_targets_are() {
        let even = |depth: usize, bases| [(depth - 5, bases / 2), (depth, bases), (depth + 5, bases / 2)];
        let spread = |deep| learnt(&[even(30, 4000), deep].concat()).map(|usual| usual.spread);
        assert_eq!(spread(even(60, 800)), Some(EVEN));
        assert!(spread(even(200, 300)) > Some(1.0));
    }

    #[test]
    fn depth_says_little_where_it_varies_much() {
        let odds = |spread: f64| {
            let depth = Depth::new(17.0, UsualDepth::varied(30.0, spread));
            depth.log10_of_one(14.0 / 17.0) - depth.log10_of_both(14.0 / 17.0)
        };
        assert!(odds(EVEN) > 1.0 && (0.0..0.3).contains(&odds(0.6)) && (0.0..0.05).contains(&odds(2.0)));
        let usual = UsualDepth::varied(30.0, 0.6);
        assert!(Depth::new(60.0, usual).log10_of_both(0.6) < 0.6);
        assert!(Depth::new(60.0, UsualDepth::even(30.0)).log10_of_both(0.6) > 1.5);
        assert_eq!(UsualDepth::even(30.0).multiple(60.0), 2.0);
        assert!((usual.multiple(60.0) - 1.26).abs() < 0.01);
    }
}
