//! The vector body for SSE4.1: 8 lanes.

use std::arch::x86_64::*;

use super::antidiagonal::{Costs, LAST_SCORE, NONE, Strips, stamp};

type Vector = __m128i;
const LANES: usize = 8;

stamp!("sse4.1");

#[inline]
#[target_feature(enable = "sse4.1")]
fn splat(value: i16) -> Vector {
    _mm_set1_epi16(value)
}

#[inline]
#[target_feature(enable = "sse4.1")]
fn add(a: Vector, b: Vector) -> Vector {
    _mm_adds_epi16(a, b)
}

#[inline]
#[target_feature(enable = "sse4.1")]
fn sub(a: Vector, b: Vector) -> Vector {
    _mm_subs_epi16(a, b)
}

#[inline]
#[target_feature(enable = "sse4.1")]
fn max(a: Vector, b: Vector) -> Vector {
    _mm_max_epi16(a, b)
}

/// Every lane to the next; the last one of `below` comes in.
#[inline]
#[target_feature(enable = "sse4.1")]
fn up(a: Vector, below: Vector) -> Vector {
    _mm_alignr_epi8::<14>(a, below)
}

/// Every lane to the one before; the first one of `above` comes in.
#[inline]
#[target_feature(enable = "sse4.1")]
fn down(a: Vector, above: Vector) -> Vector {
    _mm_alignr_epi8::<2>(above, a)
}

#[inline]
#[target_feature(enable = "sse4.1")]
fn load(from: &[i16]) -> Vector {
    let from = &from[..LANES];
    // SAFETY: the slice holds 16 bytes; the load need not be aligned.
    unsafe { _mm_loadu_si128(from.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "sse4.1")]
fn store(to: &mut [i16], a: Vector) {
    let to = &mut to[..LANES];
    // SAFETY: the slice holds 16 bytes; the store need not be aligned.
    unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), a) }
}

/// The scores in a register to look up from.
#[inline]
#[target_feature(enable = "sse4.1")]
fn table(scores: &[i8; 16]) -> __m128i {
    // SAFETY: the array is 16 bytes; the load need not be aligned.
    unsafe { _mm_loadu_si128(scores.as_ptr().cast()) }
}

/// Scores of the first 8 codes of the query against those of the target.
#[inline]
#[target_feature(enable = "sse4.1")]
fn scores(table: __m128i, query: &[u8], target: &[u8]) -> Vector {
    let (query, target) = (&query[..LANES], &target[..LANES]);
    // SAFETY: the slices hold 8 bytes each; the loads need not be aligned.
    let (query, target) =
        unsafe { (_mm_loadl_epi64(query.as_ptr().cast()), _mm_loadl_epi64(target.as_ptr().cast())) };
    let index = _mm_min_epu8(_mm_xor_si128(query, target), _mm_set1_epi8(LAST_SCORE));
    _mm_cvtepi8_epi16(_mm_shuffle_epi8(table, index))
}
