//! Coverage by share of G and C: fragments that were seen, over places that they could have come from.

use crate::gc::GC_STEPS;

use super::rounded;

/// Distance of the places where coverage is looked at, in bases.
pub(super) const STEP: u32 = 128;
/// Bases around such a place whose G and C are counted: about a fragment.
pub(super) const SPAN: u32 = 320;
/// Places of a part; parts without fragments are no evidence, as the input may be of some regions only.
const PART: usize = 64;
/// Parts with less than this share of the usual coverage do not count.
const COVERED: f64 = 0.2;
/// Fragments that must have been seen before coverage is told.
const ENOUGH: u64 = 5000;
/// Width in percent of the curve's smoothing (standard deviation).
const SMOOTHING: f64 = 2.0;
/// Fragments at the usual coverage that count beside those seen at each percent.
const PRIOR: f64 = 20.0;
/// Expected fragments, after smoothing, that a percent needs; others take the nearest one's value.
const SUPPORT: f64 = 100.0;

/// One place: percent of G and C around it (none when there is an N), and fragments centered on its step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) gc: Option<u8>,
    pub(super) fragments: u16,
}

/// Places, in parts.
#[derive(Clone, Debug, Default)]
pub(super) struct CoverageCounts {
    parts: Vec<Vec<Place>>,
}

impl CoverageCounts {
    /// Adds places that follow each other, from a multiple of 8192 bases on.
    pub(super) fn add(&mut self, places: &[Place]) {
        let seen = places.chunks(PART).filter(|part| part.iter().any(|place| place.fragments > 0));
        self.parts.extend(seen.map(<[Place]>::to_vec));
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.parts.extend_from_slice(&other.parts);
    }

    /// The curve; none when too little was seen.
    pub(super) fn finish(&self, notes: &mut Vec<String>) -> Option<Vec<f64>> {
        let sums =
            self.parts.iter().map(|part| part.iter().map(|place| u64::from(place.fragments)).sum::<u64>());
        let sums: Vec<u64> = sums.collect();
        let all: u64 = sums.iter().sum();
        if all < ENOUGH {
            notes.push(format!(
                "coverage by share of G and C: only {all} fragments were placed ({ENOUGH} are needed); it is flat"
            ));
            return None;
        }
        // The mean seen by a fragment: parts at the edge of the input hardly count.
        let usual = sums.iter().map(|&sum| sum as f64 * sum as f64).sum::<f64>() / all as f64;
        let (mut found, mut places) = ([0.0; GC_STEPS], [0.0; GC_STEPS]);
        for (part, _) in self.parts.iter().zip(&sums).filter(|(_, sum)| **sum as f64 >= COVERED * usual) {
            for place in part {
                if let Some(gc) = place.gc {
                    found[usize::from(gc)] += f64::from(place.fragments);
                    places[usize::from(gc)] += 1.0;
                }
            }
        }
        Some(curve(&found, &places))
    }
}

/// Relative coverage, smoothed, at most 1.
fn curve(found: &[f64; GC_STEPS], places: &[f64; GC_STEPS]) -> Vec<f64> {
    let rate = found.iter().sum::<f64>() / places.iter().sum::<f64>();
    let (found, expected) = (smooth(found), smooth(places).map(|places| places * rate));
    let known: Vec<usize> = (0..GC_STEPS).filter(|&gc| expected[gc] >= SUPPORT).collect();
    let value = |gc: usize| {
        let nearest = known.iter().copied().min_by_key(|&other| other.abs_diff(gc));
        nearest.map_or(1.0, |gc| (found[gc] + PRIOR) / (expected[gc] + PRIOR))
    };
    let values: Vec<f64> = (0..GC_STEPS).map(value).collect();
    let best = values.iter().copied().fold(0.0, f64::max);
    values.iter().map(|value| rounded(value / best)).collect()
}

/// Counts spread over their neighbors.
fn smooth(counts: &[f64; GC_STEPS]) -> [f64; GC_STEPS] {
    let weight = |a: usize, b: usize| (-0.5 * (a.abs_diff(b) as f64 / SMOOTHING).powi(2)).exp();
    let norm: f64 = (0..GC_STEPS).map(|b| weight(GC_STEPS / 2, b)).sum();
    std::array::from_fn(|a| (0..GC_STEPS).map(|b| counts[b] * weight(a, b)).sum::<f64>() / norm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_without_reads_do_not_count() {
        let mut counts = CoverageCounts::default();
        let places = |gc: u8, fragments: u16| vec![Place { gc: Some(gc), fragments }; PART];
        for _ in 0..20 {
            counts.add(&[places(30, 4), places(60, 8), places(60, 0)].concat());
        }
        // A region outside of the target, with one stray fragment.
        let mut stray = places(30, 0);
        stray[3].fragments = 1;
        (0..100).for_each(|_| counts.add(&stray));
        let curve = counts.finish(&mut Vec::new()).expect("enough");
        assert!((curve[30] - 0.5).abs() < 0.02 && curve[60] > 0.99, "{} {}", curve[30], curve[60]);
        assert!((curve[0] - 0.5).abs() < 0.05 && curve[100] > 0.9, "{} {}", curve[0], curve[100]);
    }

    #[test]
    fn few_fragments_say_nothing() {
        let mut counts = CoverageCounts::default();
        counts.add(&[Place { gc: Some(40), fragments: 10 }]);
        let mut notes = Vec::new();
        assert_eq!((counts.finish(&mut notes), notes.len()), (None, 1));
    }
}
