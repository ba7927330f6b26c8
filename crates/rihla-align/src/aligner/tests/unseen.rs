//! Placements whose seeds are too frequent to be followed at first.

use super::*;
use crate::insert::FivePrime;

#[test]
fn a_placement_that_was_not_seen_is_found_when_it_would_matter() {
    // The mate lies on one copy of many, with which the read shares two changes of four. At another the read has
    // four, none of whose seeds is rare.
    let unit = random(6, 600);
    let with = |changes: &[usize]| {
        let mut changed = unit.clone();
        changes.iter().for_each(|&at| changed[at] = if unit[at] == b'A' { b'C' } else { b'A' });
        changed
    };
    let place = |i: usize| 390 + 7 * i % 45;
    let mut array: Vec<u8> =
        (0..400).flat_map(|i| with(&[place(i), place(3 * i + 1), place(5 * i + 2)])).collect();
    array[60_000..60_600].copy_from_slice(&with(&[335, 380]));
    array[90_000..90_600].copy_from_slice(&unit);
    let index = build(&[array]);
    let aligner = Aligner::new(&index, AlignOptions::default(), Simd::best());
    let (context, mut scratch) = (aligner.context(), aligner.scratch());
    let mut batch = ReadBatch::new(0, 0, false);
    let read = reverse(&with(&[305, 335, 380, 440])[300..450]);
    batch.push(b"r", &read, &[30; 150]);
    let reads = scratch.load(&batch, 0..1, &context);
    scratch.complete(reads, &context);
    let AlignScratch { reads, expected: [expected, _], extender, .. } = &mut scratch;
    let starts = |read: &Read| read.regions.iter().map(|region| region.target.start).collect::<Vec<_>>();
    let read = &mut reads[0];
    read.start(&context);
    expected.set(std::iter::once(FivePrime { reverse: false, at: 60_000 }), model().reach(true));
    read.look(&context, extender, expected);
    read.finish(&context, extender, expected);
    assert_eq!((read.regions[0].score, &starts(read)[..]), (140, &[60_300][..]));
    assert!(!read.follow_unseen(&context, 140), "none can be as good");
    assert!(read.follow_unseen(&context, 130));
    read.place_again(&context, extender, expected);
    assert!(starts(read).contains(&90_300), "{:?}", starts(read));
}
