//! Mapping quality on BWA-MEM's scale (Li 2013; the formulas as in the MIT-licensed BWA-MEM2, but for what a
//! pair's lead is worth).

use std::ops::Range;

use rihla_core::OpKind;
use rihla_kernels::Scoring;

use crate::region::Region;
use crate::seed::{Seed, Seeds};
use crate::syncmer::K;

/// The highest mapping quality.
pub(crate) const MAX: i32 = 60;
/// What a good pair adds to a read's quality, at most.
pub(crate) const MOST_LIFT: i32 = 40;
/// Stands for the second-best score where none is known: the length of BWA-MEM's shortest seed.
const BASE_SUB: i32 = 19;
/// Random sequence seldom has no seed that begins within so many bases.
const SELDOM: u32 = 40;
/// Alignments longer than this gain less by each point of score.
const LONG: f64 = 50.0;

/// Bases aligned to a reference of one or two reads' placements.
fn aligned(region: &Region) -> f64 {
    let target = (region.target.end - region.target.start) as u32;
    f64::from((region.query.end - region.query.start).max(target))
}

/// What a point of a pair's lead is worth, on the Phred scale. A mismatch that speaks for the second-best
/// place is an error or a variant that happens to make the read look like the best one: of the rate that
/// the pair itself shows (one mismatch more than it has, for those that luck spared), and of one base in
/// three.
pub(crate) fn worth(mates: [&Region; 2], scoring: &Scoring) -> f64 {
    let edit = f64::from(scoring.match_score + scoring.mismatch);
    let bases = aligned(mates[0]) + aligned(mates[1]);
    let lost = bases * f64::from(scoring.match_score) - f64::from(mates[0].score + mates[1].score);
    let rate = ((lost / edit + 1.0) / bases).clamp(1e-4, 0.5);
    10.0 * (3.0 * (1.0 - rate) / rate).log10() / edit
}

/// What an alignment has lost beside one of matches alone, in mismatches a base.
fn loss_rate(region: &Region, scoring: &Scoring) -> f64 {
    let length = aligned(region);
    let lost = length * f64::from(scoring.match_score) - f64::from(region.score);
    lost / f64::from(scoring.match_score + scoring.mismatch) / length
}

/// Mismatches and gaps a base of an alignment; a gap is one edit, however long.
pub(crate) fn edit_rate(region: &Region, scoring: &Scoring) -> f64 {
    let (mut gaps, mut gap_cost) = (0, 0);
    for op in region.cigar.ops().iter().filter(|op| op.kind() != OpKind::Match) {
        gaps += 1;
        gap_cost += scoring.gap_open + op.len() as i32 * (scoring.gap_extend + scoring.match_score);
    }
    let edit = f64::from(scoring.match_score + scoring.mismatch);
    let length = aligned(region);
    let mismatches = (loss_rate(region, scoring) * length - f64::from(gap_cost) / edit).max(0.0);
    ((mismatches + f64::from(gaps)) / length).min(1.0)
}

/// The quality that a chance of error is worth.
pub(crate) fn phred(error: f64) -> i32 {
    (-10.0 * error.max(1e-9).log10() + 0.499) as i32
}

/// What other placements of about the same score take away.
pub(crate) fn crowd_penalty(others: u32) -> i32 {
    (4.343 * f64::from(others + 1).ln() + 0.499) as i32
}

/// Quality of a placement among the read's own, `repetitive` being the share of the read that could
/// not be looked up.
pub(crate) fn single(region: &Region, repetitive: f64, scoring: &Scoring) -> i32 {
    beside(region, (region.sub, region.sub_count), repetitive, scoring)
}

/// The same beside rivals that score `sub` at most, so many of them about as much.
pub(crate) fn beside(region: &Region, (sub, count): (i32, u32), repetitive: f64, scoring: &Scoring) -> i32 {
    let sub = sub.max(BASE_SUB * scoring.match_score);
    if sub >= region.score {
        return 0;
    }
    let length = aligned(region);
    let identity = 1.0 - loss_rate(region, scoring);
    let weight = if length < LONG { 1.0 } else { LONG.ln() / length.ln() } * identity * identity;
    let lead = f64::from(region.score - sub) / f64::from(scoring.match_score);
    let quality = (6.02 * lead * weight * weight + 0.499) as i32 - crowd_penalty_if_any(count);
    scale(quality.clamp(0, MAX), 1.0 - repetitive)
}

/// The share of a part of a read by which it cannot be looked up: under seeds too frequent to follow, or without any, as
/// runs of one letter or two and unknown bases are.
pub(crate) fn blind(seeds: &Seeds, part: Range<u32>) -> f64 {
    // Where nothing was followed, a bound or the mate speaks for the placement.
    if seeds.anchors.is_empty() {
        return seeds.repetitive;
    }
    seeds.repetitive.max(bare(seeds, part))
}

/// The share of a part of a read where no seed begins for long.
pub(crate) fn bare(seeds: &Seeds, part: Range<u32>) -> f64 {
    let last = (part.end + 1).saturating_sub(K as u32);
    let (mut bare, mut from) = (0, part.start);
    let starts = seeds.list.iter().map(Seed::start);
    for start in starts.filter(|&start| part.start <= start && start < last).chain([last]) {
        let gap = start.saturating_sub(from);
        bare += if gap > SELDOM { gap } else { 0 };
        from = start;
    }
    f64::from(bare) / f64::from((part.end - part.start).max(1))
}

/// Quality of the best pair: its lead over the second-best, a point of which is `worth` so much, `others`
/// being as good as that one.
pub(crate) fn pair(lead: i32, worth: f64, others: u32, repetitive: f64) -> i32 {
    let quality = (worth * f64::from(lead) + 0.499) as i32 - crowd_penalty_if_any(others);
    scale(quality.clamp(0, MAX), 1.0 - repetitive)
}

/// A read's quality once its pair's is known: a good pair lifts it, by so much at most; a bad one does not
/// lower it.
pub(crate) fn lifted(single: i32, pair: i32) -> i32 {
    single.max(pair.min(single + MOST_LIFT)).min(MAX)
}

fn crowd_penalty_if_any(others: u32) -> i32 {
    if others == 0 { 0 } else { crowd_penalty(others) }
}

/// A share of a quality.
pub(crate) fn scale(quality: i32, by: f64) -> i32 {
    (f64::from(quality) * by.clamp(0.0, 1.0) + 0.499) as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use rihla_core::Cigar;

    fn region(score: i32, sub: i32, sub_count: u32) -> Region {
        Region { score, local: score, target: 0..150, query: 0..150, sub, sub_count, ..Region::default() }
    }

    #[test]
    fn quality_grows_with_the_lead() {
        let scoring = Scoring::default();
        let of = |score, sub, count| single(&region(score, sub, count), 0.0, &scoring);
        assert_eq!(of(150, 0, 0), 60);
        assert_eq!(of(150, 150, 1), 0);
        assert_eq!(of(150, 130, 0), 60);
        assert!((0..60).contains(&of(150, 145, 1)) && of(150, 145, 1) > of(150, 145, 3));
        assert!(of(145, 140, 1) < of(150, 140, 0));
        assert_eq!(single(&region(150, 0, 0), 0.5, &scoring), 30);
    }

    #[test]
    fn a_gap_is_one_edit() {
        let scoring = Scoring::default();
        let mut one = region(95, 0, 0);
        one.query = 0..100;
        one.target = 0..100;
        assert!((edit_rate(&one, &scoring) - 0.01).abs() < 1e-9);
        // 30 bases missing, and a mismatch.
        one.cigar = Cigar::parse("60M30D40M").expect("valid");
        (one.target, one.score) = (0..130, 100 - 5 - 36);
        assert!((edit_rate(&one, &scoring) - 2.0 / 130.0).abs() < 1e-9);
    }

    #[test]
    fn a_lead_is_worth_less_among_many_errors() {
        let scoring = Scoring::default();
        let of = |a, b, lead| pair(lead, worth([&region(a, 0, 0), &region(b, 0, 0)], &scoring), 0, 0.0);
        // One mismatch: 1 in 300 by chance, and of the base that it takes.
        assert_eq!(of(150, 150, 5), 30);
        assert_eq!((of(150, 150, 0), of(150, 150, 11)), (0, 60));
        assert!(of(140, 145, 5) < 27 && of(100, 90, 5) < 20 && of(100, 90, 20) > 50);
        assert!(worth([&region(0, 0, 0), &region(1, 0, 0)], &scoring) > 0.0);
        assert!(pair(5, 6.0, 3, 0.0) < pair(5, 6.0, 1, 0.0));
    }

    #[test]
    fn a_pair_lifts_its_mates() {
        assert_eq!(lifted(0, 60), 40);
        assert_eq!(lifted(50, 10), 50);
        assert_eq!(lifted(30, 60), 60);
    }
}
