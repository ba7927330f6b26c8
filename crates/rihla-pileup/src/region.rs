//! Candidates that are close together make one active region.

use crate::nominate::{Candidate, Change};
use crate::options::PileupOptions;

/// A stretch of the genome to be called as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveRegion {
    /// First position concerned by a candidate.
    pub start: u32,
    /// One past the last position concerned.
    pub end: u32,
    /// Variants that start in `[owned_start, owned_end)` belong to this region; the owned stretches
    /// of two regions never overlap.
    pub owned_start: u32,
    /// See `owned_start`.
    pub owned_end: u32,
    /// The candidates by position.
    pub candidates: Vec<Candidate>,
}

impl ActiveRegion {
    /// Whether only single bases differ, few and apart: the columns then say all there is to say.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let snps = self.candidates.iter().all(|candidate| matches!(candidate.change, Change::Snp(_)));
        let crowded = self.candidates.windows(3).any(|three| three[2].position - three[0].position <= 15);
        snps && !crowded
    }
}

/// Chains longer than this are cut at places fixed by the coordinate.
const GRID: u32 = 256;
/// Candidates must reach this far on both sides of a grid line for the chain to be cut near it.
const REACH: u32 = GRID / 2;
/// How far from a grid line the cut may lie.
const SEARCH: u32 = GRID / 4;

/// Groups sorted candidates.
///
/// Candidates at most `link_distance` apart are chained. A chain that spans a multiple of 256 with 128
/// bases to spare on both sides is cut at its widest gap near that multiple; so the length of a
/// region is bounded, and where it ends depends on candidates within a few hundred bases only.
#[must_use]
pub fn group(candidates: Vec<Candidate>, options: &PileupOptions) -> Vec<ActiveRegion> {
    let mut regions: Vec<ActiveRegion> = Vec::new();
    for part in chains(candidates, options.link_distance).into_iter().flat_map(cut) {
        let start = part.iter().map(Candidate::start).min().unwrap_or(0);
        let end = part.iter().map(|candidate| candidate.end).max().unwrap_or(start + 1);
        regions.push(ActiveRegion { start, end, owned_start: start, owned_end: end, candidates: part });
    }
    share_ownership(&mut regions, options.link_distance / 2);
    regions
}

/// A gap that no CIGAR shows, but clipped ends or assembly tell of, may lie so far before what made the region: it stands
/// leftmost in its repeat.
const HIDDEN_GAP_REACH: u32 = 200;

/// Lets each region own up to `reach` bases on both sides, more of those before it where it is looked at closely, and no
/// base twice.
fn share_ownership(regions: &mut [ActiveRegion], reach: u32) {
    let mut border = 0;
    for i in 0..regions.len() {
        let next = regions.get(i + 1).map_or(u32::MAX, |next| next.start);
        let region = &mut regions[i];
        let before = if region.is_plain() { reach } else { HIDDEN_GAP_REACH };
        region.owned_start = region.start.saturating_sub(before).max(border);
        let end = region.end.min(next);
        region.owned_end = region.end.saturating_add(reach).min(end + (next - end) / 2);
        border = region.owned_end;
    }
}

fn chains(candidates: Vec<Candidate>, distance: u32) -> Vec<Vec<Candidate>> {
    let mut chains: Vec<Vec<Candidate>> = Vec::new();
    let mut reach = 0;
    for candidate in candidates {
        let linked = candidate.position <= reach + distance;
        reach = if linked { reach.max(candidate.end) } else { candidate.end };
        match chains.last_mut() {
            Some(chain) if linked => chain.push(candidate),
            _ => chains.push(vec![candidate]),
        }
    }
    chains
}

/// Cuts a chain near multiples of [`GRID`].
fn cut(chain: Vec<Candidate>) -> Vec<Vec<Candidate>> {
    let first = chain[0].position;
    let last = chain.iter().map(|candidate| candidate.end).max().unwrap_or(first);
    let mut rest = chain;
    let mut parts = Vec::new();
    let mut line = (first + REACH).div_ceil(GRID) * GRID;
    while line + REACH <= last {
        if let Some(at) = widest_gap(&rest, line) {
            let behind = rest.split_off(at);
            parts.push(std::mem::replace(&mut rest, behind));
        }
        line += GRID;
    }
    parts.push(rest);
    parts
}

/// Number of the candidate behind the widest gap that starts within [`SEARCH`] of `line`; gaps are
/// measured between positions, so that nothing before the two neighbors matters.
fn widest_gap(chain: &[Candidate], line: u32) -> Option<usize> {
    let near = |candidate: &Candidate| (line - SEARCH..line + SEARCH).contains(&candidate.position);
    (1..chain.len()).filter(|&i| near(&chain[i - 1]) && chain[i].start() > chain[i - 1].position).max_by_key(
        |&i| {
            let gap = i64::from(chain[i].position) - i64::from(chain[i - 1].end);
            (gap, std::cmp::Reverse(i))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn snps(positions: &[u32]) -> Vec<Candidate> {
        let snp = |&position| Candidate {
            position,
            end: position + 1,
            change: Change::Snp(1),
            support: 3,
            depth: 9,
        };
        positions.iter().map(snp).collect()
    }

    #[test]
    fn near_candidates_share_a_region() {
        let regions = group(snps(&[100, 120, 200]), &PileupOptions::default());
        assert_eq!(regions.len(), 2);
        assert_eq!((regions[0].start, regions[0].end), (100, 121));
        assert!(regions[0].is_plain());
        assert!(regions[0].owned_end <= regions[1].owned_start);
    }

    #[test]
    fn regions_that_are_no_plain_snps_own_the_repeat_before_them() {
        let clip = Candidate { change: Change::Clip, ..snps(&[1000])[0].clone() };
        let candidates = [snps(&[900]), vec![clip], snps(&[1100])].concat();
        let owned: Vec<(u32, u32)> = group(candidates, &PileupOptions::default())
            .iter()
            .map(|region| (region.owned_start, region.owned_end))
            .collect();
        assert_eq!(
            owned,
            [(888, 913), (913, 1013), (1088, 1113)],
            "up to the region before, no other further"
        );
    }

    proptest! {
        /// Regions well inside a window are the same when candidates outside it are unknown.
        #[test]
        fn cutting_the_genome_does_not_matter(gaps in prop::collection::vec(1u32..30, 200..400)) {
            let positions: Vec<u32> = gaps.iter().scan(5000, |at, gap| { *at += gap; Some(*at) }).collect();
            let options = PileupOptions::default();
            let whole = group(snps(&positions), &options);
            let (from, to) = (5900, 6900);
            let part: Vec<u32> = positions.iter().copied().filter(|at| (from..to).contains(at)).collect();
            let inside = |r: &&ActiveRegion| r.start >= from + 400 && r.end <= to - 400;
            let a: Vec<_> = whole.iter().filter(inside).cloned().collect();
            let regions = group(snps(&part), &options);
            let b: Vec<_> = regions.iter().filter(inside).cloned().collect();
            prop_assert_eq!(a, b);
            for region in &whole {
                prop_assert!(region.end - region.start <= 3 * GRID);
            }
            for two in whole.windows(2) {
                prop_assert!(two[0].owned_end <= two[1].owned_start);
                prop_assert!(two[1].owned_start <= two[1].start);
            }
        }
    }
}
