//! Gaps in repeats: written leftmost, whatever the strand of the read.

use proptest::prelude::*;
use rihla_core::{CigarOp, OpKind, RecordRef, base};

use crate::dice::{Dice, reverse};
use crate::{align, build};

/// Where the repeat begins.
const BEGIN: usize = 1_000;

/// The gaps of a record, each as (operation, first base of the read behind it, first of the reference).
fn gaps(record: &RecordRef<'_>) -> Vec<(CigarOp, usize, usize)> {
    let mut found = Vec::new();
    let (mut query, mut target) = (0, record.position().expect("placed") as usize);
    for op in record.cigar() {
        query += if op.kind().consumes_read() { op.len() as usize } else { 0 };
        target += if op.kind().consumes_reference() { op.len() as usize } else { 0 };
        if matches!(op.kind(), OpKind::Insertion | OpKind::Deletion) {
            found.push((op, query, target));
        }
    }
    found
}

/// Whether a gap that follows more than one matched base could begin one base earlier at no cost.
fn moves_left(read: &[u8], genome: &[u8], (op, query, target): (CigarOp, usize, usize)) -> bool {
    let length = op.len() as usize;
    let (inserted, deleted) = if op.kind() == OpKind::Insertion { (length, 0) } else { (0, length) };
    let before = read[query - inserted - 1] == genome[target - deleted - 1];
    let moved = read[query - 1] == genome[target - 1];
    moved >= before
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_gap_in_a_repeat_is_leftmost(
        seed in 1u64..10_000,
        unit in 1usize..7,
        copies in 4usize..12,
        changed in 1usize..4,
        inserted in any::<bool>(),
        where_from in 40usize..70,
        backward in any::<bool>(),
    ) {
        let mut dice = Dice::new(seed);
        let repeat = dice.letters(unit).repeat(copies);
        let (before, after) = (dice.letters(BEGIN), dice.letters(BEGIN));
        let genome = [&before[..], &repeat, &after].concat();
        let changed = changed.min(copies - 1);
        let other = if inserted { copies + changed } else { copies - changed };
        let donor = [&before[..], &repeat[..unit].repeat(other), &after].concat();
        let read = donor[BEGIN - where_from..BEGIN - where_from + 200].to_vec();
        let sent = if backward { reverse(&read) } else { read.clone() };
        let batch = align(&build(std::slice::from_ref(&genome)), &[sent], false, 400);
        let record = batch.records.get(0);
        let mut codes = Vec::new();
        record.sequence_into(&mut codes);
        prop_assert_eq!(base::decode_all(&codes), read.clone());
        let found = gaps(&record);
        prop_assert_eq!(found.len(), 1, "one gap: {:?}", found);
        prop_assert_eq!(found[0].0.len() as usize, unit * changed);
        prop_assert!(!moves_left(&read, &genome, found[0]), "{:?} could move left", found);
    }

    #[test]
    fn long_gaps_anywhere_are_leftmost(
        seed in 1u64..10_000,
        size in 1usize..50,
        at in 35usize..115,
        inserted in any::<bool>(),
        backward in any::<bool>(),
    ) {
        let mut dice = Dice::new(seed);
        let genome = dice.letters(3_000);
        let start = 1_200;
        let read = if inserted {
            [&genome[start..start + at], &dice.letters(size), &genome[start + at..start + 150]].concat()
        } else {
            [&genome[start..start + at], &genome[start + at + size..start + 150 + size]].concat()
        };
        let sent = if backward { reverse(&read) } else { read.clone() };
        let batch = align(&build(std::slice::from_ref(&genome)), &[sent], false, 400);
        for record in batch.records.iter() {
            for gap in gaps(&record) {
                prop_assert!(!moves_left(&read, &genome, gap), "{:?} could move left", gap);
            }
        }
    }
}
