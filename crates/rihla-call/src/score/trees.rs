//! Sums of decision trees of one depth.

/// Splits on the way from a tree's root to each of its leaves.
pub const DEPTH: usize = 4;
/// Splits of a tree.
pub const SPLITS: usize = (1 << DEPTH) - 1;
/// Leaves of a tree.
pub const LEAVES: usize = 1 << DEPTH;

/// A tree: the children of split `i` are the splits `2 i + 1` (at most the threshold) and `2 i + 2` (above it).
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Number of the feature that is looked at, and the threshold.
    pub splits: [(u8, f32); SPLITS],
    /// What is added to the log-odds.
    pub leaves: [f32; LEAVES],
}

impl Tree {
    /// The number of the leaf to which some features lead.
    ///
    /// # Panics
    /// If the tree looks at more features than there are.
    #[must_use]
    pub fn leaf(&self, features: &[f32]) -> usize {
        let mut at = 0;
        for _ in 0..DEPTH {
            let (feature, threshold) = self.splits[at];
            at = 2 * at + 1 + usize::from(features[usize::from(feature)] > threshold);
        }
        at - SPLITS
    }
}

/// A model: the sum of its trees is the natural log-odds.
#[derive(Clone, Debug, PartialEq)]
pub struct Ensemble<'a> {
    /// Log-odds before any tree.
    pub base: f32,
    /// The trees.
    pub trees: &'a [Tree],
}

impl Ensemble<'_> {
    /// The probability that these features speak for.
    #[must_use]
    pub fn probability(&self, features: &[f32]) -> f64 {
        let add = |sum: f64, tree: &Tree| sum + f64::from(tree.leaves[tree.leaf(features)]);
        let log_odds = self.trees.iter().fold(f64::from(self.base), add);
        1.0 / (1.0 + (-log_odds).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leaf_is_reached_by_its_own_turns() {
        let mut splits = [(0, 0.5); SPLITS];
        for (at, split) in splits.iter_mut().enumerate() {
            *split = ((at + 1).ilog2() as u8, 0.5);
        }
        let leaves = std::array::from_fn(|leaf| leaf as f32);
        let tree = Tree { splits, leaves };
        for leaf in 0..LEAVES {
            let turns: Vec<f32> = (0..DEPTH).rev().map(|bit| (leaf >> bit & 1) as f32).collect();
            assert_eq!(tree.leaf(&turns), leaf);
        }
        let trees = [tree];
        let model = Ensemble { base: -3.0, trees: &trees };
        assert!((model.probability(&[0.0, 0.0, 1.0, 1.0]) - 0.5).abs() < 1e-9);
        assert!(model.probability(&[1.0; DEPTH]) > 0.99);
    }
}
