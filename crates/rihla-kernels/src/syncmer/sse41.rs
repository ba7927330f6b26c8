//! The vector body for SSE4.1: 4 lanes.

use std::arch::x86_64::*;

use super::sweep::{BACKWARD, FORWARD, stamp};
use super::{MIX, MIX_SHIFT};
use crate::mismatch::Window;
use crate::word::reverse_complement;

type Vector = __m128i;
const LANES: usize = 4;

stamp!("sse4.1");

#[inline]
#[target_feature(enable = "sse4.1")]
fn splat(value: i32) -> Vector {
    _mm_set1_epi32(value)
}

#[inline]
#[target_feature(enable = "sse4.1")]
fn forward(word: u64, v: usize) -> Vector {
    windows(word, &FORWARD, v)
}

#[inline]
#[target_feature(enable = "sse4.1")]
fn backward(word: u64, v: usize) -> Vector {
    windows(word, &BACKWARD, v)
}

/// The low halves of a word shifted by the shifts of vector `v`. No instruction shifts each lane its own
/// way, so that is done before there are lanes.
#[inline]
#[target_feature(enable = "sse4.1")]
fn windows(word: u64, shifts: &[i64; 16], v: usize) -> Vector {
    let lane = |i: usize| (word >> shifts[v * LANES + i]) as i32;
    _mm_setr_epi32(lane(0), lane(1), lane(2), lane(3))
}

#[inline]
#[target_feature(enable = "sse4.1")]
fn min_unsigned(a: Vector, b: Vector) -> Vector {
    _mm_min_epu32(a, b)
}

#[inline]
#[target_feature(enable = "sse4.1")]
fn min(a: Vector, b: Vector) -> Vector {
    _mm_min_epi32(a, b)
}

#[inline]
#[target_feature(enable = "sse4.1")]
fn mul(a: Vector, b: Vector) -> Vector {
    _mm_mullo_epi32(a, b)
}

#[inline]
#[target_feature(enable = "sse4.1")]
fn fold(a: Vector) -> Vector {
    _mm_xor_si128(a, _mm_srli_epi32::<MIX_SHIFT>(a))
}

/// The lanes 1, 2, 3 and 4 further on, in two vectors.
#[inline]
#[target_feature(enable = "sse4.1")]
fn later(here: Vector, next: Vector) -> [Vector; 4] {
    [
        _mm_alignr_epi8::<4>(next, here),
        _mm_alignr_epi8::<8>(next, here),
        _mm_alignr_epi8::<12>(next, here),
        next,
    ]
}

/// A bit for each lane where `a < b`.
#[inline]
#[target_feature(enable = "sse4.1")]
fn below(a: Vector, b: Vector) -> u32 {
    _mm_movemask_ps(_mm_castsi128_ps(_mm_cmplt_epi32(a, b))) as u32
}
