//! Reads in crowds of repeats.

use super::*;
use crate::insert::FivePrime;
use crate::region::Region;

/// The unit of an array of so many copies that its seeds are too frequent to be followed.
const UNIT: usize = 171;

#[test]
fn of_equal_places_near_the_mate_the_likelier_length_is_taken() {
    let unit = random(6, UNIT);
    // The read lies equally well on two copies near its mate, with these lengths of the template; 350 is the mean.
    for (near, expected) in [(290, 290), (240, 240 + UNIT)] {
        let mut sequence = random(7, 10_000);
        sequence.extend((0..600).flat_map(|_| unit.clone()));
        let (mate, end) = (4_000, 4_000 + near);
        for copy in 0..2 {
            let start = end - 150 + copy * UNIT;
            sequence[start..start + UNIT].copy_from_slice(&unit);
        }
        let index = build(&[sequence.clone()]);
        let pair = pair(&index, &sequence[mate..mate + 80], &reverse(&unit[..150]));
        let lines = summary(&pair);
        assert_eq!((lines[0].2, lines[1].2), (4_000, (4_000 + expected - 150) as i64), "{lines:?}");
        assert!(lines[1].3 < 30, "another is nearly as likely: {lines:?}");
    }
}

#[test]
fn a_better_place_is_seen_beyond_many_near_the_mate() {
    let unit = random(8, 600);
    let mut changed = unit.clone();
    changed[375] = if unit[375] == b'A' { b'C' } else { b'A' };
    let mut array: Vec<u8> = (0..100).flat_map(|_| changed.clone()).collect();
    array.extend(random(9, 5_000));
    let best = array.len();
    array.extend(&unit);
    let index = build(&[array]);
    let aligner = Aligner::new(&index, AlignOptions::default(), Simd::best());
    let (context, mut scratch) = (aligner.context(), aligner.scratch());
    let mut batch = ReadBatch::new(0, 0, false);
    batch.push(b"r", &reverse(&unit[300..450]), &[30; 150]);
    let reads = scratch.load(&batch, 0..1, &context);
    scratch.complete(reads, &context);
    let AlignScratch { reads, expected: [expected, _], extender, .. } = &mut scratch;
    let mates = (0..100).map(|copy| FivePrime { reverse: false, at: 600 * copy + 100 });
    expected.set(mates, model().reach(true));
    let read = &mut reads[0];
    read.start(&context);
    read.look(&context, extender, expected);
    read.finish(&context, extender, expected);
    assert_eq!((read.regions[0].score, read.regions[0].target.start), (150, best as u64 + 300));
    assert!(read.regions.len() > 30, "those near the mate are kept");
}

#[test]
fn a_read_is_not_measured_by_the_one_before_it() {
    let (unit, other) = (random(10, 600), random(11, 600));
    let mut sequence: Vec<u8> = (0..40).flat_map(|_| unit.clone()).collect();
    sequence.extend([random(12, 5_000), other.clone()].concat());
    let index = build(&[sequence]);
    let aligner = Aligner::new(&index, AlignOptions::default(), Simd::best());
    let (context, mut scratch) = (aligner.context(), aligner.scratch());
    let take = |letters: &[u8], scratch: &mut AlignScratch| {
        let mut batch = ReadBatch::new(0, 0, false);
        batch.push(b"r", letters, &vec![30; letters.len()]);
        let reads = scratch.load(&batch, 0..1, &context);
        scratch.complete(reads, &context);
    };
    // Thirty bases are missing: 150 matches less 36.
    let gapped = [&other[100..175], &other[205..280]].concat();
    for before in [false, true] {
        if before {
            take(&unit[300..450], &mut scratch);
            let AlignScratch { reads, extender, .. } = &mut scratch;
            reads[0].place_alone(&context, extender);
            assert_eq!(reads[0].regions[0].score, 150);
        }
        // As one that is certain by itself, and is looked up for its mate's sake.
        take(&gapped, &mut scratch);
        let AlignScratch { reads, extender, .. } = &mut scratch;
        reads[0].bound_rivals(&Region::default(), &context);
        reads[0].place_again(&context, extender, &Expected::alone());
        assert_eq!(reads[0].regions[0].score, 114, "before: {before}");
    }
}

/// Changes some bases.
fn changed(letters: &[u8], at: &[usize]) -> Vec<u8> {
    let mut changed = letters.to_vec();
    at.iter().for_each(|&at| changed[at] = if letters[at] == b'A' { b'C' } else { b'A' });
    changed
}

/// A sequence of places for both reads of a pair, 350 bases each, and where each begins.
fn places(parts: &[(Vec<u8>, Vec<u8>)]) -> (Vec<u8>, Vec<usize>) {
    let mut sequence = random(20, 1_000);
    let mut starts = Vec::new();
    for (i, (first, second)) in parts.iter().enumerate() {
        starts.push(sequence.len());
        let between = 350 - first.len() - second.len();
        sequence.extend([&first[..], &random(100 + i as u64, between), second].concat());
        sequence.extend(random(300 + i as u64, 900));
    }
    (sequence, starts)
}

#[test]
fn mates_are_rescued_around_all_places_that_may_make_a_better_pair() {
    let (first, second) = (random(21, 100), random(22, 150));
    // Beside each of twenty copies that are alike the mate's part has three changes of its own.
    let parts: Vec<_> =
        (0..20).map(|i| (first.clone(), changed(&second, &[4 + 7 * i, 5 + 7 * i, 6 + 7 * i]))).collect();
    let (sequence, starts) = places(&parts);
    let index = build(&[sequence]);
    let errors: Vec<usize> = (0..16).map(|i| 3 + 9 * i).collect();
    let right = (0..20).filter(|&copy| {
        let lines = summary(&pair(&index, &first, &reverse(&changed(&parts[copy].1, &errors))));
        lines.len() == 2 && (lines[0].2, lines[1].2) == (starts[copy] as i64, starts[copy] as i64 + 200)
    });
    let right = right.count();
    assert!(right >= 14, "{right} of 20");
}

#[test]
fn candidates_that_were_let_be_speak_for_their_mates() {
    for seed in 0..6 {
        let (first, second) = (random(30 + seed, 150), random(40 + seed, 150));
        // Many places suit the first read, or the second, one suits both.
        let mut parts = vec![(first.clone(), changed(&second, &[75])); 40];
        parts.extend(vec![(changed(&first, &[75]), second.clone()); 10]);
        let best = parts.len();
        parts.push((first.clone(), second.clone()));
        // The second read's rare seeds lead elsewhere, where both fit nearly as well.
        let read = changed(&second, &[30, 90]);
        parts.push((changed(&first, &[60]), changed(&read, &[60, 120])));
        let (sequence, starts) = places(&parts);
        let index = build(&[sequence]);
        let options = AlignOptions { frequent: 8, ..AlignOptions::default() };
        let pair = align(&index, &[first.clone(), reverse(&read)], true, options, Simd::best());
        let lines = summary(&pair);
        let start = starts[best] as i64;
        assert_eq!((lines[0].2, lines[1].2), (start, start + 200), "{seed}: {lines:?}");
    }
}
