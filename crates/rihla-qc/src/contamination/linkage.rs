//! How much less linked sites say than as many independent ones.
//!
//! Neighboring SNPs are inherited together, in the sample and in the contaminant, so that a likelihood that multiplies them falls
//! too fast to both sides of its highest place. What it should fall by is told by the scores of stretches of the genome:
//! the variance among them against what the curvature claims (the adjustment of composite likelihoods of Chandler and
//! Bate, Biometrika 94:167, 2007).

/// Sites further apart are taken to be independent (bases).
const LINKED: u32 = 500_000;
/// Shares on both sides at which the slope is taken.
const STEP: f64 = 0.002;

/// By how much the logarithm of the likelihood must fall more than of independent sites; at least 1.
///
/// `places` are the sites' contigs and positions, in order; `logarithms` their likelihoods at a share.
pub(super) fn widening(places: &[(u32, u32)], share: f64, logarithms: impl Fn(f64) -> Vec<f64>) -> f64 {
    // Next to 0 there is no other side.
    let middle = share.max(STEP);
    let [before, at, behind] = [middle - STEP, middle, middle + STEP].map(logarithms);
    let slopes: Vec<f64> = before.iter().zip(&behind).map(|(a, b)| (b - a) / (2.0 * STEP)).collect();
    let mean = slopes.iter().sum::<f64>() / slopes.len() as f64;
    let bends = before.iter().zip(&at).zip(&behind).map(|((a, b), c)| (2.0 * b - a - c) / (STEP * STEP));
    let claimed: f64 = bends.sum();
    let (mut variance, mut stretches) = (0.0, 0_u32);
    let mut from = 0;
    while from < places.len() {
        let (contig, start) = places[from];
        let is_linked = |place: &&(u32, u32)| place.0 == contig && place.1 - start < LINKED;
        let count = places[from..].iter().take_while(is_linked).count();
        let score: f64 = slopes[from..from + count].iter().map(|slope| slope - mean).sum();
        variance += score * score;
        (from, stretches) = (from + count, stretches + 1);
    }
    if stretches < 2 || claimed <= 0.0 {
        return 1.0;
    }
    let seen = variance * f64::from(stretches) / f64::from(stretches - 1);
    (seen / claimed).max(1.0)
}
