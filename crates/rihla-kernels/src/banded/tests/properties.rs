//! Random queries, targets, bands and scores.

use bio::alignment::pairwise;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// An edit of a copy: place, kind, size.
type Edit = (usize, u8, usize);

/// A query and a target that share a stretch, with substitutions, N and gaps.
fn related(longest: usize) -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let base = prop_oneof![40 => 0u8..4, 1 => Just(4u8)];
    let edits = vec((0..longest.max(1), 0u8..4, 1usize..12), 0..6);
    let flanks = (vec(0u8..4, 0..40), vec(0u8..4, 0..40));
    // Two letters alone make many ties.
    let letters = prop_oneof![3 => Just(4u8), 1 => Just(2u8)];
    (vec(base, 0..=longest), edits, flanks, letters).prop_map(|(query, edits, (before, after), letters)| {
        let fold = |codes: Vec<u8>| codes.into_iter().map(|c| if c < 4 { c % letters } else { c }).collect();
        let query: Vec<u8> = fold(query);
        let target = [before, edited(&query, &edits), after].concat();
        (query, fold(target))
    })
}

fn edited(query: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut copy = query.to_vec();
    for &(place, kind, size) in edits {
        let place = place % (copy.len() + 1);
        let end = (place + size).min(copy.len());
        match kind {
            0 => drop(copy.drain(place..end)),
            1 => drop(copy.splice(place..place, (0..size).map(|k| (k % 4) as u8))),
            _ if place < end => copy[place] = (copy[place] + kind) % 4,
            _ => {}
        }
    }
    copy
}

fn scorings() -> impl Strategy<Value = Scoring> {
    let any = (1..=3, 1..=7, 0..=9, 1..=4, 0..=20).prop_map(
        |(match_score, mismatch, gap_open, gap_extend, end_bonus)| Scoring {
            match_score,
            mismatch,
            gap_open,
            gap_extend,
            end_bonus,
        },
    );
    prop_oneof![2 => Just(Scoring::default()), 1 => any]
}

fn bonuses(query: &[u8], scoring: Scoring, alignment: &Alignment) -> i32 {
    let reached = [alignment.query.start == 0, alignment.query.end as usize == query.len()];
    reached.iter().filter(|&&reached| reached).count() as i32 * scoring.end_bonus
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::fuzz::cases(1500)))]

    #[test]
    fn levels_agree((query, target) in related(300), first in -70i32..70, width in 1usize..200, scoring in scorings()) {
        if let Some(alignment) = align(&query, &target, first, width, scoring) {
            check(&query, &target, first, width, scoring, &alignment);
        }
    }

    #[test]
    fn levels_agree_on_short_queries((query, target) in related(40), first in -20i32..50, scoring in scorings()) {
        if let Some(alignment) = align(&query, &target, first, 32, scoring) {
            check(&query, &target, first, 32, scoring, &alignment);
        }
    }

    #[test]
    fn unrelated_sequences(query in vec(0u8..5, 0..120), target in vec(0u8..5, 0..160), first in -130i32..170) {
        if let Some(alignment) = align(&query, &target, first, 64, Scoring::default()) {
            check(&query, &target, first, 64, Scoring::default(), &alignment);
        }
    }

    #[test]
    fn a_wide_band_finds_what_bio_finds((query, target) in related(150)) {
        prop_assume!(!query.is_empty() && !target.is_empty());
        let scoring = Scoring::default();
        let (first, width) = (1 - query.len() as i32, query.len() + target.len());
        let Some(found) = align(&query, &target, first, width, scoring) else { return Ok(()) };
        // bio charges `open` for the first base of a gap, and clips instead of giving bonuses.
        let open = -(scoring.gap_open + scoring.gap_extend);
        let rules = pairwise::Scoring::new(open, -scoring.gap_extend, |q, t| pair(scoring, q, t))
            .xclip(-scoring.end_bonus)
            .yclip(0);
        let best = pairwise::Aligner::with_scoring(rules).custom(&query, &target).score;
        prop_assert_eq!(found.score + bonuses(&query, scoring, &found) - 2 * scoring.end_bonus, best);
    }

    #[test]
    fn one_aligner_serves_any_order_of_jobs(jobs in vec((related(120), -40i32..20, 1usize..100), 1..6)) {
        for level in SimdLevel::available() {
            let mut reused = aligner(level, Scoring::default());
            for ((query, target), first, width) in &jobs {
                let fresh = aligner(level, Scoring::default()).align(query, target, *first, *width);
                prop_assert_eq!(reused.align(query, target, *first, *width), fresh);
            }
        }
    }
}
