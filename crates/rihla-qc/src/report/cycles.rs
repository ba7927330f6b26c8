//! Qualities and bases by cycle of the machine.

use serde::{Deserialize, Serialize};

use super::rounded_to;

/// The reads of one end, cycle by cycle. Lists begin with the first cycle.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CycleMetrics {
    /// 1 for first mates and single reads, 2 for second mates.
    pub mate: u8,
    /// Mean Phred value.
    pub quality: Vec<f64>,
    /// Share of A, of all bases of the cycle; so of the other letters.
    pub a: Vec<f64>,
    /// Share of C.
    pub c: Vec<f64>,
    /// Share of G.
    pub g: Vec<f64>,
    /// Share of T.
    pub t: Vec<f64>,
    /// Share of N.
    pub n: Vec<f64>,
}

/// The bases of one cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CycleSums {
    /// Sum of Phred values.
    pub quality: u64,
    /// Bases.
    pub bases: u64,
    /// Of these, A, C, G and T; the others are N.
    pub letters: [u64; 4],
}

impl CycleMetrics {
    /// Of the cycles of reads of one end, from the first on.
    #[must_use]
    pub fn new(mate: u8, cycles: impl IntoIterator<Item = CycleSums>) -> Self {
        let mut metrics = Self { mate, ..Self::default() };
        for CycleSums { quality, bases, letters } in cycles {
            let part = |part: u64, decimals| rounded_to(part as f64 / bases.max(1) as f64, decimals);
            metrics.quality.push(part(quality, 2));
            let known: u64 = letters.iter().sum();
            let [a, c, g, t] = letters.map(|letter| part(letter, 4));
            metrics.a.push(a);
            metrics.c.push(c);
            metrics.g.push(g);
            metrics.t.push(t);
            metrics.n.push(part(bases.saturating_sub(known), 4));
        }
        metrics
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_the_bases_of_their_cycle() {
        let cycles = [
            CycleSums { quality: 100, bases: 3, letters: [1, 1, 0, 0] },
            CycleSums { quality: 2, bases: 1, letters: [0, 0, 0, 1] },
        ];
        let metrics = CycleMetrics::new(2, cycles);
        assert_eq!(metrics.quality, [33.33, 2.0]);
        assert_eq!((metrics.a, metrics.t), (vec![0.3333, 0.0], vec![0.0, 1.0]));
        assert_eq!(metrics.n, [0.3333, 0.0]);
    }
}
