//! The section of the report that speaks of regions that are looked at one by one.

use serde::{Deserialize, Serialize};

use super::{ratio, rounded};
use crate::targets::{TargetDepths, TargetList};

/// Names that are listed for a lack of depth, at most.
const MOST_LISTED: usize = 100;
/// Share of the bases that are to reach the mean depth.
const FOLD_SHARE: f64 = 0.8;
/// Number in [`crate::TARGET_DEPTHS`] of the depth that bases are expected to have.
const EXPECTED: usize = 2;

/// Depth of regions, all together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetMetrics {
    /// Regions.
    pub regions: usize,
    /// Names that they have.
    pub names: usize,
    /// Their bases; one counts as often as there are regions over it.
    pub bases: u64,
    /// Mean depth.
    pub mean_depth: Option<f64>,
    /// Bases of depth 1 or more; the following alike.
    pub fraction_1x: Option<f64>,
    /// See `fraction_1x`.
    pub fraction_10x: Option<f64>,
    /// See `fraction_1x`.
    pub fraction_20x: Option<f64>,
    /// See `fraction_1x`.
    pub fraction_30x: Option<f64>,
    /// See `fraction_1x`.
    pub fraction_50x: Option<f64>,
    /// See `fraction_1x`.
    pub fraction_100x: Option<f64>,
    /// Mean depth over that which four fifths of the bases have or exceed.
    pub fold_80: Option<f64>,
    /// Names of which some base has a depth of less than 20.
    pub under_covered_names: usize,
    /// The worst of them.
    pub under_covered: Vec<UnderCovered>,
}

/// A name that lacks depth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnderCovered {
    /// The name.
    pub name: String,
    /// Its bases of depth 20 or more.
    pub fraction_20x: Option<f64>,
    /// Its mean depth.
    pub mean_depth: Option<f64>,
}

impl TargetMetrics {
    pub(super) fn new(list: &TargetList, depths: &TargetDepths) -> Self {
        let total = depths.total();
        let [one, ten, twenty, thirty, fifty, hundred] = total.reached.map(|bases| ratio(bases, total.bases));
        let names = depths.by_name(list);
        let mut under: Vec<_> =
            names.iter().filter(|(_, (_, depth))| depth.reached[EXPECTED] < depth.bases).collect();
        let share = |(_, (_, depth)): &(&&str, &(usize, crate::TargetDepth))| {
            depth.reached[EXPECTED] as f64 / depth.bases as f64
        };
        under.sort_by(|one, two| share(one).total_cmp(&share(two)));
        let listed = under.iter().take(MOST_LISTED).map(|(name, (_, depth))| UnderCovered {
            name: (**name).to_owned(),
            fraction_20x: ratio(depth.reached[EXPECTED], depth.bases),
            mean_depth: rounded(depth.mean()),
        });
        Self {
            regions: list.targets().len(),
            names: names.len(),
            bases: total.bases,
            mean_depth: ratio(total.depth_sum, total.bases),
            fraction_1x: one,
            fraction_10x: ten,
            fraction_20x: twenty,
            fraction_30x: thirty,
            fraction_50x: fifty,
            fraction_100x: hundred,
            fold_80: rounded(total.mean() / reached_by(depths.histogram(), FOLD_SHARE)),
            under_covered_names: under.len(),
            under_covered: listed.collect(),
        }
    }
}

/// The greatest depth that so large a share of bases has or exceeds.
fn reached_by(histogram: &[u64], share: f64) -> f64 {
    let all: u64 = histogram.iter().sum();
    let mut above = 0;
    let found = histogram.iter().enumerate().rev().find(|(_, bases)| {
        above += **bases;
        above as f64 >= share * all as f64
    });
    found.map_or(0.0, |(depth, _)| depth as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_bases_reach_depths() {
        assert_eq!(reached_by(&[10, 0, 10, 80], 0.8), 3.0);
        assert_eq!(reached_by(&[10, 0, 11, 79], 0.8), 2.0);
        assert_eq!(reached_by(&[], 0.8), 0.0);
    }
}
