//! Which neighbors are alike: cycles with like qualities, qualities with like successors.

/// Cuts a row of histograms into at most `parts` stretches so that those of a stretch are alike: two
/// neighboring stretches at a time are joined, those whose joining moves the fewest counts (Ward 1963).
/// Returns one past the end of each stretch.
pub(super) fn stretches(histograms: &[Vec<f64>], parts: usize) -> Vec<usize> {
    let mut found: Vec<(usize, f64, Vec<f64>)> = histograms
        .iter()
        .enumerate()
        .map(|(at, histogram)| (at + 1, histogram.iter().sum(), histogram.clone()))
        .collect();
    while found.len() > parts.max(1) {
        let costs = found.windows(2).map(|two| cost(&two[0], &two[1]));
        let cheapest = costs.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(at, _)| at);
        let (end, weight, counts) = found.remove(cheapest + 1);
        let joined = &mut found[cheapest];
        joined.0 = end;
        joined.1 += weight;
        joined.2.iter_mut().zip(&counts).for_each(|(into, from)| *into += from);
    }
    found.into_iter().map(|(end, ..)| end).collect()
}

/// Ward's cost of joining two stretches.
fn cost(a: &(usize, f64, Vec<f64>), b: &(usize, f64, Vec<f64>)) -> f64 {
    if a.1 == 0.0 || b.1 == 0.0 {
        return 0.0;
    }
    let apart: f64 = a.2.iter().zip(&b.2).map(|(x, y)| (x / a.1 - y / b.1).powi(2)).sum();
    a.1 * b.1 / (a.1 + b.1) * apart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_neighbors_are_joined() {
        let rows: Vec<Vec<f64>> =
            [[10.0, 0.0], [9.0, 1.0], [1.0, 9.0], [0.0, 0.0], [0.0, 10.0], [10.0, 0.0]].map(Vec::from).into();
        assert_eq!(stretches(&rows, 3), [2, 5, 6]);
        assert_eq!(stretches(&rows, 1), [6]);
        assert_eq!(stretches(&rows, 9), [1, 2, 3, 4, 5, 6]);
    }
}
