//! The vector body for NEON: 4 lanes.

use std::arch::aarch64::*;

use super::sweep::{BACKWARD, FORWARD, stamp};
use super::{MIX, MIX_SHIFT};
use crate::mismatch::Window;
use crate::word::reverse_complement;

type Vector = uint32x4_t;
const LANES: usize = 4;

stamp!("neon");

#[inline]
#[target_feature(enable = "neon")]
fn splat(value: i32) -> Vector {
    vdupq_n_u32(value as u32)
}

#[inline]
#[target_feature(enable = "neon")]
fn forward(word: u64, v: usize) -> Vector {
    windows(word, &FORWARD, v)
}

#[inline]
#[target_feature(enable = "neon")]
fn backward(word: u64, v: usize) -> Vector {
    windows(word, &BACKWARD, v)
}

/// The low halves of a word shifted by the shifts of vector `v`.
#[inline]
#[target_feature(enable = "neon")]
fn windows(word: u64, shifts: &[i64; 16], v: usize) -> Vector {
    let word = vdupq_n_u64(word);
    // A shift to the left by a negative number is one to the right.
    let shift = |i: usize| -shifts[v * LANES + i];
    let pair = |i: usize| vcombine_s64(vdup_n_s64(shift(i)), vdup_n_s64(shift(i + 1)));
    let (low, high) = (vshlq_u64(word, pair(0)), vshlq_u64(word, pair(2)));
    vuzp1q_u32(vreinterpretq_u32_u64(low), vreinterpretq_u32_u64(high))
}

#[inline]
#[target_feature(enable = "neon")]
fn min_unsigned(a: Vector, b: Vector) -> Vector {
    vminq_u32(a, b)
}

#[inline]
#[target_feature(enable = "neon")]
fn min(a: Vector, b: Vector) -> Vector {
    vreinterpretq_u32_s32(vminq_s32(vreinterpretq_s32_u32(a), vreinterpretq_s32_u32(b)))
}

#[inline]
#[target_feature(enable = "neon")]
fn mul(a: Vector, b: Vector) -> Vector {
    vmulq_u32(a, b)
}

#[inline]
#[target_feature(enable = "neon")]
fn fold(a: Vector) -> Vector {
    veorq_u32(a, vshrq_n_u32::<MIX_SHIFT>(a))
}

/// The lanes 1, 2, 3 and 4 further on, in two vectors.
#[inline]
#[target_feature(enable = "neon")]
fn later(here: Vector, next: Vector) -> [Vector; 4] {
    [vextq_u32::<1>(here, next), vextq_u32::<2>(here, next), vextq_u32::<3>(here, next), next]
}

/// A bit for each lane where `a < b`.
#[inline]
#[target_feature(enable = "neon")]
fn below(a: Vector, b: Vector) -> u32 {
    const BITS: [u32; LANES] = [1, 2, 4, 8];
    // SAFETY: the array holds 16 bytes.
    let bits = unsafe { vld1q_u32(BITS.as_ptr()) };
    let lanes = vcltq_s32(vreinterpretq_s32_u32(a), vreinterpretq_s32_u32(b));
    vaddvq_u32(vandq_u32(lanes, bits))
}
