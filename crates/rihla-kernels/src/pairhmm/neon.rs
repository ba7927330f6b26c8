//! Four haplotypes at a time.

use std::arch::aarch64::*;

pub(super) const LANES: usize = 4;
type Vector = float32x4_t;
type Codes = uint32x4_t;

/// What a read base emits, and its bit.
#[derive(Clone, Copy)]
struct Emission {
    right: Vector,
    wrong: Vector,
    bit: uint32x4_t,
}

super::sweep::stamp_sweep!("neon");

#[target_feature(enable = "neon")]
#[inline]
fn load(from: &[f32]) -> Vector {
    assert!(from.len() >= LANES);
    // SAFETY: the slice holds at least LANES values; the load needs no alignment beyond theirs.
    unsafe { vld1q_f32(from.as_ptr()) }
}

#[target_feature(enable = "neon")]
#[inline]
fn store(vector: Vector, to: &mut [f32]) {
    assert!(to.len() >= LANES);
    // SAFETY: the slice holds at least LANES values; the store needs no alignment beyond theirs.
    unsafe { vst1q_f32(to.as_mut_ptr(), vector) }
}

#[target_feature(enable = "neon")]
#[inline]
fn load_codes(from: &[BaseSet]) -> Codes {
    let four: [u32; LANES] = std::array::from_fn(|lane| u32::from(from[lane]));
    // SAFETY: the array holds LANES words.
    unsafe { vld1q_u32(four.as_ptr()) }
}

#[target_feature(enable = "neon")]
#[inline]
fn splat(value: f32) -> Vector {
    vdupq_n_f32(value)
}

#[target_feature(enable = "neon")]
#[inline]
fn add(a: Vector, b: Vector) -> Vector {
    vaddq_f32(a, b)
}

#[target_feature(enable = "neon")]
#[inline]
fn mul(a: Vector, b: Vector) -> Vector {
    vmulq_f32(a, b)
}

/// The second where the first is no number.
#[target_feature(enable = "neon")]
#[inline]
fn max(a: Vector, b: Vector) -> Vector {
    vmaxnmq_f32(a, b)
}

#[target_feature(enable = "neon")]
#[inline]
fn emission(row: &Row) -> Emission {
    Emission { right: splat(row.emission[15]), wrong: splat(row.other), bit: vdupq_n_u32(row.bit) }
}

/// Selects by whether the set has the bit of the read base.
#[target_feature(enable = "neon")]
#[inline]
fn emit(emission: Emission, codes: Codes) -> Vector {
    vbslq_f32(vtstq_u32(codes, emission.bit), emission.right, emission.wrong)
}
