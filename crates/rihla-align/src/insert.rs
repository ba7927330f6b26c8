//! The insert-size model: how far apart the outer ends of a pair lie.

/// Longest template that is counted.
const LONGEST: usize = 10_000;
/// Fewest pairs that make a model.
const FEWEST: u64 = 10;
/// Bounds for the mean and deviation, in interquartile ranges beyond the quartiles.
const TRIM: f64 = 2.0;
/// Bounds of a proper pair, likewise.
const REACH: f64 = 3.0;
/// Bounds of a proper pair are at least so many deviations from the mean.
const DEVIATIONS: f64 = 4.0;

/// Template lengths of confidently placed pairs; merging is independent of order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsertSamples {
    /// Pairs that face each other, by template length.
    facing: Vec<u32>,
    /// Pairs of any other geometry.
    other: u64,
}

impl Default for InsertSamples {
    fn default() -> Self {
        Self { facing: vec![0; LONGEST + 1], other: 0 }
    }
}

impl InsertSamples {
    /// Adds a pair whose mates face each other; lengths out of range count as another geometry.
    pub(crate) fn add_facing(&mut self, length: i64) {
        match usize::try_from(length).ok().and_then(|length| self.facing.get_mut(length)) {
            Some(count) => *count += 1,
            None => self.other += 1,
        }
    }

    /// Adds a pair of another geometry.
    pub(crate) fn add_other(&mut self) {
        self.other += 1;
    }

    /// Adds all of another sample's pairs.
    pub fn merge(&mut self, other: &Self) {
        for (here, there) in self.facing.iter_mut().zip(&other.facing) {
            *here += there;
        }
        self.other += other.other;
    }

    /// Number of pairs that face each other.
    #[must_use]
    pub fn facing(&self) -> u64 {
        self.facing.iter().map(|&count| u64::from(count)).sum()
    }

    /// Number of pairs of any other geometry.
    #[must_use]
    pub fn other(&self) -> u64 {
        self.other
    }

    /// The length below which this share of the facing pairs lies.
    fn quantile(&self, share: f64) -> f64 {
        let wanted = (share * self.facing() as f64 + 0.5) as u64;
        let mut seen = 0;
        for (length, &count) in self.facing.iter().enumerate() {
            seen += u64::from(count);
            if seen > wanted {
                return length as f64;
            }
        }
        LONGEST as f64
    }
}

/// The insert-size model of a library. Lengths are of templates: outer end to outer end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InsertSize {
    /// Mean template length.
    pub mean: f64,
    /// Standard deviation, at least 1.
    pub sd: f64,
    /// Shortest template of a proper pair.
    pub low: i64,
    /// Longest template of a proper pair.
    pub high: i64,
    /// Whether pairs can be judged by it: enough pairs were seen and most face each other. If not,
    /// mates are placed each on its own and no pair is proper.
    pub usable: bool,
}

impl InsertSize {
    /// The model of a sample, after BWA-MEM: mean and deviation of the lengths near the quartiles.
    #[must_use]
    pub fn from_samples(samples: &InsertSamples) -> Self {
        let pairs = samples.facing();
        if pairs < FEWEST || samples.other > pairs {
            return Self::unusable();
        }
        let (first, third) = (samples.quantile(0.25), samples.quantile(0.75));
        let spread = third - first;
        let near =
            (first - TRIM * spread).max(1.0) as usize..=((third + TRIM * spread) as usize).min(LONGEST);
        let lengths = || near.clone().map(|length| (length as f64, f64::from(samples.facing[length])));
        let count: f64 = lengths().map(|(_, n)| n).sum();
        let mean = lengths().map(|(length, n)| length * n).sum::<f64>() / count;
        let variance = lengths().map(|(length, n)| (length - mean).powi(2) * n).sum::<f64>() / count;
        let sd = variance.sqrt().max(1.0);
        let low = (first - REACH * spread).min(mean - DEVIATIONS * sd).max(1.0) as i64;
        let high = (third + REACH * spread).max(mean + DEVIATIONS * sd) as i64;
        Self { mean, sd, low, high, usable: true }
    }

    /// The model that judges no pair.
    #[must_use]
    pub const fn unusable() -> Self {
        Self { mean: 0.0, sd: 1.0, low: 0, high: 0, usable: false }
    }

    /// Whether a template of this length is a proper pair's.
    #[must_use]
    pub fn is_proper(&self, length: i64) -> bool {
        self.usable && (self.low..=self.high).contains(&length)
    }

    /// Natural logarithm of twice the chance that a template deviates from the mean by more than this
    /// one does; 0.69 at the mean.
    #[must_use]
    pub(crate) fn log_fit(&self, length: i64) -> f64 {
        let z = (length as f64 - self.mean).abs() / self.sd;
        (2.0f64).ln() + log_erfc(z / std::f64::consts::SQRT_2)
    }
}

/// Natural logarithm of the complementary error function for `x >= 0`, to seven digits (Press et al.,
/// "Numerical Recipes", section 6.2, the Chebyshev fit).
fn log_erfc(x: f64) -> f64 {
    const FIT: [f64; 10] = [
        -1.265_512_23,
        1.000_023_68,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_203_98,
        1.488_515_87,
        -0.822_152_23,
        0.170_872_77,
    ];
    let t = 1.0 / (1.0 + 0.5 * x);
    t.ln() - x * x + FIT.iter().rev().fold(0.0, |sum, term| sum * t + term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_function_agrees_with_tables() {
        for (x, expected) in
            [(0.0f64, 1.0f64), (0.5, 0.479_500_122), (1.0, 0.157_299_207), (2.0, 0.004_677_735)]
        {
            assert!((log_erfc(x) - expected.ln()).abs() < 1e-6, "{x}");
        }
        assert!((log_erfc(5.0) - 1.537_459_8e-12f64.ln()).abs() < 1e-5);
    }

    #[test]
    fn outliers_do_not_move_the_model() {
        let mut samples = InsertSamples::default();
        for i in 0..1000 {
            samples.add_facing(350 + i % 101);
        }
        for length in [2000, 9000, 20_000] {
            samples.add_facing(length);
        }
        let model = InsertSize::from_samples(&samples);
        assert!(
            model.usable && (model.mean - 400.0).abs() < 1.0 && (model.sd - 29.0).abs() < 1.0,
            "{model:?}"
        );
        assert!(
            model.is_proper(400) && model.is_proper(500) && !model.is_proper(1000) && !model.is_proper(100)
        );
        assert!(model.log_fit(400) > model.log_fit(460));
    }

    #[test]
    fn few_pairs_or_another_geometry_make_no_model() {
        let mut samples = InsertSamples::default();
        samples.add_facing(300);
        assert!(!InsertSize::from_samples(&samples).usable);
        for _ in 0..20 {
            samples.add_facing(300);
        }
        assert!(InsertSize::from_samples(&samples).usable);
        let mut outward = InsertSamples::default();
        (0..50).for_each(|_| outward.add_other());
        samples.merge(&outward);
        assert!(!InsertSize::from_samples(&samples).usable);
    }
}
