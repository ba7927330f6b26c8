//! Random draws from a ChaCha stream named by (seed, domain, a, b).
//!
//! The arithmetic on top of the raw bits is our own, so that a release of a random-number crate can't
//! change what a seed makes.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream is used for; streams of different domains are independent.
#[derive(Clone, Copy)]
#[repr(u64)]
pub(crate) enum Domain {
    Families = 1,
    Contig,
    Truth,
    WindowOrder,
    Fragments,
    FragmentOrder,
    Pair,
    Carrier,
    Phase,
    Meiosis,
    DeNovo,
    Somatic,
    GcSample,
}

/// A stream of random numbers.
pub(crate) struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of a domain and two numbers in it (window, read pair, ...).
    pub(crate) fn new(seed: u64, domain: Domain, a: u64, b: u64) -> Self {
        let mut key = [0; 32];
        for (bytes, word) in key.chunks_exact_mut(8).zip([seed, domain as u64, a, b]) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// 64 random bits.
    #[inline]
    pub(crate) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// An integer in `0..n`; its bias, below n / 2^64, is of no consequence.
    #[inline]
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(n)) >> 64) as u64
    }

    /// An index in `0..n`.
    #[inline]
    pub(crate) fn index(&mut self, n: usize) -> usize {
        self.below(n as u64) as usize
    }

    /// A number in `[0, 1)`.
    #[inline]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with probability `p`.
    #[inline]
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Exponential with this mean.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Near-normal with mean 0 and variance 1, never beyond 6: the sum of twelve uniforms less six.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// `value` rounded up or down at random, so that its mean is kept.
    pub(crate) fn round(&mut self, value: f64) -> u64 {
        let floor = value.floor();
        floor as u64 + u64::from(self.chance(value - floor))
    }

    /// Number of failures before a success of probability `p`.
    pub(crate) fn failures(&mut self, p: f64) -> u32 {
        let mut count = 0;
        while !self.chance(p) {
            count += 1;
        }
        count
    }

    /// An index drawn in proportion to the weights behind a cumulative, ascending sum.
    pub(crate) fn weighted(&mut self, cumulative: &[f64]) -> usize {
        let total = cumulative[cumulative.len() - 1];
        let at = self.unit() * total;
        cumulative.partition_point(|&sum| sum <= at).min(cumulative.len() - 1)
    }

    /// A random base code, 0 to 3.
    pub(crate) fn base(&mut self) -> u8 {
        (self.bits() >> 62) as u8
    }

    /// Fisher and Yates' shuffle.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }
}

/// Running sums of weights, for [`Stream::weighted`].
pub(crate) fn cumulative(weights: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut sum = 0.0;
    weights
        .into_iter()
        .map(|weight| {
            sum += weight;
            sum
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_fixed_and_apart() {
        let mut a = Stream::new(7, Domain::Truth, 1, 2);
        let mut b = Stream::new(7, Domain::Truth, 1, 2);
        let mut c = Stream::new(7, Domain::Truth, 2, 1);
        let first: Vec<u64> = (0..4).map(|_| a.bits()).collect();
        assert_eq!(first, (0..4).map(|_| b.bits()).collect::<Vec<_>>());
        assert_ne!(first, (0..4).map(|_| c.bits()).collect::<Vec<_>>());
    }

    #[test]
    fn moments_are_right() {
        let mut stream = Stream::new(1, Domain::Pair, 0, 0);
        let n = 40_000;
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let normal: Vec<f64> = (0..n).map(|_| stream.normal()).collect();
        let squares: Vec<f64> = normal.iter().map(|x| x * x).collect();
        assert!(mean(&normal).abs() < 0.02 && (mean(&squares) - 1.0).abs() < 0.03);
        let exponential: Vec<f64> = (0..n).map(|_| stream.exponential(5.0)).collect();
        assert!((mean(&exponential) - 5.0).abs() < 0.15);
        let failures: Vec<f64> = (0..n).map(|_| f64::from(stream.failures(0.25))).collect();
        assert!((mean(&failures) - 3.0).abs() < 0.1);
        let picks: Vec<usize> = (0..n).map(|_| stream.weighted(&cumulative([1.0, 0.0, 3.0]))).collect();
        let twos = picks.iter().filter(|&&pick| pick == 2).count() as f64 / f64::from(n);
        assert!((twos - 0.75).abs() < 0.02 && !picks.contains(&1));
    }
}
