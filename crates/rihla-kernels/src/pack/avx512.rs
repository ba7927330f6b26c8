//! The packing of letters for AVX-512BW, 64 at a time.

use std::arch::x86_64::*;

use super::blocks::{CODES, LANES, LETTERS, UPPER, WORDS, drop_first, last_letters, stamp_pack};
use super::{BASES, MARKS};

stamp_pack!("avx512f,avx512bw,avx512dq,avx512vl,avx2");

/// The words and the marks of 64 letters.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn pack_letters(letters: &[u8; MARKS]) -> ([u64; WORDS], u64) {
    // SAFETY: the array is 64 bytes; the load need not be aligned.
    let letters = unsafe { _mm512_loadu_si512(letters.as_ptr().cast()) };
    // The shuffle looks up by the low four bits, and gives 0 where the highest bit is set.
    let expected = _mm512_shuffle_epi8(table(&LETTERS), letters);
    let upper = _mm512_and_si512(letters, _mm512_set1_epi8(UPPER as i8));
    let known = _mm512_cmpeq_epi8_mask(upper, expected);
    let codes = _mm512_maskz_shuffle_epi8(known, table(&CODES), letters);
    let pairs = _mm512_maddubs_epi16(codes, _mm512_set1_epi16(0x0401));
    let fours = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x0010_0001));
    let words = _mm512_cvtepi32_epi8(fours);
    ([_mm_cvtsi128_si64(words) as u64, _mm_extract_epi64::<1>(words) as u64], !known)
}

/// A table, once in each quarter.
#[inline]
#[target_feature(enable = "avx512f")]
fn table(entries: &[u8; LANES]) -> __m512i {
    // SAFETY: the array is 16 bytes; the load need not be aligned.
    _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(entries.as_ptr().cast()) })
}
