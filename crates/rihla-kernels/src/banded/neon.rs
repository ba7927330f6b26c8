//! The vector body for NEON: 8 lanes.

use std::arch::aarch64::*;

use super::antidiagonal::{Costs, LAST_SCORE, NONE, Strips, stamp};

type Vector = int16x8_t;
const LANES: usize = 8;

stamp!("neon");

#[inline]
#[target_feature(enable = "neon")]
fn splat(value: i16) -> Vector {
    vdupq_n_s16(value)
}

#[inline]
#[target_feature(enable = "neon")]
fn add(a: Vector, b: Vector) -> Vector {
    vqaddq_s16(a, b)
}

#[inline]
#[target_feature(enable = "neon")]
fn sub(a: Vector, b: Vector) -> Vector {
    vqsubq_s16(a, b)
}

#[inline]
#[target_feature(enable = "neon")]
fn max(a: Vector, b: Vector) -> Vector {
    vmaxq_s16(a, b)
}

/// Every lane to the next; the last one of `below` comes in.
#[inline]
#[target_feature(enable = "neon")]
fn up(a: Vector, below: Vector) -> Vector {
    vextq_s16::<7>(below, a)
}

/// Every lane to the one before; the first one of `above` comes in.
#[inline]
#[target_feature(enable = "neon")]
fn down(a: Vector, above: Vector) -> Vector {
    vextq_s16::<1>(a, above)
}

#[inline]
#[target_feature(enable = "neon")]
fn load(from: &[i16]) -> Vector {
    let from = &from[..LANES];
    // SAFETY: the slice holds 16 bytes.
    unsafe { vld1q_s16(from.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn store(to: &mut [i16], a: Vector) {
    let to = &mut to[..LANES];
    // SAFETY: the slice holds 16 bytes.
    unsafe { vst1q_s16(to.as_mut_ptr(), a) }
}

/// The scores in a register to look up from.
#[inline]
#[target_feature(enable = "neon")]
fn table(scores: &[i8; 16]) -> int8x16_t {
    // SAFETY: the array is 16 bytes.
    unsafe { vld1q_s8(scores.as_ptr()) }
}

/// Scores of the first 8 codes of the query against those of the target.
#[inline]
#[target_feature(enable = "neon")]
fn scores(table: int8x16_t, query: &[u8], target: &[u8]) -> Vector {
    let (query, target) = (&query[..LANES], &target[..LANES]);
    // SAFETY: the slices hold 8 bytes each.
    let (query, target) = unsafe { (vld1_u8(query.as_ptr()), vld1_u8(target.as_ptr())) };
    let index = vmin_u8(veor_u8(query, target), vdup_n_u8(LAST_SCORE as u8));
    vmovl_s8(vqtbl1_s8(table, index))
}
