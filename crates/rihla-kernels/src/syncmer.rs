//! Open syncmers: which 20-mers of a packed sequence are seeds, chosen by their own letters alone.
//!
//! The definition (after Edgar 2021, "Syncmers are more sensitive than minimizers"). A word of bases is
//! the number that its 2-bit codes make, the first base in the lowest bits; a word and its reverse
//! complement have one canonical form, the smaller number. The 20-mer at `i` is a seed when
//!
//! ```text
//! h(i+2) < h(i), h(i+1), h(i+3), h(i+4)        h(j): hash of the canonical 16-mer at j
//! ```
//!
//! The middle one must be smaller, not as small: in runs of one letter or of a pair of letters, where
//! hashes repeat, nothing is a seed. Both strands choose the same 20-mers, and no neighbor has a say, so a
//! 20-mer that occurs once among the seeds of a genome occurs once in the genome.
//!
//! Sequences are packed as in [`crate::mismatch`]; bases beyond the end of a slice of words read as A.
//! `scalar` is the definition; the vector levels hash 16 neighbors at a time.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod sse41;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod sweep;

use crate::mismatch::Window;
use crate::simd::Simd;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use crate::simd::SimdLevel;
use crate::word;

/// Bases of a seed.
pub const K: usize = 20;
/// Bases of the short words inside a seed that decide whether it is one.
pub const S: usize = 16;
/// Bits of a seed's hash: two a base, as the hash is a bijection.
pub const HASH_BITS: u32 = 2 * K as u32;

/// The middle of five short words is compared with the other four.
const _: () = assert!(K - S + 1 == 5);
const K_MASK: u64 = (1 << HASH_BITS) - 1;

/// The two odd factors of the hash of short words, `((x * A) ^ (x * A) >> 15) * B` modulo 2^32, a
/// bijection. One product alone would tie the hashes of neighbors, which are shifts of one another.
const MIX: [i32; 2] = [0x2c1b_3c6d, 0x297a_2d39];
/// The shift between the products.
const MIX_SHIFT: i32 = 15;

/// Sets bit `i % 64` of word `i / 64` of `out`, which is replaced, where the 20-mer `i` bases after base
/// `offset` of `words` is a seed; `len` bases from `offset` on are looked at.
///
/// `out` gets a bit for each 20-mer, `len - 19` of them, rounded up to words; none where `len < 20`.
/// Whoever packed N as A must pass over the seeds that touch one: see [`exclude`].
pub fn mask(simd: Simd, words: &[u64], offset: u64, len: usize, out: &mut Vec<u64>) {
    let count = (len + 1).saturating_sub(K);
    out.clear();
    out.resize(count.div_ceil(64), 0);
    let window = Window::new(words, offset);
    match sweep(simd) {
        // SAFETY: the sweep was chosen by the token, which proves that this CPU runs it.
        Some(sweep) => unsafe { sweep(window, count, out) },
        None => scalar::mask(window, count, out),
    }
}

/// Clears the bits of `mask` (as [`mask`] gives it) whose 20-mers hold a base that is marked in `unknown`
/// (bit `i % 64` of word `i / 64` for base `i` after the same offset; words beyond the slice read as 0).
pub fn exclude(mask: &mut [u64], unknown: &[u64]) {
    let mut low = unknown.first().copied().unwrap_or(0);
    for (k, seeds) in mask.iter_mut().enumerate() {
        let high = unknown.get(k + 1).copied().unwrap_or(0);
        if low | high != 0 {
            // Bit i of `within` is set where one of the bases i..i+20 is marked: runs of 16, then of 20.
            let mut within = u128::from(low) | u128::from(high) << 64;
            for shift in [1, 2, 4, 8, K - S] {
                within |= within >> shift;
            }
            *seeds &= !(within as u64);
        }
        low = high;
    }
}

/// The hash of the canonical form of the 20-mer at base `offset` ([`HASH_BITS`] wide; different words have
/// different hashes), whether that form is the reverse complement of what stands there, and whether the
/// 20-mer is its own reverse complement, so that its strand cannot be told.
#[inline]
#[must_use]
pub fn seed_hash(words: &[u64], offset: u64) -> (u64, bool, bool) {
    let forward = Window::new(words, offset).word(0) & K_MASK;
    let backward = word::reverse_complement(forward) >> (64 - HASH_BITS);
    (mix(forward.min(backward)), backward < forward, backward == forward)
}

/// A bijection of 40-bit words that spreads them evenly.
#[inline]
fn mix(word: u64) -> u64 {
    let mut x = word;
    x ^= x >> 21;
    x = x.wrapping_mul(0x9E_3779_B97F_4A7D) & K_MASK;
    x ^= x >> 19;
    x = x.wrapping_mul(0xD1_B549_32D9_5A53) & K_MASK;
    x ^ (x >> 20)
}

/// Sets the bits of `count` 20-mers in words that are all 0; the CPU must have the level's instructions.
type Sweep = unsafe fn(Window<'_>, usize, &mut [u64]);

/// The vector body for a level, where there is one.
#[cfg(target_arch = "x86_64")]
fn sweep(simd: Simd) -> Option<Sweep> {
    match simd.level() {
        SimdLevel::Avx512 => Some(avx512::mask),
        SimdLevel::Avx2 => Some(avx2::mask),
        SimdLevel::Sse41 => Some(sse41::mask),
        SimdLevel::Scalar | SimdLevel::Neon => None,
    }
}

/// The vector body for a level, where there is one.
#[cfg(target_arch = "aarch64")]
fn sweep(simd: Simd) -> Option<Sweep> {
    (simd.level() == SimdLevel::Neon).then_some(neon::mask)
}

/// The vector body for a level: none here.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn sweep(_: Simd) -> Option<Sweep> {
    None
}

#[cfg(test)]
mod tests;
