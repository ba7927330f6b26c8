//! One suite over every level, against `rihla_core::base` base by base.

use proptest::collection::vec;
use proptest::prelude::*;
use rihla_core::base;

use super::*;

/// What a read is in every form of one strand.
#[derive(Debug, PartialEq, Eq)]
struct Forms {
    words: Vec<u64>,
    unknown: Vec<u64>,
    codes: Vec<u8>,
    nibbles: Vec<u8>,
}

impl Forms {
    /// Base by base.
    fn expected(codes: Vec<u8>) -> Self {
        let mut words = vec![0; codes.len().div_ceil(32)];
        let mut unknown = vec![0; codes.len().div_ceil(64)];
        let mut nibbles = vec![0; codes.len().div_ceil(2)];
        for (i, &code) in codes.iter().enumerate() {
            words[i / 32] |= u64::from(code % 4) << (2 * (i % 32));
            unknown[i / 64] |= u64::from(code > 3) << (i % 64);
            nibbles[i / 2] |= [1, 2, 4, 8, 15][usize::from(code)] << if i % 2 == 0 { 4 } else { 0 };
        }
        Self { words, unknown, codes, nibbles }
    }

    /// From words and marks, at one level. What the vectors held before is replaced, but for nibbles.
    fn unpacked(simd: Simd, words: Vec<u64>, unknown: Vec<u64>, len: usize) -> Self {
        let (mut codes, mut nibbles) = (vec![9; 7], vec![9; 3]);
        unpack(simd, &words, &unknown, len, &mut codes);
        append_nibbles(simd, &words, &unknown, len, &mut nibbles);
        assert_eq!(nibbles.drain(..3).collect::<Vec<_>>(), [9; 3]);
        Self { words, unknown, codes, nibbles }
    }
}

/// Asserts that every level turns letters into the same forms as `rihla_core::base`, on both strands.
fn check(letters: &[u8]) {
    let codes: Vec<u8> = letters.iter().map(|&letter| base::encode(letter)).collect();
    let mut reversed = Vec::new();
    base::reverse_complement_into(&codes, &mut reversed);
    let any = codes.contains(&base::N);
    let (forward, backward) = (Forms::expected(codes), Forms::expected(reversed));
    for simd in SimdLevel::available().into_iter().filter_map(Simd::new) {
        let (mut words, mut unknown) = (vec![!0; 3], vec![!0; 9]);
        assert_eq!(pack_letters(simd, letters, &mut words, &mut unknown), any);
        let (mut back, mut marks) = (vec![!0; 9], vec![!0; 3]);
        reverse_complement_words(&words, letters.len(), &mut back);
        reverse_mask(&unknown, letters.len(), &mut marks);
        assert_eq!(Forms::unpacked(simd, words, unknown, letters.len()), forward, "{simd:?}");
        let mut turned = Forms::unpacked(simd, back, marks, letters.len());
        // Unknown bases were packed as A, so they are T on the other strand.
        for_each_mark(&turned.unknown, letters.len(), |i| turned.words[i / 32] ^= 3 << (2 * (i % 32)));
        assert_eq!(turned, backward, "{simd:?}");
    }
}

#[test]
fn every_length() {
    let letters: Vec<u8> =
        b"ACGTTGCAAGCTCATGNacgtRGCATTnCGATTTACA".iter().copied().cycle().take(300).collect();
    for len in 0..=letters.len() {
        check(&letters[..len]);
        check(&letters[letters.len() - len..]);
    }
}

#[test]
fn every_letter() {
    for letter in 0..=255 {
        for at in [0, 15, 16, 40] {
            let mut letters = [b'C'; 41];
            letters[at] = letter;
            check(&letters);
        }
    }
}

#[test]
fn bases_beyond_the_words_are_a() {
    for simd in SimdLevel::available().into_iter().filter_map(Simd::new) {
        let (mut codes, mut nibbles, mut back) = (Vec::new(), Vec::new(), Vec::new());
        unpack(simd, &[u64::MAX], &[1 << 33, !0], 34, &mut codes);
        assert_eq!(codes, [vec![3; 32], vec![0, 4]].concat());
        append_nibbles(simd, &[u64::MAX], &[1 << 33, !0], 34, &mut nibbles);
        assert_eq!(nibbles, [vec![0x88; 16], vec![0x1f]].concat());
        reverse_complement_words(&[], 33, &mut back);
        assert_eq!(back, [u64::MAX, 3]);
        reverse_mask(&[1], 70, &mut back);
        assert_eq!(back, [0, 1 << 5]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::fuzz::cases(2000)))]

    #[test]
    fn every_level_agrees(
        letters in vec(prop_oneof![40 => prop::sample::select(b"ACGTacgt".as_slice()), 1 => any::<u8>()], 0..500),
    ) {
        check(&letters);
    }

    #[test]
    fn letters_of_any_kind(letters in vec(any::<u8>(), 0..200)) {
        check(&letters);
    }
}
