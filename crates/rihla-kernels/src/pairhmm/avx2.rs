//! Eight haplotypes at a time.

use std::arch::x86_64::*;

pub(super) const LANES: usize = 8;
type Vector = __m256;
type Codes = __m256i;
type Emission = __m256;

super::sweep::stamp_sweep!("avx2");

#[target_feature(enable = "avx2")]
#[inline]
fn load(from: &[f32]) -> Vector {
    assert!(from.len() >= LANES);
    // SAFETY: the slice holds at least LANES values; the load needs no alignment.
    unsafe { _mm256_loadu_ps(from.as_ptr()) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn store(vector: Vector, to: &mut [f32]) {
    assert!(to.len() >= LANES);
    // SAFETY: the slice holds at least LANES values; the store needs no alignment.
    unsafe { _mm256_storeu_ps(to.as_mut_ptr(), vector) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn load_codes(from: &[BaseSet]) -> Codes {
    assert!(from.len() >= LANES);
    // SAFETY: the slice holds at least LANES bytes; the load needs no alignment.
    _mm256_cvtepu8_epi32(unsafe { _mm_loadl_epi64(from.as_ptr().cast()) })
}

#[target_feature(enable = "avx2")]
#[inline]
fn splat(value: f32) -> Vector {
    _mm256_set1_ps(value)
}

#[target_feature(enable = "avx2")]
#[inline]
fn add(a: Vector, b: Vector) -> Vector {
    _mm256_add_ps(a, b)
}

#[target_feature(enable = "avx2")]
#[inline]
fn mul(a: Vector, b: Vector) -> Vector {
    _mm256_mul_ps(a, b)
}

/// The second where the first is no number.
#[target_feature(enable = "avx2")]
#[inline]
fn max(a: Vector, b: Vector) -> Vector {
    _mm256_max_ps(a, b)
}

#[target_feature(enable = "avx2")]
#[inline]
fn emission(row: &Row) -> Emission {
    load(&row.emission[..LANES])
}

/// Looks the sets up in the table of the row: one shuffle, which reads three bits of each.
#[target_feature(enable = "avx2")]
#[inline]
fn emit(emission: Emission, codes: Codes) -> Vector {
    _mm256_permutevar8x32_ps(emission, codes)
}
