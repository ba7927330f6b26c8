//! Do values of reads with ALT differ from those with REF? Mann and Whitney's rank sum.

/// z of `alternate` against `reference` (negative: alternate is lower), with ties at their mean rank;
/// `None` when one side is empty.
#[must_use]
pub fn z_score(reference: &[f32], alternate: &[f32]) -> Option<f32> {
    let (n, m) = (reference.len() as f64, alternate.len() as f64);
    if reference.is_empty() || alternate.is_empty() {
        return None;
    }
    let mut all: Vec<(f32, bool)> = reference.iter().map(|&value| (value, false)).collect();
    all.extend(alternate.iter().map(|&value| (value, true)));
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut rank_sum, mut ties, mut before) = (0.0, 0.0, 0.0);
    for group in all.chunk_by(|a, b| a.0 == b.0) {
        let size = group.len() as f64;
        let mean_rank = before + (size + 1.0) / 2.0;
        rank_sum += mean_rank * group.iter().filter(|value| value.1).count() as f64;
        ties += size * size * size - size;
        before += size;
    }
    let total = n + m;
    let u = rank_sum - m * (m + 1.0) / 2.0;
    let variance = n * m / 12.0 * ((total + 1.0) - ties / (total * (total - 1.0)));
    Some(if variance <= 0.0 { 0.0 } else { ((u - n * m / 2.0) / variance.sqrt()) as f32 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_and_ties() {
        assert!(z_score(&[60.0; 5], &[60.0; 5]).expect("both") == 0.0);
        let z = z_score(&[30.0, 31.0, 32.0, 33.0], &[1.0, 2.0, 3.0, 4.0]).expect("both");
        assert!((z + 2.309).abs() < 0.01, "{z}");
        assert!(z_score(&[], &[1.0]).is_none());
    }
}
