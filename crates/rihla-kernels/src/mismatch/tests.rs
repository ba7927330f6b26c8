//! Packed against unpacked.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::simd::SimdLevel;

fn packed(codes: &[u8]) -> Vec<u64> {
    let mut words = vec![!0; 3];
    pack(codes, &mut words);
    words
}

/// Base `i` of codes that hold no N; A beyond the end.
fn at(codes: &[u8], i: usize) -> u8 {
    codes.get(i).copied().unwrap_or(0)
}

#[test]
fn packs_in_order() {
    assert_eq!(packed(&[1, 2, 3, 4, 0]), [0b00_00_11_10_01]);
    assert_eq!(packed(&[]), []);
    assert_eq!(packed(&[3; 33]), [u64::MAX, 3]);
}

#[test]
fn stops_past_the_limit() {
    let (query, words) = (packed(&[0; 100]), packed(&[1; 100]));
    for simd in SimdLevel::available().into_iter().filter_map(Simd::new) {
        let counts =
            [0, 31, 99, 100, u32::MAX].map(|limit| count_mismatches(simd, &query, &words, 0, 100, limit));
        assert_eq!(counts, [1, 32, 100, 100, 100]);
    }
}

#[test]
fn places_beyond_the_words_read_as_a() {
    let query = packed(&[0, 1, 0, 1]);
    for offset in [32, 33, 1 << 40, u64::MAX] {
        assert_eq!(count_mismatches(Simd::best(), &query, &packed(&[3; 32]), offset, 4, 9), 2);
    }
}

/// A reference, a query made of a piece of it, the offset, a length that may run past either.
fn pieces() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, usize, usize)> {
    let change = prop_oneof![6 => Just(0u8), 1 => 1u8..4];
    (vec(0u8..4, 0..400), 0usize..200, vec(change, 0..260), 0usize..300).prop_map(
        |(reference, offset, changes, len)| {
            let query = changes.iter().enumerate().map(|(i, change)| at(&reference, offset + i) ^ change);
            (query.collect(), reference.clone(), offset, len)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::fuzz::cases(2000)))]

    #[test]
    fn agrees_with_base_by_base((query, reference, offset, len) in pieces(), limit in 0u32..40) {
        let (q, words) = (packed(&query), packed(&reference));
        let expected: Vec<u32> = (0..len as u32)
            .filter(|&i| at(&query, i as usize) != at(&reference, offset + i as usize))
            .collect();

        let mut positions = Vec::new();
        mismatch_positions(&q, &words, offset as u64, len, &mut positions);
        prop_assert_eq!(&positions, &expected);

        let mut mask = vec![!0; 2];
        mismatch_mask(&q, &words, offset as u64, len, &mut mask);
        prop_assert_eq!(mask.len(), len.div_ceil(64));
        let set = (0..64 * mask.len() as u32).filter(|&i| mask[i as usize / 64] >> (i % 64) & 1 == 1);
        prop_assert_eq!(set.collect::<Vec<_>>(), expected.clone());

        for simd in SimdLevel::available().into_iter().filter_map(Simd::new) {
            let count = count_mismatches(simd, &q, &words, offset as u64, len, limit);
            prop_assert_eq!(count, (expected.len() as u32).min(limit + 1));
        }
    }

    #[test]
    fn each_is_counted_as_alone((query, reference, offset, len) in pieces()) {
        let (q, words) = (packed(&query), packed(&reference));
        let near = (0..40).map(|step| offset as u64 + 7 * step);
        let offsets: Vec<u64> = near.chain([0, 1 << 40, u64::MAX]).collect();
        for simd in SimdLevel::available().into_iter().filter_map(Simd::new) {
            let mut counts = vec![Count::default()];
            count_each(simd, &q, &words, &offsets, len, &mut counts);
            prop_assert_eq!(counts.len(), 1 + offsets.len());
            prop_assert_eq!(counts[0], Count::default());
            for (&offset, count) in offsets.iter().zip(&counts[1..]) {
                let part = |first: usize, end: usize| {
                    let part = q.get(first / BASES..).unwrap_or(&[]);
                    count_mismatches(simd, part, &words, offset.saturating_add(first as u64), end - first, u32::MAX)
                };
                prop_assert_eq!(count.all(len), part(0, len));
                for first in 0..len / BASES {
                    for end in first + 1..=len / BASES {
                        let inside = (len <= Count::MOST).then(|| part(BASES * first, BASES * end));
                        prop_assert_eq!(count.inside(len, first..end), inside);
                    }
                }
            }
        }
    }

    #[test]
    fn extract_realigns((_, reference, offset, len) in pieces()) {
        let mut window = vec![!0; 5];
        extract(&packed(&reference), offset as u64, len, &mut window);
        let expected: Vec<u8> = (0..len).map(|i| at(&reference, offset + i)).collect();
        prop_assert_eq!(window, packed(&expected));
    }
}
