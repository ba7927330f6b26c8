//! Every level: the same bits as the scalar one, whatever shares a call, and near the definition.

use super::*;

/// Lengths around one, the tile of four rows and the lanes of each level.
const LENS: [usize; 20] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 31, 32, 33, 64, 151];

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// How far `f32` may be off, in log10: as promised to callers.
const TOLERANCE: f64 = 1e-5;

/// Below this log10, and some way above it, values come from the rescue and equal the definition.
const RESCUED: f64 = -55.0;

fn check_all_levels(read: &OwnedRead, haplotypes: &[Vec<u8>]) {
    let scalar = likelihoods(SimdLevel::Scalar, read, haplotypes);
    assert_eq!(scalar.len(), haplotypes.len());
    for (value, haplotype) in scalar.iter().zip(haplotypes) {
        let expected = exactly(read, haplotype);
        assert!(
            *value == expected || (value - expected).abs() < TOLERANCE,
            "{value} instead of {expected} for {read:?} on {haplotype:?}"
        );
        assert!(*value > RESCUED || value.to_bits() == expected.to_bits(), "{value} is not {expected}");
    }
    for level in SimdLevel::available() {
        assert_eq!(bits(&likelihoods(level, read, haplotypes)), bits(&scalar), "{level}: {read:?}");
    }
}

#[test]
fn lengths_around_tiles_and_lanes() {
    for (seed, &read_len) in LENS.iter().enumerate() {
        let read = OwnedRead::plain(&random_bases(seed as u64, read_len, true), 30);
        let haplotypes: Vec<_> = LENS
            .iter()
            .enumerate()
            .map(|(i, &len)| {
                let mut haplotype = related(&read.bases, i as u64 + 50, len, i * 3, i as u8);
                haplotype.truncate(len.max(1));
                haplotype
            })
            .collect();
        check_all_levels(&read, &haplotypes);
    }
}

#[test]
fn every_number_of_haplotypes() {
    let read = OwnedRead::plain(&random_bases(1, 30, false), 35);
    let haplotypes: Vec<_> =
        (0..40).map(|i| related(&read.bases, i, 9 + i as usize % 5, i as usize, i as u8)).collect();
    for count in 0..=haplotypes.len() {
        check_all_levels(&read, &haplotypes[..count]);
    }
}

#[test]
fn empty_reads_and_haplotypes() {
    for level in SimdLevel::available() {
        let empty = OwnedRead::plain(&[], 30);
        assert_eq!(likelihoods(level, &empty, &[vec![], vec![1]]), [0.0, 0.0]);
        let read = OwnedRead::plain(&[1, 2], 30);
        assert_eq!(likelihoods(level, &read, &[]), [0.0; 0]);
        let values = likelihoods(level, &read, &[vec![], vec![1, 2], vec![]]);
        assert_eq!((values[0], values[2]), (f64::NEG_INFINITY, f64::NEG_INFINITY));
        assert_eq!(bits(&values[1..2]), bits(&likelihoods(level, &read, &[vec![1, 2]])));
        assert_eq!(likelihoods(level, &read, &[vec![]]), [f64::NEG_INFINITY]);
    }
}

/// One haplotype far away among near ones: it alone is computed in `f64`.
#[test]
fn underflow_is_rescued_for_its_haplotype_alone() {
    let near = random_bases(5, 150, false);
    let mut far = near.clone();
    for i in 0..60 {
        far[2 * i + 3] ^= 1;
    }
    // gaps so rare that 60 mismatches are the best way: 10^-(60 * 4.48)
    let all = |quality| vec![quality; near.len()];
    let read = OwnedRead {
        insertion_open: all(90),
        deletion_open: all(90),
        gap_extend: all(60),
        ..OwnedRead::plain(&near, 40)
    };
    let haplotypes = [near.clone(), far.clone(), near.clone()];
    for level in SimdLevel::available() {
        let values = likelihoods(level, &read, &haplotypes);
        assert!((values[1] - -271.0).abs() < 3.0, "{level}: {}", values[1]);
        assert_eq!(values[1].to_bits(), exactly(&read, &far).to_bits(), "{level}");
        assert!(values[0] > -4.0 && values[0].to_bits() == values[2].to_bits(), "{level}: {values:?}");
        assert!((values[0] - exactly(&read, &near)).abs() < 1e-5, "{level}");
    }
}

/// A read that fits nowhere, with likelihoods that `f64` holds only by rescaling, in lots of one to
/// twelve haplotypes of many lengths.
#[test]
fn rescued_lots_equal_the_definition() {
    let all = |quality| vec![quality; 300];
    let read = OwnedRead {
        insertion_open: all(70),
        deletion_open: all(90),
        gap_extend: (0..300).map(|i| 60 + (i % 90) as u8).collect(),
        ..OwnedRead::plain(&random_bases(10, 300, true), 80)
    };
    let mut haplotypes: Vec<_> =
        (0..12).map(|i| random_bases(20 + i, 5 + 29 * (i as usize * 5 % 12), true)).collect();
    haplotypes[4].clear();
    assert!(exactly(&read, &haplotypes[1]) < -320.0);
    for count in 1..=haplotypes.len() {
        check_all_levels(&read, &haplotypes[..count]);
    }
}

/// Just above the limit of the rescue, the sum of many floors must not show.
#[test]
fn values_near_the_limit_of_f32_are_right() {
    let near = random_bases(6, 250, false);
    let read = OwnedRead::plain(&near, 40);
    let haplotypes: Vec<_> = (0..24)
        .map(|mismatches| {
            let mut haplotype =
                [random_bases(7, 200, false), near.clone(), random_bases(8, 200, false)].concat();
            (0..mismatches).for_each(|i| haplotype[205 + 10 * i] ^= 2);
            haplotype
        })
        .collect();
    let values = likelihoods(SimdLevel::Scalar, &read, &haplotypes);
    assert!(values.iter().any(|&value| value < -60.0) && values.iter().any(|&value| value > -5.0));
    check_all_levels(&read, &haplotypes);
}

/// Gap opens that leave the match state nothing, and qualities at both ends of Phred.
#[test]
fn qualities_without_sense_agree_too() {
    let bases = random_bases(9, 40, true);
    let haplotypes: Vec<_> = (0..18).map(|i| related(&bases, i, 12, i as usize, i as u8)).collect();
    for quality in [0, 1, 2, 3, 4, 93, 200, 255] {
        for other in [0, 3, 45, 255] {
            let all = |quality| vec![quality; bases.len()];
            let mut read = OwnedRead {
                insertion_open: all(quality),
                deletion_open: all(other),
                gap_extend: all(other),
                ..OwnedRead::plain(&bases, quality)
            };
            check_all_levels(&read, &haplotypes);
            // neighbors that differ as much as they can
            read.insertion_open.iter_mut().step_by(2).for_each(|q| *q = 255 - *q);
            read.gap_extend.iter_mut().step_by(3).for_each(|q| *q = 255 - *q);
            check_all_levels(&read, &haplotypes);
        }
    }
}

#[test]
#[should_panic(expected = "one length")]
fn slices_of_a_read_have_one_length() {
    let read = OwnedRead { gap_extend: vec![10], ..OwnedRead::plain(&[0, 1], 30) };
    likelihoods(SimdLevel::Scalar, &read, &[vec![0, 1]]);
}

fn haplotypes_of(read: &OwnedRead, plan: &[(u64, usize, usize, u8)]) -> Vec<Vec<u8>> {
    plan.iter().map(|&(seed, flank, at, edit)| related(&read.bases, seed, flank, at, edit)).collect()
}

fn any_plan() -> impl Strategy<Value = Vec<(u64, usize, usize, u8)>> {
    prop::collection::vec((0_u64..10_000, 0_usize..70, 0_usize..200, any::<u8>()), 1..=40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::fuzz::cases(64)))]

    #[test]
    fn levels_agree(read in any_read(1..=70, 4..=60), plan in any_plan()) {
        check_all_levels(&read, &haplotypes_of(&read, &plan));
    }

    #[test]
    fn levels_agree_on_any_quality(read in any_read(1..=40, 0..=255), plan in any_plan()) {
        check_all_levels(&read, &haplotypes_of(&read, &plan));
    }

    /// The same kernel, called again and again with other batches, gives each haplotype what it gets alone.
    #[test]
    fn company_and_order_do_not_matter(
        read in any_read(1..=50, 6..=50), plan in any_plan(), first in 0_usize..40,
    ) {
        let haplotypes = haplotypes_of(&read, &plan);
        for level in SimdLevel::available() {
            let mut kernel = PairHmm::new(Simd::new(level).expect("available"));
            let together = bits(&likelihoods_again(&mut kernel, &read, &haplotypes));
            let mut rotated = haplotypes.clone();
            rotated.rotate_left(first % haplotypes.len());
            let mut again = bits(&likelihoods_again(&mut kernel, &read, &rotated));
            again.rotate_right(first % haplotypes.len());
            prop_assert_eq!(&again, &together, "{}", level);
            for (haplotype, value) in haplotypes.iter().zip(&together) {
                let alone = bits(&likelihoods_again(&mut kernel, &read, std::slice::from_ref(haplotype)));
                prop_assert_eq!(alone[0], *value, "{}", level);
            }
        }
    }
}
