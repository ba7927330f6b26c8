//! Whether the reads at a place are of both copies of the chromosome, or of one.
//!
//! Reads that show another haplotype than most may be from elsewhere: then the others are those of both copies, as deep as is
//! usual in the sample. They may also be all that is left of a haplotype whose reads a copy of the place has taken: then the
//! others are of one copy, and half as deep. Depths vary more than chance alone makes them: they follow a
//! negative binomial, a Poisson whose mean varies by a fifth.

use std::f64::consts::LN_10;

use statrs::function::gamma::ln_gamma;

/// Shape of the gamma that means are drawn from: they vary by a fifth.
const SHAPE: f64 = 25.0;
/// Depth says no more than this, log10.
const MAX_LOG10: f64 = 2.0;

/// The depth of a place, beside the usual one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Depth {
    all: f64,
    usual: f64,
}

impl Depth {
    /// That of a place where reads lie so deep, in a sample whose two copies of a chromosome usually do as `usual` says.
    #[must_use]
    pub fn new(all: f64, usual: f32) -> Self {
        Self { all, usual: f64::from(usual) }
    }

    /// log10 by which the depth is likelier where `native`, a share of it, is of both copies and the rest from elsewhere than
    /// where all is.
    #[must_use]
    pub fn log10_of_both(&self, native: f64) -> f64 {
        self.beside_all(log10_of(self.all * native, self.usual))
    }

    /// The same where `native` is of one copy, and the rest is left of the other.
    #[must_use]
    pub fn log10_of_one(&self, native: f64) -> f64 {
        self.beside_all(log10_of(self.all * native, 0.5 * self.usual))
    }

    fn beside_all(&self, other: f64) -> f64 {
        (other - log10_of(self.all, self.usual)).clamp(-MAX_LOG10, MAX_LOG10)
    }
}

/// log10 probability of a depth where it is `mean` on average.
fn log10_of(depth: f64, mean: f64) -> f64 {
    let ways = ln_gamma(depth + SHAPE) - ln_gamma(depth + 1.0) - ln_gamma(SHAPE);
    let total = SHAPE + mean;
    (ways + SHAPE * (SHAPE / total).ln() + depth * (mean / total).ln()) / LN_10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_depth_is_of_one_copy() {
        let odds = |natives: f64, others: f64| {
            let depth = Depth::new(natives + others, 30.0);
            let native = natives / (natives + others);
            depth.log10_of_one(native) - depth.log10_of_both(native)
        };
        assert!(odds(14.0, 3.0) > 0.8, "{}", odds(14.0, 3.0));
        assert!(odds(28.0, 3.0) < -1.0, "{}", odds(28.0, 3.0));
        assert!(odds(20.0, 3.0).abs() < 0.5);
    }

    #[test]
    fn reads_beyond_the_usual_depth_are_from_elsewhere() {
        assert!(Depth::new(50.0, 30.0).log10_of_both(0.6) > 0.8);
        assert!(Depth::new(30.0, 30.0).log10_of_both(0.5) < -0.7);
        assert_eq!(Depth::new(900.0, 30.0).log10_of_both(0.03), MAX_LOG10);
    }

    #[test]
    fn probabilities_add_up() {
        let sum: f64 = (0..400).map(|depth| 10f64.powf(log10_of(f64::from(depth), 30.0))).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    }
}
