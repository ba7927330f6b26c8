//! How many different molecules a library holds, told by its duplicates (Lander and Waterman, *Genomics* 2:231, 1988).

/// Number of distinct molecules that `pairs` pairs were drawn from of which `distinct` are different; `None` when there
/// is no duplicate to tell by, or nothing but duplicates.
///
/// Solves `c / x = 1 - exp(-n / x)` for `x`, with `n` pairs and `c` distinct ones, by 40 halvings as Picard does, so that
/// the figures agree.
#[must_use]
pub fn estimated_size(pairs: u64, distinct: u64) -> Option<u64> {
    if distinct == 0 || distinct >= pairs {
        return None;
    }
    let (n, c) = (pairs as f64, distinct as f64);
    // Above zero while the library is guessed too small; `factor` is its size over `c`.
    let too_small = |factor: f64| c / (factor * c) - 1.0 + (-n / (factor * c)).exp();
    let (mut low, mut high) = (1.0, 100.0);
    while too_small(high) > 0.0 {
        high *= 10.0;
    }
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        let sign = too_small(middle);
        if sign > 0.0 {
            low = middle;
        } else if sign < 0.0 {
            high = middle;
        } else {
            break;
        }
    }
    Some((c * (low + high) / 2.0) as u64)
}

/// How many times as many distinct pairs as now a library of this size would give, if it were sequenced `times` times as
/// much (Picard's return on investment).
#[must_use]
pub fn gain(size: u64, times: f64, pairs: u64, distinct: u64) -> f64 {
    let size = size as f64;
    size * (1.0 - (-times * pairs as f64 / size).exp()) / distinct as f64
}
