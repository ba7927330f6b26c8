//! Sixteen haplotypes at a time.

use std::arch::x86_64::*;

pub(super) const LANES: usize = 16;
type Vector = __m512;
type Codes = __m512i;
type Emission = __m512;

super::sweep::stamp_sweep!("avx512f,avx512bw,avx512dq,avx512vl");

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn load(from: &[f32]) -> Vector {
    assert!(from.len() >= LANES);
    // SAFETY: the slice holds at least LANES values; the load needs no alignment.
    unsafe { _mm512_loadu_ps(from.as_ptr()) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn store(vector: Vector, to: &mut [f32]) {
    assert!(to.len() >= LANES);
    // SAFETY: the slice holds at least LANES values; the store needs no alignment.
    unsafe { _mm512_storeu_ps(to.as_mut_ptr(), vector) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn load_codes(from: &[BaseSet]) -> Codes {
    assert!(from.len() >= LANES);
    // SAFETY: the slice holds at least LANES bytes; the load needs no alignment.
    _mm512_cvtepu8_epi32(unsafe { _mm_loadu_si128(from.as_ptr().cast()) })
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn splat(value: f32) -> Vector {
    _mm512_set1_ps(value)
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn add(a: Vector, b: Vector) -> Vector {
    _mm512_add_ps(a, b)
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn mul(a: Vector, b: Vector) -> Vector {
    _mm512_mul_ps(a, b)
}

/// The second where the first is no number.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn max(a: Vector, b: Vector) -> Vector {
    _mm512_max_ps(a, b)
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn emission(row: &Row) -> Emission {
    load(&row.emission)
}

/// Looks the sets up in the table of the row: one shuffle.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn emit(emission: Emission, codes: Codes) -> Vector {
    _mm512_permutexvar_ps(codes, emission)
}
