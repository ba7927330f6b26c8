//! Four haplotypes at a time.

use std::arch::x86_64::*;

pub(super) const LANES: usize = 4;
type Vector = __m128;
type Codes = __m128i;

/// What a read base emits, and how far its bit is from the sign bit.
#[derive(Clone, Copy)]
struct Emission {
    right: Vector,
    wrong: Vector,
    shift: __m128i,
}

super::sweep::stamp_sweep!("sse4.1");

#[target_feature(enable = "sse4.1")]
#[inline]
fn load(from: &[f32]) -> Vector {
    assert!(from.len() >= LANES);
    // SAFETY: the slice holds at least LANES values; the load needs no alignment.
    unsafe { _mm_loadu_ps(from.as_ptr()) }
}

#[target_feature(enable = "sse4.1")]
#[inline]
fn store(vector: Vector, to: &mut [f32]) {
    assert!(to.len() >= LANES);
    // SAFETY: the slice holds at least LANES values; the store needs no alignment.
    unsafe { _mm_storeu_ps(to.as_mut_ptr(), vector) }
}

#[target_feature(enable = "sse4.1")]
#[inline]
fn load_codes(from: &[BaseSet]) -> Codes {
    assert!(from.len() >= LANES);
    // SAFETY: the slice holds at least LANES bytes; the load needs no alignment.
    _mm_cvtepu8_epi32(unsafe { _mm_loadu_si32(from.as_ptr()) })
}

#[target_feature(enable = "sse4.1")]
#[inline]
fn splat(value: f32) -> Vector {
    _mm_set1_ps(value)
}

#[target_feature(enable = "sse4.1")]
#[inline]
fn add(a: Vector, b: Vector) -> Vector {
    _mm_add_ps(a, b)
}

#[target_feature(enable = "sse4.1")]
#[inline]
fn mul(a: Vector, b: Vector) -> Vector {
    _mm_mul_ps(a, b)
}

/// The second where the first is no number.
#[target_feature(enable = "sse4.1")]
#[inline]
fn max(a: Vector, b: Vector) -> Vector {
    _mm_max_ps(a, b)
}

#[target_feature(enable = "sse4.1")]
#[inline]
fn emission(row: &Row) -> Emission {
    Emission {
        right: splat(row.emission[15]),
        wrong: splat(row.other),
        shift: _mm_cvtsi32_si128(row.bit.leading_zeros() as i32),
    }
}

/// Selects by the sign, after the bit of the read base was shifted there.
#[target_feature(enable = "sse4.1")]
#[inline]
fn emit(emission: Emission, codes: Codes) -> Vector {
    let signs = _mm_castsi128_ps(_mm_sll_epi32(codes, emission.shift));
    _mm_blendv_ps(emission.wrong, emission.right, signs)
}
