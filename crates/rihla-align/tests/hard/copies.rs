//! Two exact copies cannot be told apart, however the read differs from both.

use proptest::prelude::*;
use rihla_align::AlignedBatch;
use rihla_core::record::flags;

use crate::dice::{Dice, reverse};
use crate::{align, build};

const LENGTH: usize = 2_000;

/// Random sequence with a stretch of 2 kb at 3,000 and, on either strand, at 8,000.
fn two_copies(seed: u64, backward: bool) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let copy = dice.letters(LENGTH);
    let other = if backward { reverse(&copy) } else { copy.clone() };
    [dice.letters(3_000), copy, dice.letters(3_000), other, dice.letters(3_000)].concat()
}

fn all_uncertain(batch: &AlignedBatch) -> Result<(), TestCaseError> {
    for record in batch.records.iter().filter(|record| !record.has_any(flags::UNMAPPED)) {
        prop_assert_eq!(record.mapq(), 0, "{:?}", record.position());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn reads_within_copies_have_no_quality(
        seed in 1u64..1000,
        backward in any::<bool>(),
        length in 35usize..300,
        at in 0usize..1_000,
        errors in 0usize..5,
    ) {
        let genome = two_copies(seed, backward);
        let mut dice = Dice::new(seed + 7);
        let single = genome[3_000 + at..3_000 + at + length].to_vec();
        let mut worse = single.clone();
        for _ in 0..errors {
            let place = dice.below(length);
            worse[place] = dice.other(worse[place]);
        }
        let batch = align(&build(&[genome]), &[single, worse], false, 400);
        all_uncertain(&batch)?;
    }

    #[test]
    fn pairs_within_copies_have_none_either(
        seed in 1u64..1000,
        backward in any::<bool>(),
        length in 35usize..200,
        at in 0usize..1_400,
        errors in 0usize..5,
    ) {
        let genome = two_copies(seed, backward);
        let mut dice = Dice::new(seed + 7);
        let (first, last) = (3_000 + at, 3_000 + at + 400);
        let mut mates = [genome[first..first + length].to_vec(), reverse(&genome[last - length..last])];
        for _ in 0..errors {
            let (mate, place) = (dice.below(2), dice.below(length));
            mates[mate][place] = dice.other(mates[mate][place]);
        }
        let batch = align(&build(&[genome]), &mates, true, 400);
        all_uncertain(&batch)?;
    }
}
