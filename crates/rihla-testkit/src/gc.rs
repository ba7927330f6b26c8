//! How likely a fragment is sequenced, by its share of G and C.

use crate::TestkitError;
use crate::options::within;

/// Steps of the curve: shares of G and C in units of 1 %.
pub const GC_STEPS: usize = 101;

/// Relative coverage by the share of G and C in the fragment, scaled so that the best share has 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GcBias {
    /// Weight by percent of G and C; empty when flat.
    curve: Vec<f64>,
}

impl GcBias {
    /// No bias: every fragment is as likely.
    #[must_use]
    pub const fn flat() -> Self {
        Self { curve: Vec::new() }
    }

    /// A bias from relative coverage at 0 %, 1 %, ..., 100 %, on any scale.
    ///
    /// # Errors
    /// [`TestkitError::Option`] unless there are 101 values, none negative and one at least positive.
    pub fn from_curve(coverage: &[f64]) -> Result<Self, TestkitError> {
        within("number of values of the GC curve", coverage.len() as f64, 101.0..=101.0, "101")?;
        for &value in coverage {
            within("relative coverage of the GC curve", value, 0.0..=f64::MAX, "0 or more")?;
        }
        let best = coverage.iter().copied().fold(0.0, f64::max);
        within("highest value of the GC curve", best, f64::MIN_POSITIVE..=f64::MAX, "above 0")?;
        Ok(Self { curve: coverage.iter().map(|value| value / best).collect() })
    }

    /// Whether there is no bias.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        self.curve.is_empty()
    }

    /// Probability, 0 to 1, that a fragment with this share (0 to 1) of G and C is kept.
    #[must_use]
    pub fn weight(&self, gc_share: f64) -> f64 {
        if self.curve.is_empty() {
            return 1.0;
        }
        let at = (gc_share * (GC_STEPS - 1) as f64).clamp(0.0, (GC_STEPS - 1) as f64);
        let low = (at as usize).min(GC_STEPS - 2);
        let part = at - low as f64;
        self.curve[low] * (1.0 - part) + self.curve[low + 1] * part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_follow_the_curve() {
        assert!(GcBias::flat().is_flat() && GcBias::flat().weight(0.3) == 1.0);
        let curve: Vec<f64> = (0..GC_STEPS).map(|percent| percent as f64).collect();
        let bias = GcBias::from_curve(&curve).expect("valid");
        for (share, weight) in [(0.0, 0.0), (0.5, 0.5), (0.255, 0.255), (1.0, 1.0), (2.0, 1.0), (-1.0, 0.0)] {
            assert!((bias.weight(share) - weight).abs() < 1e-9, "{share}");
        }
    }

    #[test]
    fn odd_curves_are_refused() {
        let mut curve = vec![1.0; GC_STEPS];
        assert!(GcBias::from_curve(&curve[1..]).is_err());
        curve[3] = -0.1;
        assert!(GcBias::from_curve(&curve).is_err());
        assert!(GcBias::from_curve(&[0.0; GC_STEPS]).is_err());
    }
}
