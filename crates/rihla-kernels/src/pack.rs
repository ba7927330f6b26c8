//! Between the forms of a read: letters, 2-bit words with a mask of unknown bases, one code a byte, and
//! the 4-bit bases of BAM.
//!
//! Words are packed as in [`crate::mismatch`]: base `i` in bits `2 * (i % 32)` and up of word `i / 32`. A
//! mask has bit `i % 64` of word `i / 64` for base `i`. Words and masks beyond the end of a slice read as
//! 0. The other strand has its own words and mask ([`reverse_complement_words`], [`reverse_mask`]); all
//! else is the same on both.
//!
//! `scalar` is the definition. Out of words, vectors of 16 bytes serve every other level: a read takes some
//! nanoseconds with them.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod blocks;
#[cfg(target_arch = "aarch64")]
mod neon;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod sse41;

use crate::simd::Simd;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use crate::simd::SimdLevel;
use crate::word;

/// Bases in a word.
const BASES: usize = 32;
/// Bases in a word of a mask.
const MARKS: usize = 64;
/// The 4-bit base of BAM for an unknown base.
const NIBBLE_N: u8 = 15;

/// Packs letters (ACGT in either case) into `words`; everything else becomes A and is marked in `unknown`.
/// Both are replaced; bits after the last base are 0. Returns whether any base is unknown.
pub fn pack_letters(simd: Simd, letters: &[u8], words: &mut Vec<u64>, unknown: &mut Vec<u64>) -> bool {
    // Reads of one length leave nothing to fill: every word is written below.
    words.resize(letters.len().div_ceil(BASES), 0);
    unknown.resize(letters.len().div_ceil(MARKS), 0);
    // SAFETY: the kernel was chosen by the token, which proves that this CPU runs it.
    unsafe { (kernels(simd).pack)(letters, words, unknown) };
    unknown.iter().any(|&marks| marks != 0)
}

/// The words of the reverse complement of the first `len` bases of `words`, into `out`, which is replaced;
/// bits after the last base are 0.
pub fn reverse_complement_words(words: &[u64], len: usize, out: &mut Vec<u64>) {
    reverse(words, len, BASES, word::reverse_complement, out);
}

/// The first `len` bits of a mask from last to first, into `out`, which is replaced; bits after the last
/// are 0.
pub fn reverse_mask(mask: &[u64], len: usize, out: &mut Vec<u64>) {
    reverse(mask, len, MARKS, u64::reverse_bits, out);
}

/// One code a byte of the first `len` bases: 0 to 3, or 4 where marked in `unknown`. Replaces `codes`.
pub fn unpack(simd: Simd, words: &[u64], unknown: &[u64], len: usize, codes: &mut Vec<u8>) {
    let whole = len.next_multiple_of(BASES);
    codes.resize(whole, 0);
    let (inside, beyond) = codes.split_at_mut(whole.min(words.len() * BASES));
    // SAFETY: the kernel was chosen by the token, which proves that this CPU runs it.
    unsafe { (kernels(simd).unpack)(words, inside) };
    beyond.fill(0);
    codes.truncate(len);
    for_each_mark(unknown, len, |i| codes[i] = 4);
}

/// Appends the first `len` bases to `out` as BAM has them: A 1, C 2, G 4, T 8, unknown 15; two a byte, the
/// first in the high half, the last half 0 where `len` is odd.
pub fn append_nibbles(simd: Simd, words: &[u64], unknown: &[u64], len: usize, out: &mut Vec<u8>) {
    const A_A: u8 = 0x11;
    let start = out.len();
    out.resize(start + len.next_multiple_of(BASES) / 2, A_A);
    let nibbles = &mut out[start..];
    // SAFETY: the kernel was chosen by the token, which proves that this CPU runs it.
    unsafe { (kernels(simd).nibbles)(words, nibbles) };
    for_each_mark(unknown, len, |i| nibbles[i / 2] |= if i % 2 == 0 { NIBBLE_N << 4 } else { NIBBLE_N });
    if !len.is_multiple_of(2) {
        nibbles[len / 2] &= 0xf0;
    }
    out.truncate(start + len.div_ceil(2));
}

/// Reverses the first `len` fields of `words`, `fields` of them in a word, with what reverses one word.
fn reverse(words: &[u64], len: usize, fields: usize, turn: impl Fn(u64) -> u64, out: &mut Vec<u64>) {
    let count = len.div_ceil(fields);
    out.resize(count, 0);
    // Fields of the last word that are not used come first when reversed, and are shifted out.
    let shift = ((count * fields - len) * (64 / fields)) as u32;
    let inside = u64::MAX >> shift;
    let mut high = 0;
    for (k, out) in out.iter_mut().rev().enumerate() {
        let low = turn(words.get(k).copied().unwrap_or(0)).rotate_right(shift);
        *out = low & inside | high & !inside;
        high = low;
    }
}

/// Calls `found` with the index of each of the first `len` bits that is set.
fn for_each_mark(mask: &[u64], len: usize, mut found: impl FnMut(usize)) {
    for (k, &marks) in mask.iter().take(len.div_ceil(MARKS)).enumerate() {
        let mut marks = marks;
        while marks != 0 {
            let i = k * MARKS + marks.trailing_zeros() as usize;
            if i < len {
                found(i);
            }
            marks &= marks - 1;
        }
    }
}

/// What is written for each level; the CPU must have its instructions.
struct Kernels {
    /// Letters to words and marks, as many as they need, whatever is there.
    pack: unsafe fn(&[u8], &mut [u64], &mut [u64]),
    /// Words to 32 codes each, as many as there is room for.
    unpack: unsafe fn(&[u64], &mut [u8]),
    /// Words to 16 bytes each, as many as there is room for.
    nibbles: unsafe fn(&[u64], &mut [u8]),
}

#[cfg(target_arch = "x86_64")]
fn kernels(simd: Simd) -> Kernels {
    let pack = match simd.level() {
        SimdLevel::Sse41 => sse41::pack,
        SimdLevel::Avx2 => avx2::pack,
        SimdLevel::Avx512 => avx512::pack,
        SimdLevel::Scalar | SimdLevel::Neon => return SCALAR,
    };
    // The wider levels include SSE4.1.
    Kernels { pack, unpack: sse41::unpack, nibbles: sse41::nibbles }
}

#[cfg(target_arch = "aarch64")]
fn kernels(simd: Simd) -> Kernels {
    if simd.level() != SimdLevel::Neon {
        return SCALAR;
    }
    Kernels { pack: neon::pack, unpack: neon::unpack, nibbles: neon::nibbles }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn kernels(_: Simd) -> Kernels {
    SCALAR
}

const SCALAR: Kernels = Kernels { pack: scalar::pack, unpack: scalar::unpack, nibbles: scalar::nibbles };

#[cfg(test)]
mod tests;
