//! How sure a fraction is, given how many were counted.

/// Standard normal deviate of a two-sided 95 % interval.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// The score interval of a binomial fraction (Wilson, JASA 22:209, 1927), as (lower, upper), both in
/// [0, 1]: all underlying fractions of which `successes` of `total` is less than `z` standard deviations
/// away. Unlike the textbook interval it neither leaves [0, 1] nor shrinks to a point when all or none
/// succeed. `None` when nothing was counted, or more succeeded than were counted.
#[must_use]
pub fn interval(successes: u64, total: u64, z: f64) -> Option<(f64, f64)> {
    if total == 0 || successes > total {
        return None;
    }
    let n = total as f64;
    let p = successes as f64 / n;
    let z2 = z * z;
    let center = p + z2 / (2.0 * n);
    let spread = z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    // The ends that are exact by definition would otherwise show rounding.
    let lower = if successes == 0 { 0.0 } else { ((center - spread) / scale).max(0.0) };
    let upper = if successes == total { 1.0 } else { ((center + spread) / scale).min(1.0) };
    Some((lower, upper))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Method 3 of table I in Newcombe, Statistics in Medicine 17:857 (1998).
    #[test]
    fn published_values() {
        let cases = [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ];
        for (successes, total, lower, upper) in cases {
            let found = interval(successes, total, Z_95).unwrap();
            assert!((found.0 - lower).abs() < 5e-5, "{successes}/{total}: {found:?}");
            assert!((found.1 - upper).abs() < 5e-5, "{successes}/{total}: {found:?}");
        }
    }

    #[test]
    fn nothing_counted_has_no_interval() {
        assert_eq!(interval(0, 0, Z_95), None);
        assert_eq!(interval(2, 1, Z_95), None);
        assert_eq!(interval(7, 7, Z_95).unwrap().1, 1.0);
    }

    proptest! {
        /// The ends are where the score test turns: |p - x/n| = z sqrt(p (1 - p) / n).
        #[test]
        fn the_ends_solve_the_score_equation(total in 1_u64..5_000_000, share in 0.0..=1.0_f64) {
            let successes = (total as f64 * share) as u64;
            let (lower, upper) = interval(successes, total, Z_95).unwrap();
            let observed = successes as f64 / total as f64;
            prop_assert!(0.0 <= lower && lower <= observed && observed <= upper && upper <= 1.0);
            for end in [lower, upper].into_iter().filter(|end| *end > 0.0 && *end < 1.0) {
                let deviations = (end - observed).abs() / (end * (1.0 - end) / total as f64).sqrt();
                prop_assert!((deviations - Z_95).abs() < 1e-4, "{deviations}");
            }
        }
    }
}
