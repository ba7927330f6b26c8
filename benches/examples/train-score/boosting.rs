//! Gradient boosting of trees of one depth for a yes-or-no question (Friedman 2001; second-order steps and regularized
//! leaves as in XGBoost, Chen and Guestrin 2016), with features that may only speak one way.

use rihla_call::score::trees::{DEPTH, Ensemble, LEAVES, SPLITS, Tree};

/// How a model is fitted.
#[derive(Clone, Copy, Debug)]
pub struct Fit<'a> {
    /// Trees.
    pub rounds: usize,
    /// Share of each step that is taken.
    pub rate: f64,
    /// Pulls leaves to 0.
    pub ridge: f64,
    /// Least sum of second derivatives on either side of a split.
    pub least: f64,
    /// Of each feature: 1 where more of it may only speak for yes, -1 where only against it, else 0.
    pub directions: &'a [i8],
}

/// Thresholds that are tried of one feature, at most.
const THRESHOLDS: usize = 63;

/// Cases: a row of features each, the answer, and what it weighs.
#[derive(Clone, Debug, Default)]
pub struct Cases {
    /// Features by case.
    pub rows: Vec<Vec<f32>>,
    /// Answers.
    pub answers: Vec<bool>,
    /// Weights.
    pub weights: Vec<f64>,
}

/// Sums of first and second derivatives.
#[derive(Clone, Copy, Default)]
struct Sums {
    gradient: f64,
    hessian: f64,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.gradient += other.gradient;
        self.hessian += other.hessian;
    }

    fn less(self, other: Self) -> Self {
        Self { gradient: self.gradient - other.gradient, hessian: self.hessian - other.hessian }
    }
}

/// A node that is still open: what its leaves may be worth.
#[derive(Clone, Copy)]
struct Bounds {
    low: f64,
    high: f64,
}

/// Fits a model.
///
/// # Panics
/// If there are no cases.
#[must_use]
pub fn fit(cases: &Cases, fit: Fit<'_>) -> (f32, Vec<Tree>) {
    let features = cases.rows[0].len();
    let thresholds: Vec<Vec<f32>> = (0..features).map(|feature| thresholds(&cases.rows, feature)).collect();
    let binned: Vec<Vec<u8>> =
        (0..features).map(|f| cases.rows.iter().map(|row| bin(&thresholds[f], row[f])).collect()).collect();
    let yes: f64 = (0..cases.rows.len()).filter(|&i| cases.answers[i]).map(|i| cases.weights[i]).sum();
    let all: f64 = cases.weights.iter().sum();
    let base = (yes / (all - yes)).ln() as f32;
    let mut log_odds = vec![f64::from(base); cases.rows.len()];
    let mut trees = Vec::new();
    for _ in 0..fit.rounds {
        let derivatives: Vec<Sums> = (0..cases.rows.len())
            .map(|i| {
                let p = 1.0 / (1.0 + (-log_odds[i]).exp());
                let weight = cases.weights[i];
                let answer = f64::from(u8::from(cases.answers[i]));
                Sums { gradient: weight * (p - answer), hessian: weight * p * (1.0 - p) }
            })
            .collect();
        let tree = grow(&binned, &thresholds, &derivatives, fit);
        for (odds, row) in log_odds.iter_mut().zip(&cases.rows) {
            *odds += f64::from(tree.leaves[tree.leaf(row)]);
        }
        trees.push(tree);
    }
    (base, trees)
}

/// Mean loss (natural logarithm) of a model on cases.
#[must_use]
pub fn loss(cases: &Cases, model: &Ensemble<'_>) -> f64 {
    let of = |i: usize| {
        let p = model.probability(&cases.rows[i]).clamp(1e-9, 1.0 - 1e-9);
        -cases.weights[i] * if cases.answers[i] { p.ln() } else { (1.0 - p).ln() }
    };
    (0..cases.rows.len()).map(of).sum::<f64>() / cases.weights.iter().sum::<f64>()
}

/// Values of a feature between which equally many cases lie.
fn thresholds(rows: &[Vec<f32>], feature: usize) -> Vec<f32> {
    let mut values: Vec<f32> = rows.iter().map(|row| row[feature]).collect();
    values.sort_unstable_by(f32::total_cmp);
    let at = |i: usize| values[i * (values.len() - 1) / (THRESHOLDS + 1)];
    let mut found: Vec<f32> = (0..=THRESHOLDS).map(at).collect();
    // The tails are where false calls are.
    for share in [1_000, 300, 100] {
        found.extend([values[values.len() / share], values[values.len() - 1 - values.len() / share]]);
    }
    found.sort_unstable_by(f32::total_cmp);
    found.dedup();
    found.retain(|&value| value < values[values.len() - 1]);
    found
}

/// How many thresholds a value exceeds.
fn bin(thresholds: &[f32], value: f32) -> u8 {
    thresholds.partition_point(|&threshold| threshold < value) as u8
}

fn grow(binned: &[Vec<u8>], thresholds: &[Vec<f32>], derivatives: &[Sums], fit: Fit<'_>) -> Tree {
    let mut splits = [(0u8, f32::MAX); SPLITS];
    let mut node_of = vec![0u16; derivatives.len()];
    let mut bounds = vec![Bounds { low: f64::NEG_INFINITY, high: f64::INFINITY }];
    let mut first = 0;
    for level in 0..DEPTH {
        let nodes = 1 << level;
        let mut next = Vec::with_capacity(2 * nodes);
        let mut chosen = Vec::with_capacity(nodes);
        let histograms: Vec<Vec<Vec<Sums>>> = (0..binned.len())
            .map(|feature| {
                let mut sums = vec![vec![Sums::default(); thresholds[feature].len() + 1]; nodes];
                for (i, &bin) in binned[feature].iter().enumerate() {
                    sums[usize::from(node_of[i])][usize::from(bin)].add(derivatives[i]);
                }
                sums
            })
            .collect();
        for node in 0..nodes {
            let of_node: Vec<&[Sums]> = histograms.iter().map(|sums| sums[node].as_slice()).collect();
            let best = best_split(&of_node, bounds[node], fit);
            let (split, limits) = match best {
                Some((feature, bin, middle)) => {
                    splits[first + node] = (feature as u8, thresholds[feature][bin]);
                    let Bounds { low, high } = bounds[node];
                    let limits = match fit.directions[feature] {
                        1 => [Bounds { low, high: middle }, Bounds { low: middle, high }],
                        -1 => [Bounds { low: middle, high }, Bounds { low, high: middle }],
                        _ => [bounds[node]; 2],
                    };
                    (Some((feature, bin)), limits)
                }
                None => (None, [bounds[node]; 2]),
            };
            chosen.push(split);
            next.extend(limits);
        }
        for (i, node) in node_of.iter_mut().enumerate() {
            let right = chosen[usize::from(*node)]
                .is_some_and(|(feature, bin)| usize::from(binned[feature][i]) > bin);
            *node = 2 * *node + u16::from(right);
        }
        first += nodes;
        bounds = next;
    }
    let mut sums = [Sums::default(); LEAVES];
    node_of.iter().zip(derivatives).for_each(|(&node, &one)| sums[usize::from(node)].add(one));
    let leaf = |i: usize| (fit.rate * value(sums[i], bounds[i], fit.ridge)) as f32;
    Tree { splits, leaves: std::array::from_fn(leaf) }
}

/// The best split of a node: feature, the highest bin that stays left, and the value between both sides'.
fn best_split(of_node: &[&[Sums]], bounds: Bounds, fit: Fit<'_>) -> Option<(usize, usize, f64)> {
    let mut best = None;
    let mut best_gain = 1e-6;
    for (feature, sums) in of_node.iter().enumerate() {
        let mut all = Sums::default();
        sums.iter().for_each(|&one| all.add(one));
        let whole = gain(all, bounds, fit.ridge);
        let mut left = Sums::default();
        for (bin, &one) in sums.iter().enumerate().take(sums.len() - 1) {
            left.add(one);
            let right = all.less(left);
            if left.hessian < fit.least || right.hessian < fit.least {
                continue;
            }
            let values = [left, right].map(|side| value(side, bounds, fit.ridge));
            if f64::from(fit.directions[feature]) * (values[1] - values[0]) < 0.0 {
                continue;
            }
            let gained = gain(left, bounds, fit.ridge) + gain(right, bounds, fit.ridge) - whole;
            if gained > best_gain {
                best_gain = gained;
                best = Some((feature, bin, (values[0] + values[1]) / 2.0));
            }
        }
    }
    best
}

fn value(sums: Sums, bounds: Bounds, ridge: f64) -> f64 {
    (-sums.gradient / (sums.hessian + ridge)).clamp(bounds.low, bounds.high)
}

/// What a leaf takes off the loss.
fn gain(sums: Sums, bounds: Bounds, ridge: f64) -> f64 {
    let value = value(sums, bounds, ridge);
    -(sums.gradient * value + 0.5 * (sums.hessian + ridge) * value * value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases(of: impl Fn(f32, f32) -> bool) -> Cases {
        let mut cases = Cases::default();
        for i in 0..40 {
            for j in 0..40 {
                let (a, b) = (i as f32, j as f32);
                cases.rows.push(vec![a, b]);
                cases.answers.push(of(a, b));
                cases.weights.push(1.0);
            }
        }
        cases
    }

    fn plain(directions: &[i8]) -> Fit<'_> {
        Fit { rounds: 60, rate: 0.3, ridge: 1.0, least: 0.5, directions }
    }

    #[test]
    fn what_two_features_say_together_is_learnt() {
        let cases = cases(|a, b| (a > 20.0) != (b > 20.0));
        let (base, trees) = fit(&cases, plain(&[0, 0]));
        let model = Ensemble { base, trees: &trees };
        assert!(loss(&cases, &model) < 0.05, "{}", loss(&cases, &model));
        assert!(model.probability(&[5.0, 35.0]) > 0.9 && model.probability(&[5.0, 5.0]) < 0.1);
    }

    #[test]
    fn a_feature_speaks_one_way_only() {
        let cases = cases(|a, _| !(10.0..=30.0).contains(&a));
        let (base, trees) = fit(&cases, plain(&[1, 0]));
        let model = Ensemble { base, trees: &trees };
        let along: Vec<f64> = (0..40).map(|a| model.probability(&[a as f32, 20.0])).collect();
        assert!(along.windows(2).all(|pair| pair[0] <= pair[1] + 1e-9));
        assert!(along[39] > along[0] + 0.2);
    }
}
