//! Phred scale: `q = -10 * log10(p)`.

/// The highest base quality that is written or believed (Phred).
pub const MAX_BASE_QUALITY: u8 = 93;

/// Error probability of a Phred value.
#[inline]
#[must_use]
pub fn to_probability(phred: f64) -> f64 {
    10f64.powf(-phred / 10.0)
}

/// Phred value of an error probability; probabilities at or below zero give infinity.
#[inline]
#[must_use]
pub fn from_probability(probability: f64) -> f64 {
    -10.0 * probability.log10()
}

/// `log10(10^a + 10^b)` without leaving log space.
#[inline]
#[must_use]
pub fn log10_sum(a: f64, b: f64) -> f64 {
    let (high, low) = if a >= b { (a, b) } else { (b, a) };
    if low == f64::NEG_INFINITY {
        return high;
    }
    high + (1.0 + 10f64.powf(low - high)).log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_sum() {
        assert!((from_probability(to_probability(37.0)) - 37.0).abs() < 1e-9);
        assert!((log10_sum(-1.0, -1.0) - (0.2f64).log10()).abs() < 1e-12);
        assert_eq!(log10_sum(f64::NEG_INFINITY, -3.0), -3.0);
    }
}
