//! The vector body for AVX-512: 16 lanes.

use std::arch::x86_64::*;

use super::sweep::{BACKWARD, FORWARD, stamp};
use super::{MIX, MIX_SHIFT};
use crate::mismatch::Window;
use crate::word::reverse_complement;

type Vector = __m512i;
const LANES: usize = 16;

stamp!("avx512f,avx512bw,avx512dq,avx512vl,avx2");

#[inline]
#[target_feature(enable = "avx512f")]
fn splat(value: i32) -> Vector {
    _mm512_set1_epi32(value)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn forward(word: u64, _: usize) -> Vector {
    windows(word, &FORWARD)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn backward(word: u64, _: usize) -> Vector {
    windows(word, &BACKWARD)
}

/// The low halves of a word shifted by each of the shifts.
#[inline]
#[target_feature(enable = "avx512f")]
fn windows(word: u64, &[a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]: &[i64; 16]) -> Vector {
    let word = _mm512_set1_epi64(word as i64);
    // Long lanes in the order in which the low halves of two vectors are interleaved.
    let even = _mm512_srlv_epi64(word, _mm512_setr_epi64(a, b, e, f, i, j, m, n));
    let odd = _mm512_srlv_epi64(word, _mm512_setr_epi64(c, d, g, h, k, l, o, p));
    _mm512_castps_si512(_mm512_shuffle_ps::<0b10_00_10_00>(
        _mm512_castsi512_ps(even),
        _mm512_castsi512_ps(odd),
    ))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn min_unsigned(a: Vector, b: Vector) -> Vector {
    _mm512_min_epu32(a, b)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn min(a: Vector, b: Vector) -> Vector {
    _mm512_min_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn mul(a: Vector, b: Vector) -> Vector {
    _mm512_mullo_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn fold(a: Vector) -> Vector {
    _mm512_xor_si512(a, _mm512_srli_epi32::<{ MIX_SHIFT as u32 }>(a))
}

/// The lanes 1, 2, 3 and 4 further on, in two vectors.
#[inline]
#[target_feature(enable = "avx512f")]
fn later(here: Vector, next: Vector) -> [Vector; 4] {
    [
        _mm512_alignr_epi32::<1>(next, here),
        _mm512_alignr_epi32::<2>(next, here),
        _mm512_alignr_epi32::<3>(next, here),
        _mm512_alignr_epi32::<4>(next, here),
    ]
}

/// A bit for each lane where `a < b`.
#[inline]
#[target_feature(enable = "avx512f")]
fn below(a: Vector, b: Vector) -> u32 {
    _mm512_cmplt_epi32_mask(a, b).into()
}
