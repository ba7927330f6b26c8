//! The vector bodies for SSE4.1.

use std::arch::x86_64::*;

use super::blocks::{
    CODES, LANES, LETTERS, NIBBLES, UPPER, WORDS, drop_first, last_letters, stamp_pack, stamp_unpack,
};
use super::{BASES, MARKS};

stamp_pack!("sse4.1");
stamp_unpack!("sse4.1");

/// The words and the marks of 64 letters.
#[inline]
#[target_feature(enable = "sse4.1")]
fn pack_letters(letters: &[u8; MARKS]) -> ([u64; WORDS], u64) {
    let (mut words, mut marks) = ([0; WORDS], 0);
    for (i, block) in letters.as_chunks().0.iter().enumerate() {
        let (bases, unknown) = pack_block(block);
        words[i * LANES / BASES] |= u64::from(bases) << (2 * (i * LANES % BASES));
        marks |= u64::from(unknown) << (i * LANES);
    }
    (words, marks)
}

/// Sixteen letters: their codes, the first in the lowest bits, and a mark for each unknown one.
#[inline]
#[target_feature(enable = "sse4.1")]
fn pack_block(block: &[u8; LANES]) -> (u32, u16) {
    let letters = load(block);
    // The shuffle looks up by the low four bits, and gives 0 where the highest bit is set.
    let expected = _mm_shuffle_epi8(load(&LETTERS), letters);
    let known = _mm_cmpeq_epi8(_mm_and_si128(letters, _mm_set1_epi8(UPPER as i8)), expected);
    let codes = _mm_and_si128(_mm_shuffle_epi8(load(&CODES), letters), known);
    let pairs = _mm_maddubs_epi16(codes, _mm_set1_epi16(0x0401));
    let fours = _mm_madd_epi16(pairs, _mm_set1_epi32(0x0010_0001));
    let bytes = _mm_shuffle_epi8(fours, _mm_set1_epi32(0x0c08_0400));
    (_mm_cvtsi128_si32(bytes) as u32, !_mm_movemask_epi8(known) as u16)
}

/// The codes of a word, one a byte.
#[inline]
#[target_feature(enable = "sse4.1")]
fn unpack_word(word: u64, codes: &mut [u8; BASES]) {
    let word = _mm_set1_epi64x(word as i64);
    let (low, high) = (_mm_set1_epi32(0x4010_0401), _mm_set1_epi32(0x8020_0802u32 as i32));
    for (half, codes) in codes.as_chunks_mut().0.iter_mut().enumerate() {
        // Each byte four times; then the two bits that are meant, moved down by a minimum.
        let first = _mm_set1_epi8(4 * half as i8);
        let order = _mm_setr_epi8(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
        let bytes = _mm_shuffle_epi8(word, _mm_add_epi8(order, first));
        let ones = _mm_min_epu8(_mm_and_si128(bytes, low), _mm_set1_epi8(1));
        let twos = _mm_min_epu8(_mm_and_si128(bytes, high), _mm_set1_epi8(2));
        store(codes, _mm_or_si128(ones, twos));
    }
}

/// The bases of a word as BAM has them.
#[inline]
#[target_feature(enable = "sse4.1")]
fn nibbles_of_word(word: u64, nibbles: &mut [u8; LANES]) {
    let bytes = _mm_cvtsi64_si128(word as i64);
    let pairs = _mm_unpacklo_epi8(bytes, _mm_srli_epi64::<4>(bytes));
    let pairs = _mm_and_si128(pairs, _mm_set1_epi8(15));
    store(nibbles, _mm_shuffle_epi8(load(&NIBBLES), pairs));
}

#[inline]
#[target_feature(enable = "sse4.1")]
fn load(from: &[u8; LANES]) -> __m128i {
    // SAFETY: the array is 16 bytes; the load need not be aligned.
    unsafe { _mm_loadu_si128(from.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "sse4.1")]
fn store(to: &mut [u8; LANES], a: __m128i) {
    // SAFETY: the array is 16 bytes; the store need not be aligned.
    unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), a) }
}
