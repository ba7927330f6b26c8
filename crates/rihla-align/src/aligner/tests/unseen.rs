//! Placements whose seeds are too frequent to be followed at first.

use super::*;
use crate::insert::FivePrime;
use crate::pair::Unseen;

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
    let unseen = |floor, at_any_cost| Unseen { floor, at_any_cost };
    assert!(!read.follow_unseen(&context, unseen(140, true)), "none can be as good");
    assert!(read.follow_unseen(&context, unseen(130, true)));
    read.place_again(&context, extender, expected);
    assert!(starts(read).contains(&90_300), "{:?}", starts(read));
}

#[test]
fn pairs_nearly_as_good_as_the_best_are_seen() {
    // One copy of sixty has two changes that the second mate has, too, and one that it has not. The others have
    // none: they are as good but for one mismatch, with the first mate equally good everywhere, and share no rare seed.
    let unit = random(8, 400);
    let with = |changes: &[usize]| {
        let mut changed = unit.clone();
        changes.iter().for_each(|&at| changed[at] = if unit[at] == b'A' { b'C' } else { b'A' });
        changed
    };
    let copies = (0..60).flat_map(|i| {
        let copy = if i == 20 { with(&[275, 310, 345]) } else { unit.clone() };
        [random(100 + i, 900), copy].concat()
    });
    let index = build(&[copies.collect()]);
    let second = reverse(&with(&[310, 345])[230..380]);
    let batch = pair(&index, &unit[..150], &second);
    let found = summary(&batch);
    assert_eq!((found[0].2, found[1].2), (20 * 1_300 + 900, 20 * 1_300 + 900 + 230));
    assert_eq!(batch.records.get(1).tag_int(*b"XS"), Some(140));
    assert!(found.iter().all(|line| line.3 < 20), "{found:?}");
}
