//! Reads in crowds of repeats.

use super::*;
use crate::insert::FivePrime;

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
