//! The vector body for AVX-512BW: 32 lanes, for bands of 64 and wider.

use std::arch::x86_64::*;

use super::antidiagonal::{Costs, LAST_SCORE, NONE, Strips, stamp};

type Vector = __m512i;
pub(super) const LANES: usize = 32;

stamp!("avx512f,avx512bw,avx512dq,avx512vl,avx2");

/// Lanes of `up`: lane 31 of the second operand, then lanes 0..31 of the first.
const UP: [i16; LANES] = {
    let mut lanes = [63; LANES];
    let mut lane = 1;
    while lane < LANES {
        lanes[lane] = lane as i16 - 1;
        lane += 1;
    }
    lanes
};

/// Lanes of `down`: lanes 1..32 of the first operand, then lane 0 of the second.
const DOWN: [i16; LANES] = {
    let mut lanes = [0; LANES];
    let mut lane = 0;
    while lane < LANES {
        lanes[lane] = lane as i16 + 1;
        lane += 1;
    }
    lanes
};

#[inline]
#[target_feature(enable = "avx512bw")]
fn splat(value: i16) -> Vector {
    _mm512_set1_epi16(value)
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn add(a: Vector, b: Vector) -> Vector {
    _mm512_adds_epi16(a, b)
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn sub(a: Vector, b: Vector) -> Vector {
    _mm512_subs_epi16(a, b)
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn max(a: Vector, b: Vector) -> Vector {
    _mm512_max_epi16(a, b)
}

/// Every lane to the next; the last one of `below` comes in.
#[inline]
#[target_feature(enable = "avx512bw")]
fn up(a: Vector, below: Vector) -> Vector {
    _mm512_permutex2var_epi16(a, load(&UP), below)
}

/// Every lane to the one before; the first one of `above` comes in.
#[inline]
#[target_feature(enable = "avx512bw")]
fn down(a: Vector, above: Vector) -> Vector {
    _mm512_permutex2var_epi16(a, load(&DOWN), above)
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn load(from: &[i16]) -> Vector {
    let from = &from[..LANES];
    // SAFETY: the slice holds 64 bytes; the load need not be aligned.
    unsafe { _mm512_loadu_si512(from.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn store(to: &mut [i16], a: Vector) {
    let to = &mut to[..LANES];
    // SAFETY: the slice holds 64 bytes; the store need not be aligned.
    unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), a) }
}

/// The scores in a register to look up from, once in each half.
#[inline]
#[target_feature(enable = "avx512bw,avx2")]
fn table(scores: &[i8; 16]) -> __m256i {
    // SAFETY: the array is 16 bytes; the load need not be aligned.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(scores.as_ptr().cast()) })
}

/// Scores of the first 32 codes of the query against those of the target.
#[inline]
#[target_feature(enable = "avx512bw,avx2")]
fn scores(table: __m256i, query: &[u8], target: &[u8]) -> Vector {
    let (query, target) = (&query[..LANES], &target[..LANES]);
    // SAFETY: the slices hold 32 bytes each; the loads need not be aligned.
    let (query, target) =
        unsafe { (_mm256_loadu_si256(query.as_ptr().cast()), _mm256_loadu_si256(target.as_ptr().cast())) };
    let index = _mm256_min_epu8(_mm256_xor_si256(query, target), _mm256_set1_epi8(LAST_SCORE));
    _mm512_cvtepi8_epi16(_mm256_shuffle_epi8(table, index))
}
