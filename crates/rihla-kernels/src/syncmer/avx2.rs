//! The vector body for AVX2: 8 lanes.

use std::arch::x86_64::*;

use super::sweep::{BACKWARD, FORWARD, stamp};
use super::{MIX, MIX_SHIFT};
use crate::mismatch::Window;
use crate::word::reverse_complement;

type Vector = __m256i;
const LANES: usize = 8;

stamp!("avx2");

#[inline]
#[target_feature(enable = "avx2")]
fn splat(value: i32) -> Vector {
    _mm256_set1_epi32(value)
}

#[inline]
#[target_feature(enable = "avx2")]
fn forward(word: u64, v: usize) -> Vector {
    windows(word, &FORWARD, v)
}

#[inline]
#[target_feature(enable = "avx2")]
fn backward(word: u64, v: usize) -> Vector {
    windows(word, &BACKWARD, v)
}

/// The low halves of a word shifted by the shifts of vector `v`.
#[inline]
#[target_feature(enable = "avx2")]
fn windows(word: u64, shifts: &[i64; 16], v: usize) -> Vector {
    let word = _mm256_set1_epi64x(word as i64);
    let shift = |i: usize| shifts[v * LANES + i];
    // Long lanes in the order in which the low halves of two vectors are interleaved.
    let even = _mm256_srlv_epi64(word, _mm256_setr_epi64x(shift(0), shift(1), shift(4), shift(5)));
    let odd = _mm256_srlv_epi64(word, _mm256_setr_epi64x(shift(2), shift(3), shift(6), shift(7)));
    _mm256_castps_si256(_mm256_shuffle_ps::<0b10_00_10_00>(
        _mm256_castsi256_ps(even),
        _mm256_castsi256_ps(odd),
    ))
}

#[inline]
#[target_feature(enable = "avx2")]
fn min_unsigned(a: Vector, b: Vector) -> Vector {
    _mm256_min_epu32(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn min(a: Vector, b: Vector) -> Vector {
    _mm256_min_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn mul(a: Vector, b: Vector) -> Vector {
    _mm256_mullo_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn fold(a: Vector) -> Vector {
    _mm256_xor_si256(a, _mm256_srli_epi32::<MIX_SHIFT>(a))
}

/// The lanes 1, 2, 3 and 4 further on, in two vectors.
#[inline]
#[target_feature(enable = "avx2")]
fn later(here: Vector, next: Vector) -> [Vector; 4] {
    // The byte shift works in each half alone, so each half is shown the one after it.
    let fourth = _mm256_permute2x128_si256::<0x21>(here, next);
    [
        _mm256_alignr_epi8::<4>(fourth, here),
        _mm256_alignr_epi8::<8>(fourth, here),
        _mm256_alignr_epi8::<12>(fourth, here),
        fourth,
    ]
}

/// A bit for each lane where `a < b`.
#[inline]
#[target_feature(enable = "avx2")]
fn below(a: Vector, b: Vector) -> u32 {
    _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(b, a))) as u32
}
