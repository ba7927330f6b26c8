//! The vector bodies for NEON.

use std::arch::aarch64::*;

use super::blocks::{
    CODES, LANES, LETTERS, NIBBLES, UPPER, WORDS, drop_first, last_letters, stamp_pack, stamp_unpack,
};
use super::{BASES, MARKS};

stamp_pack!("neon");
stamp_unpack!("neon");

/// The words and the marks of 64 letters.
#[inline]
#[target_feature(enable = "neon")]
fn pack_letters(letters: &[u8; MARKS]) -> ([u64; WORDS], u64) {
    let (mut words, mut marks) = ([0; WORDS], 0);
    for (i, block) in letters.as_chunks().0.iter().enumerate() {
        let (bases, unknown) = pack_block(block);
        words[i * LANES / BASES] |= u64::from(bases) << (2 * (i * LANES % BASES));
        marks |= u64::from(unknown) << (i * LANES);
    }
    (words, marks)
}

/// Sixteen letters: their codes, the first in the lowest bits, and a mark for each unknown one.
#[inline]
#[target_feature(enable = "neon")]
fn pack_block(block: &[u8; LANES]) -> (u32, u16) {
    let letters = load(block);
    let low = vandq_u8(letters, vdupq_n_u8(15));
    let expected = vqtbl1q_u8(load(&LETTERS), low);
    let known = vceqq_u8(vandq_u8(letters, vdupq_n_u8(UPPER)), expected);
    let codes = vandq_u8(vqtbl1q_u8(load(&CODES), low), known);
    let placed = vshlq_u8(codes, shifts(&[0, 2, 4, 6, 0, 2, 4, 6, 0, 2, 4, 6, 0, 2, 4, 6]));
    let pairs = vpaddq_u8(placed, placed);
    let fours = vpaddq_u8(pairs, pairs);
    let bases = vgetq_lane_u32::<0>(vreinterpretq_u32_u8(fours));
    let mut marks = vbicq_u8(load(&[1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128]), known);
    for _ in 0..3 {
        marks = vpaddq_u8(marks, marks);
    }
    (bases, vgetq_lane_u16::<0>(vreinterpretq_u16_u8(marks)))
}

/// The codes of a word, one a byte.
#[inline]
#[target_feature(enable = "neon")]
fn unpack_word(word: u64, codes: &mut [u8; BASES]) {
    let word = vreinterpretq_u8_u64(vdupq_n_u64(word));
    let down = shifts(&[0, -2, -4, -6, 0, -2, -4, -6, 0, -2, -4, -6, 0, -2, -4, -6]);
    for (half, codes) in codes.as_chunks_mut().0.iter_mut().enumerate() {
        let order = load(&[0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
        let bytes = vqtbl1q_u8(word, vaddq_u8(order, vdupq_n_u8(4 * half as u8)));
        store(codes, vandq_u8(vshlq_u8(bytes, down), vdupq_n_u8(3)));
    }
}

/// The bases of a word as BAM has them.
#[inline]
#[target_feature(enable = "neon")]
fn nibbles_of_word(word: u64, nibbles: &mut [u8; LANES]) {
    let bytes = vreinterpretq_u8_u64(vdupq_n_u64(word));
    let pairs = vzip1q_u8(vandq_u8(bytes, vdupq_n_u8(15)), vshrq_n_u8::<4>(bytes));
    store(nibbles, vqtbl1q_u8(load(&NIBBLES), pairs));
}

/// A number of bits to shift each lane to the left; to the right where negative.
#[inline]
#[target_feature(enable = "neon")]
fn shifts(bits: &[i8; LANES]) -> int8x16_t {
    // SAFETY: the array is 16 bytes.
    unsafe { vld1q_s8(bits.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn load(from: &[u8; LANES]) -> uint8x16_t {
    // SAFETY: the array is 16 bytes.
    unsafe { vld1q_u8(from.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn store(to: &mut [u8; LANES], a: uint8x16_t) {
    // SAFETY: the array is 16 bytes.
    unsafe { vst1q_u8(to.as_mut_ptr(), a) }
}
