//! The packing of letters for AVX2, 32 at a time.

use std::arch::x86_64::*;

use super::blocks::{CODES, LANES, LETTERS, UPPER, WORDS, drop_first, last_letters, stamp_pack};
use super::{BASES, MARKS};

stamp_pack!("avx2");

/// The words and the marks of 64 letters.
#[inline]
#[target_feature(enable = "avx2")]
fn pack_letters(letters: &[u8; MARKS]) -> ([u64; WORDS], u64) {
    let (mut words, mut marks) = ([0; WORDS], 0);
    for (i, block) in letters.as_chunks().0.iter().enumerate() {
        let (bases, unknown) = pack_block(block);
        words[i] = bases;
        marks |= u64::from(unknown) << (i * BASES);
    }
    (words, marks)
}

/// Thirty-two letters: their codes, the first in the lowest bits, and a mark for each unknown one.
#[inline]
#[target_feature(enable = "avx2")]
fn pack_block(block: &[u8; BASES]) -> (u64, u32) {
    // SAFETY: the array is 32 bytes; the load need not be aligned.
    let letters = unsafe { _mm256_loadu_si256(block.as_ptr().cast()) };
    // The shuffle looks up by the low four bits, and gives 0 where the highest bit is set.
    let expected = _mm256_shuffle_epi8(table(&LETTERS), letters);
    let known = _mm256_cmpeq_epi8(_mm256_and_si256(letters, _mm256_set1_epi8(UPPER as i8)), expected);
    let codes = _mm256_and_si256(_mm256_shuffle_epi8(table(&CODES), letters), known);
    let pairs = _mm256_maddubs_epi16(codes, _mm256_set1_epi16(0x0401));
    let fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x0010_0001));
    // The low byte of every four, in each half; then the halves beside each other.
    let bytes = _mm256_shuffle_epi8(fours, _mm256_set1_epi32(0x0c08_0400));
    let (low, high) = (_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes));
    let bases = _mm_cvtsi128_si64(_mm_unpacklo_epi32(low, high)) as u64;
    (bases, !_mm256_movemask_epi8(known) as u32)
}

/// A table, once in each half.
#[inline]
#[target_feature(enable = "avx2")]
fn table(entries: &[u8; LANES]) -> __m256i {
    // SAFETY: the array is 16 bytes; the load need not be aligned.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(entries.as_ptr().cast()) })
}
