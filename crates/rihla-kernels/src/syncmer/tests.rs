//! One suite over every level, and the scalar level against words spelled base by base.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::mismatch::pack;
use crate::simd::SimdLevel;

fn packed(codes: &[u8]) -> Vec<u64> {
    let mut words = Vec::new();
    pack(codes, &mut words);
    words
}

fn reverse_complement(codes: &[u8]) -> Vec<u8> {
    codes.iter().rev().map(|&code| 3 - code).collect()
}

/// Random base codes, the same for the same seed.
fn random(len: usize, mut state: u64) -> Vec<u8> {
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 62) as u8
    };
    (0..len).map(|_| next()).collect()
}

/// The number that a word of bases is.
fn number(codes: &[u8]) -> u64 {
    codes.iter().rev().fold(0, |number, &code| number << 2 | u64::from(code))
}

/// Whether a 20-mer is a seed, from the definition.
fn is_seed(codes: &[u8]) -> bool {
    let hashes: Vec<i32> = codes.windows(S).map(|word| scalar::hash(number(word) as u32)).collect();
    (0..5).all(|i| i == 2 || hashes[2] < hashes[i])
}

/// The mask of a sequence at one level; what the vector held before is replaced.
fn mask_at(level: SimdLevel, words: &[u64], offset: usize, len: usize) -> Vec<u64> {
    let mut out = vec![!0; 7];
    mask(Simd::new(level).expect("listed as available"), words, offset as u64, len, &mut out);
    out
}

/// The mask of a sequence as booleans, after asserting that every level gives it.
fn seeds(words: &[u64], offset: usize, len: usize) -> Vec<bool> {
    let expected = mask_at(SimdLevel::Scalar, words, offset, len);
    for level in SimdLevel::available() {
        assert_eq!(mask_at(level, words, offset, len), expected, "{level}: {len} bases from {offset}");
    }
    let count = (len + 1).saturating_sub(K);
    assert_eq!(expected.len(), count.div_ceil(64));
    let bits: Vec<bool> = (0..64 * expected.len()).map(|i| expected[i / 64] >> (i % 64) & 1 == 1).collect();
    assert!(!bits[count..].contains(&true), "bits beyond the last 20-mer");
    bits[..count].to_vec()
}

/// Share of the 20-mers that are seeds.
fn density(codes: &[u8]) -> f64 {
    let seeds = seeds(&packed(codes), 0, codes.len());
    seeds.iter().filter(|&&seed| seed).count() as f64 / seeds.len() as f64
}

#[test]
fn every_length_at_every_offset() {
    let codes = random(300, 1);
    let words = packed(&codes);
    for offset in 0..64 {
        let expected: Vec<bool> = codes[offset..].windows(K).map(is_seed).collect();
        for len in 0..200 {
            assert_eq!(seeds(&words, offset, len), expected[..(len + 1).saturating_sub(K)]);
        }
    }
}

#[test]
fn bases_beyond_the_words_are_a() {
    let codes = random(64, 2);
    let longer: Vec<u8> = codes.iter().copied().chain([0; 200]).collect();
    for offset in [0, 1, 31, 40, 64, 65, 100] {
        assert_eq!(seeds(&packed(&codes), offset, 150), seeds(&packed(&longer), offset, 150));
    }
    let mut out = Vec::new();
    mask(Simd::best(), &packed(&codes), u64::MAX, 100, &mut out);
    assert_eq!(out, [0, 0]);
}

#[test]
fn runs_of_one_letter_or_of_two_have_no_seed() {
    for pair in 0..16 {
        let codes: Vec<u8> = (0..400).map(|i| if i % 2 == 0 { pair % 4 } else { pair / 4 }).collect();
        assert_eq!(density(&codes), 0.0, "{pair}");
    }
}

#[test]
fn one_in_five_whatever_the_letters() {
    let mut codes = random(400_000, 3);
    assert!((0.197..0.203).contains(&density(&codes)), "{}", density(&codes));
    // Nearly all A, or purines alone.
    let changes = random(400_000, 4);
    let skewed: Vec<u8> = codes.iter().zip(&changes).map(|(&a, &b)| if b == 0 { a } else { 0 }).collect();
    assert!((0.17..0.22).contains(&density(&skewed)), "{}", density(&skewed));
    codes.iter_mut().for_each(|code| *code &= 2);
    assert!((0.19..0.21).contains(&density(&codes)), "{}", density(&codes));
}

#[test]
fn hashes_keep_words_apart() {
    let mut seen: Vec<u64> = (0..200_000u64).map(|i| mix(i * 5_497_558)).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 200_000);
    assert!(seen.iter().all(|&hash| hash <= K_MASK));
}

#[test]
fn a_palindrome_is_marked() {
    let half = random(10, 5);
    let codes = [half.clone(), reverse_complement(&half)].concat();
    let (_, reverse, palindrome) = seed_hash(&packed(&codes), 0);
    assert!(palindrome && !reverse);
}

/// Sequences as genomes hold them: random, or a short unit over and over with a few changes.
fn sequences() -> impl Strategy<Value = Vec<u8>> {
    let random = vec(0u8..4, 0..400);
    let change = prop_oneof![30 => Just(0u8), 1 => 1u8..4];
    let repeats = (vec(0u8..4, 1..30), vec(change, 0..400)).prop_map(|(unit, changes)| {
        changes.iter().enumerate().map(|(i, change)| unit[i % unit.len()] ^ change).collect()
    });
    prop_oneof![random, repeats]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::fuzz::cases(2000)))]

    #[test]
    fn agrees_with_the_definition(codes in sequences(), offset in 0usize..100) {
        let len = codes.len().saturating_sub(offset);
        let expected: Vec<bool> =
            codes.get(offset..).unwrap_or(&[]).windows(K).map(is_seed).collect();
        prop_assert_eq!(seeds(&packed(&codes), offset, len), expected);
    }

    #[test]
    fn both_strands_choose_the_same_words(codes in sequences()) {
        let (words, others) = (packed(&codes), packed(&reverse_complement(&codes)));
        let here = seeds(&words, 0, codes.len());
        let mut there = seeds(&others, 0, codes.len());
        there.reverse();
        prop_assert_eq!(&here, &there);
        for i in 0..here.len() {
            let (hash, reverse, palindrome) = seed_hash(&words, i as u64);
            let other = seed_hash(&others, (here.len() - 1 - i) as u64);
            prop_assert_eq!(other, (hash, !reverse && !palindrome, palindrome));
        }
    }

    #[test]
    fn the_seed_is_the_smaller_number(codes in vec(0u8..4, K..100), at in 0usize..80) {
        let at = at.min(codes.len() - K);
        let seed = &codes[at..at + K];
        let (forward, backward) = (number(seed), number(&reverse_complement(seed)));
        let expected = (mix(forward.min(backward)), backward < forward, backward == forward);
        prop_assert_eq!(seed_hash(&packed(&codes), at as u64), expected);
    }

    #[test]
    fn excludes_what_holds_an_unknown_base(
        unknown in vec(prop_oneof![40 => Just(false), 1 => Just(true)], 0..300),
    ) {
        let count = (unknown.len() + 1).saturating_sub(K);
        let mut marks = vec![0; unknown.len().div_ceil(64)];
        for (i, _) in unknown.iter().enumerate().filter(|(_, unknown)| **unknown) {
            marks[i / 64] |= 1u64 << (i % 64);
        }
        let mut mask = vec![!0; count.div_ceil(64)];
        exclude(&mut mask, &marks);
        for (i, bases) in unknown.windows(K).enumerate() {
            prop_assert_eq!(mask[i / 64] >> (i % 64) & 1 == 0, bases.contains(&true));
        }
    }
}
