//! Lengths of the fragments that are sequenced: a normal distribution, or what was counted in real pairs.

use std::sync::Arc;

use crate::TestkitError;
use crate::options::within;
use crate::stream::Stream;

/// The shortest fragment, in bases: shorter ones are washed away when a library is cleaned.
const SHORTEST: u32 = 35;
/// The longest fragment that may be asked for, in bases.
const LONGEST: f64 = 11_000.0;

/// Distribution of the fragments' length.
#[derive(Clone, Debug, PartialEq)]
pub enum FragmentLengths {
    /// Normal, cut off at 35 bases and at six standard deviations above the mean.
    Normal {
        /// Mean in bases.
        mean: f64,
        /// Standard deviation in bases.
        sd: f64,
    },
    /// As counted in real pairs: see [`LengthTable`].
    Counted(Arc<LengthTable>),
}

/// Shares of lengths, by bins of equal width; within a bin every length is as likely.
#[derive(Clone, Debug, PartialEq)]
pub struct LengthTable {
    first: u32,
    width: u32,
    /// Running shares, in units of 2^-32; the last is 2^32.
    sums: Vec<u64>,
}

impl FragmentLengths {
    /// A normal distribution.
    #[must_use]
    pub const fn normal(mean: f64, sd: f64) -> Self {
        Self::Normal { mean, sd }
    }

    /// A distribution by bins: bin `i` stands for `first + i * width` and the `width - 1` lengths above it.
    ///
    /// # Errors
    /// [`TestkitError::Option`] when the bins are empty, hold no positive weight or a negative one, or reach
    /// beyond 11,000 bases.
    pub fn counted(first: u32, width: u32, weights: &[f64]) -> Result<Self, TestkitError> {
        let total: f64 = weights.iter().sum();
        within("bin width of the fragment lengths", f64::from(width), 1.0..=LONGEST, "from 1 to 11000")?;
        let reach = f64::from(first) + f64::from(width) * weights.len() as f64;
        within("longest fragment of the profile", reach, 1.0..=LONGEST, "from 1 to 11000 bases")?;
        within("sum of the fragment length shares", total, f64::MIN_POSITIVE..=f64::MAX, "above 0")?;
        for &weight in weights {
            within("share of a fragment length", weight, 0.0..=f64::MAX, "0 or more")?;
        }
        let mut sum = 0.0;
        let running = |weight: &f64| {
            sum += weight;
            (sum / total * 2f64.powi(32)).round() as u64
        };
        let sums = weights.iter().map(running).collect();
        Ok(Self::Counted(Arc::new(LengthTable { first, width, sums })))
    }

    /// Checks the ranges.
    ///
    /// # Errors
    /// [`TestkitError::Option`] for the first number out of its range.
    pub fn validate(&self) -> Result<(), TestkitError> {
        if let Self::Normal { mean, sd } = *self {
            within("mean fragment length", mean, 50.0..=5000.0, "from 50 to 5000 bases")?;
            within("fragment length deviation", sd, 0.0..=1000.0, "from 0 to 1000 bases")?;
        }
        Ok(())
    }

    /// A length in bases: from 35 to [`Self::longest`].
    pub(crate) fn draw(&self, stream: &mut Stream) -> u32 {
        match self {
            Self::Normal { mean, sd } => {
                (mean + sd * stream.normal()).max(f64::from(SHORTEST)).round() as u32
            }
            Self::Counted(table) => table.draw(stream).max(SHORTEST),
        }
    }

    /// The longest length that is ever drawn, in bases.
    #[must_use]
    pub fn longest(&self) -> u32 {
        match self {
            Self::Normal { mean, sd } => ((mean + 6.0 * sd).ceil() as u32).max(SHORTEST),
            Self::Counted(table) => {
                (table.first + table.width * table.sums.len() as u32).saturating_sub(1).max(SHORTEST)
            }
        }
    }

    /// The mean length in bases (of a counted distribution: of the bins' middles).
    #[must_use]
    pub fn mean(&self) -> f64 {
        match self {
            Self::Normal { mean, .. } => *mean,
            Self::Counted(table) => table.mean(),
        }
    }
}

impl LengthTable {
    fn draw(&self, stream: &mut Stream) -> u32 {
        let at = stream.bits() >> 32;
        let bin = self.sums.partition_point(|&sum| sum <= at).min(self.sums.len() - 1);
        self.first + self.width * bin as u32 + stream.below(u64::from(self.width)) as u32
    }

    fn mean(&self) -> f64 {
        let (mut before, mut mean) = (0, 0.0);
        for (bin, &sum) in self.sums.iter().enumerate() {
            let share = (sum - before) as f64 / 2f64.powi(32);
            let middle = f64::from(self.width) * (bin as f64 + 0.5) - 0.5;
            mean += share * (f64::from(self.first) + middle);
            before = sum;
        }
        mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::Domain;

    fn drawn(lengths: &FragmentLengths) -> Vec<u32> {
        let mut stream = Stream::new(3, Domain::Fragments, 0, 0);
        (0..20_000).map(|_| lengths.draw(&mut stream)).collect()
    }

    #[test]
    fn normal_lengths() {
        let lengths = FragmentLengths::normal(300.0, 50.0);
        assert_eq!(lengths.validate(), Ok(()));
        let values = drawn(&lengths);
        let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64;
        assert!((mean - 300.0).abs() < 2.0 && values.iter().all(|&value| value <= lengths.longest()));
        assert!(FragmentLengths::normal(10.0, 1.0).validate().is_err());
        assert!(drawn(&FragmentLengths::normal(50.0, 60.0)).iter().all(|&value| value >= SHORTEST));
    }

    #[test]
    fn counted_lengths() {
        let lengths = FragmentLengths::counted(100, 10, &[1.0, 0.0, 3.0]).expect("valid");
        let values = drawn(&lengths);
        assert!(values.iter().all(|value| (100..110).contains(value) || (120..130).contains(value)));
        assert_eq!((values.iter().max(), lengths.longest()), (Some(&129), 129));
        let high = values.iter().filter(|&&value| value >= 120).count() as f64 / values.len() as f64;
        assert!((high - 0.75).abs() < 0.02);
        let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64;
        assert!((mean - lengths.mean()).abs() < 0.5, "{mean} {}", lengths.mean());
    }

    #[test]
    fn odd_tables_are_refused() {
        for (first, width, weights) in [
            (1, 0, vec![1.0]),
            (1, 1, vec![]),
            (1, 1, vec![0.0]),
            (1, 1, vec![2.0, -1.0]),
            (1, 1, vec![f64::NAN]),
            (10_999, 10, vec![1.0]),
        ] {
            assert!(FragmentLengths::counted(first, width, &weights).is_err(), "{first} {width} {weights:?}");
        }
    }
}
