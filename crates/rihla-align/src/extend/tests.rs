use proptest::prelude::*;
use rihla_core::{Contig, Contigs, ReadRef};

use super::*;

fn reference(codes: &[u8]) -> Reference {
    let letters = base::decode_all(codes);
    let contig = Contig { name: "c".into(), length: letters.len() as u32, md5: [0; 16] };
    Reference::from_letters(Contigs::new(vec![contig]), &[letters])
}

fn query(codes: &[u8]) -> Query {
    let letters = base::decode_all(codes);
    let mut query = Query::default();
    query.load(
        Simd::best(),
        ReadRef { name: b"q", sequence: &letters, qualities: &vec![30; letters.len()], is_unfit: false },
    );
    query
}

/// A read on a diagonal of the only contig.
fn site<'a>(reference: &'a Reference, query: &'a Query, diagonal: i64) -> Site<'a> {
    Site { reference, words: reference.words(), query, reverse: false, contig: 0, diagonal }
}

/// The best run by trying all.
fn oracle(costs: &[(u32, i32)], length: u32, scoring: &Scoring) -> i32 {
    let runs = (0..length).flat_map(|start| (start + 1..=length).map(move |end| (start, end)));
    let bonus = |reached: bool| if reached { scoring.end_bonus } else { 0 };
    let total = |(start, end): (u32, u32)| {
        let lost: i32 = costs.iter().filter(|(at, _)| (start..end).contains(at)).map(|(_, cost)| cost).sum();
        (end - start) as i32 * scoring.match_score - lost + bonus(start == 0) + bonus(end == length)
    };
    runs.map(total).max().unwrap_or(0)
}

fn best_run(costs: &[(u32, i32)], length: u32, scoring: &Scoring) -> Ungapped {
    let mut runs = Runs::new(0..length, length, scoring);
    costs.iter().for_each(|&(at, cost)| runs.unlike(at, cost));
    runs.finish()
}

#[test]
fn ends_are_clipped_where_that_scores_more() {
    let scoring = Scoring::default();
    let run = |at: &[u32]| {
        let costs: Vec<_> = at.iter().map(|&at| (at, 5)).collect();
        let best = best_run(&costs, 100, &scoring);
        (best.query, best.score, best.local)
    };
    assert_eq!(run(&[]), (0..100, 100, 100));
    assert_eq!(run(&[99]), (0..100, 95, 99));
    assert_eq!(run(&[98, 99]), (0..98, 98, 98));
    assert_eq!(run(&[0, 1, 2, 50]), (3..100, 92, 92));
}

#[test]
fn a_site_over_the_contig_s_end_is_cut() {
    let codes: Vec<u8> = (0..200u32).map(|i| ((i * i + i / 3) % 4) as u8).collect();
    let (reference, read) = (reference(&codes), query(&[&[3, 3, 3, 3, 3][..], &codes[..60]].concat()));
    let mut extender = Extender::new(Simd::best(), Scoring::default());
    let site = site(&reference, &read, -5);
    let found = extender.ungapped(&site);
    assert_eq!((found.score, found.query.clone()), (60, 5..65));
    let region = extender.gapped(&site, (-5, -5), &found, 0).expect("aligned");
    assert_eq!((region.score, region.target, region.query), (60, 0..60, 5..65));
}

#[test]
fn a_copy_fewer_of_a_tandem_repeat_is_no_worse_than_two_mismatches() {
    let ends: Vec<u8> = (0..200u32).map(|i| ((i * i + i / 3) % 4) as u8).collect();
    let (before, behind) = ends.split_at(80);
    // AGACAG, and AGAT three times or twice: without the gap AGACAG lies on AGAGAT.
    let (mark, copy) = ([0, 2, 0, 1, 0, 2], [0, 2, 0, 3]);
    let genome = [before, &mark, &copy, &copy, &copy, behind].concat();
    let (reference, read) = (reference(&genome), query(&[&mark[..], &copy, &copy, &behind[..90]].concat()));
    let mut extender = Extender::new(Simd::best(), Scoring::default());
    let site = site(&reference, &read, 84);
    let found = extender.ungapped(&site);
    assert_eq!((found.score, found.query.clone()), (94, 0..104));
    let region = extender.finish(&site, (84, 84), &found, 0).expect("aligned");
    assert_eq!((region.cigar.to_string().as_str(), region.score, region.target), ("6M4D98M", 94, 80..188));
}

#[test]
fn mismatches_of_reads_with_unknown_bases_are_counted() {
    let genome: Vec<u8> = (0..200u32).map(|i| ((i * i + i / 3) % 4) as u8).collect();
    let mut codes = genome[40..140].to_vec();
    (codes[20], codes[50]) = (4, codes[50] ^ 1);
    let (reference, read) = (reference(&genome), query(&codes));
    let mut extender = Extender::new(Simd::best(), Scoring::default());
    for diagonal in [40, 47] {
        let site = site(&reference, &read, diagonal);
        let unlike = (0..100).filter(|&at| codes[at] != genome[diagonal as usize + at]).count() as u32;
        let count = extender.mismatches(&site).expect("there is nothing unknown in the reference");
        assert!((unlike - 1..=unlike).contains(&count), "{count} of {unlike}");
        assert!(extender.least(&read, count) <= extender.ungapped(&site).score);
    }
}

/// A sequence with short repeats, where shifted placements compete.
fn repetitive() -> impl Strategy<Value = Vec<u8>> {
    let unit = prop::collection::vec(0u8..4, 1..4);
    prop::collection::vec((unit, 1usize..9), 40..60)
        .prop_map(|parts| parts.into_iter().flat_map(|(unit, times)| unit.repeat(times)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn the_best_run_is_best(at in prop::collection::btree_set(0u32..60, 0..12)) {
        let scoring = Scoring::default();
        let costs: Vec<_> = at.iter().map(|&at| (at, if at % 7 == 0 { 2 } else { 5 })).collect();
        let best = best_run(&costs, 60, &scoring);
        prop_assert_eq!(best.total, oracle(&costs, 60, &scoring));
        let free = Scoring { end_bonus: 0, ..scoring };
        prop_assert_eq!(best.local, oracle(&costs, 60, &free));
    }

    /// What is settled without gaps is never beaten with them.
    #[test]
    fn settled_is_proven(
        genome in repetitive(),
        start in 0usize..100,
        edits in prop::collection::vec((0usize..100, 0u8..4), 0..2),
        gap in -3i64..=3,
        gap_at in prop_oneof![5usize..25, 75usize..95],
    ) {
        prop_assume!(genome.len() >= 260);
        let begin = 20 + start.min(genome.len() - 250);
        let mut read: Vec<u8> = genome[begin..begin + gap_at].to_vec();
        read.extend_from_slice(&genome[(begin as i64 + gap_at as i64 + gap) as usize..][..100 - gap_at]);
        for (at, code) in edits {
            read[at] = code;
        }
        let (reference, read) = (reference(&genome), query(&read));
        let mut extender = Extender::new(Simd::best(), Scoring::default());
        let diagonal = if gap_at < 50 { begin as i64 + gap } else { begin as i64 };
        let site = site(&reference, &read, diagonal);
        let found = extender.ungapped(&site);
        let mut aligner = BandedAligner::new(Simd::best(), Scoring::default());
        // Twenty diagonals to each side hold every gap that a settled placement could lose to.
        let window = &genome[begin - 20..(begin + 120).min(genome.len())];
        let best = aligner.align(read.codes(false), window, 4, 32);
        let total = best.map_or(0, |best| {
            let ends = i32::from(best.query.start == 0) + i32::from(best.query.end == 100);
            best.score + 5 * ends
        });
        if extender.is_settled(&site, &found) {
            prop_assert!(found.total >= total, "{} against {}", found.total, total);
        } else if let Some(region) = extender.gapped(&site, (diagonal, diagonal), &found, 0) {
            prop_assert!(region.local >= region.score - 1);
        }
    }

    /// What scores what is asked for is found as where nothing is.
    #[test]
    fn what_reaches_the_floor_is_found(
        genome in prop::collection::vec(0u8..4, 300..301),
        edits in prop::collection::vec((0usize..120, 0u8..4), 0..8),
        gap in -9i64..=9,
        gap_at in 5usize..115,
        below in 0i32..30,
    ) {
        let mut read: Vec<u8> = genome[80..80 + gap_at].to_vec();
        read.extend_from_slice(&genome[(80 + gap_at as i64 + gap) as usize..][..120 - gap_at]);
        for (at, code) in edits {
            read[at] = code;
        }
        let (reference, read) = (reference(&genome), query(&read));
        let mut extender = Extender::new(Simd::best(), Scoring::default());
        let diagonal = if gap_at < 60 { 80 + gap } else { 80 };
        let site = site(&reference, &read, diagonal);
        let found = extender.ungapped(&site);
        let best = extender.gapped(&site, (diagonal, diagonal), &found, 0).expect("some score");
        let floor = best.score - below;
        let asked = extender.gapped(&site, (diagonal, diagonal), &found, floor).expect("some score");
        prop_assert_eq!((asked.score, asked.target), (best.score, best.target));
    }

    /// Where detours are proven to be worse, the best alignment with gaps is that without any.
    #[test]
    fn no_detour_that_is_ruled_out_is_as_good(
        genome in prop_oneof![repetitive(), prop::collection::vec(0u8..4, 300..301), prop::collection::vec(0u8..2, 300..301)],
        start in 0usize..300,
        around in 0usize..120,
        edits in prop::collection::vec((0usize..16, 0u8..4), 0..9),
        others in prop::collection::vec((0usize..120, 0u8..4), 0..9),
        indel in (-2i64..=2, 1usize..119),
        reach in 1i64..70,
        (match_score, mismatch, gap_open, end_bonus) in prop_oneof![Just((1, 4, 6, 5)), Just((1, 3, 5, 5)), Just((2, 4, 7, 6))],
    ) {
        prop_assume!(genome.len() >= 130);
        let begin = start.min(genome.len() - 130) as i64;
        let (shift, at) = indel;
        let mut read: Vec<u8> = genome[begin as usize..][..at].to_vec();
        let from = (begin + at as i64 + shift).max(0) as usize;
        read.extend_from_slice(&genome[from..][..120 - at]);
        for (at, code) in edits.into_iter().map(|(at, code)| (at + around, code)).chain(others) {
            read[at.min(119)] = code;
        }
        let (reference, read) = (reference(&genome), query(&read));
        let scoring = Scoring { match_score, mismatch, gap_open, gap_extend: 1, end_bonus };
        let mut extender = Extender::new(Simd::best(), scoring);
        for diagonal in [begin, begin + shift] {
            let site = site(&reference, &read, diagonal);
            let found = extender.ungapped(&site);
            let band = (diagonal - reach, diagonal + reach / 2);
            if extender.detours_are_worse(&site, &found, band) {
                let best = extender.banded(&site, band).expect("some score");
                let same = ungapped_region(&site, &found);
                prop_assert_eq!((best.score, best.local, best.target), (same.score, same.local, same.target));
                prop_assert_eq!(best.query, same.query);
                prop_assert_eq!(best.cigar.ops().len(), 1);
            }
        }
    }
}
