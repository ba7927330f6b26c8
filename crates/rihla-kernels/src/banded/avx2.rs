//! The vector body for AVX2: 16 lanes.

use std::arch::x86_64::*;

use super::antidiagonal::{Costs, LAST_SCORE, NONE, Strips, stamp};

type Vector = __m256i;
pub(super) const LANES: usize = 16;

stamp!("avx2");

#[inline]
#[target_feature(enable = "avx2")]
fn splat(value: i16) -> Vector {
    _mm256_set1_epi16(value)
}

#[inline]
#[target_feature(enable = "avx2")]
fn add(a: Vector, b: Vector) -> Vector {
    _mm256_adds_epi16(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn sub(a: Vector, b: Vector) -> Vector {
    _mm256_subs_epi16(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn max(a: Vector, b: Vector) -> Vector {
    _mm256_max_epi16(a, b)
}

/// Every lane to the next; the last one of `below` comes in.
#[inline]
#[target_feature(enable = "avx2")]
fn up(a: Vector, below: Vector) -> Vector {
    // The byte shift works in each half alone, so each half is shown the one below it.
    let halves_below = _mm256_permute2x128_si256::<0x21>(below, a);
    _mm256_alignr_epi8::<14>(a, halves_below)
}

/// Every lane to the one before; the first one of `above` comes in.
#[inline]
#[target_feature(enable = "avx2")]
fn down(a: Vector, above: Vector) -> Vector {
    let halves_above = _mm256_permute2x128_si256::<0x21>(a, above);
    _mm256_alignr_epi8::<2>(halves_above, a)
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(from: &[i16]) -> Vector {
    let from = &from[..LANES];
    // SAFETY: the slice holds 32 bytes; the load need not be aligned.
    unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(to: &mut [i16], a: Vector) {
    let to = &mut to[..LANES];
    // SAFETY: the slice holds 32 bytes; the store need not be aligned.
    unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), a) }
}

/// The scores in a register to look up from.
#[inline]
#[target_feature(enable = "avx2")]
fn table(scores: &[i8; 16]) -> __m128i {
    // SAFETY: the array is 16 bytes; the load need not be aligned.
    unsafe { _mm_loadu_si128(scores.as_ptr().cast()) }
}

/// Scores of the first 16 codes of the query against those of the target.
#[inline]
#[target_feature(enable = "avx2")]
fn scores(table: __m128i, query: &[u8], target: &[u8]) -> Vector {
    let (query, target) = (&query[..LANES], &target[..LANES]);
    // SAFETY: the slices hold 16 bytes each; the loads need not be aligned.
    let (query, target) =
        unsafe { (_mm_loadu_si128(query.as_ptr().cast()), _mm_loadu_si128(target.as_ptr().cast())) };
    let index = _mm_min_epu8(_mm_xor_si128(query, target), _mm_set1_epi8(LAST_SCORE));
    _mm256_cvtepi8_epi16(_mm_shuffle_epi8(table, index))
}
