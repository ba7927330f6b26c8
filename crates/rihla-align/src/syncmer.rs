//! The seeds of a sequence: its open syncmers, as [`rihla_kernels::syncmer`] defines them.
//!
//! The choice is the same on both strands and needs no neighbors, so a 20-mer that occurs once in the
//! table occurs once in the genome: the fact that mapping quality rests on.

use rihla_kernels::syncmer as kernel;
pub use rihla_kernels::syncmer::{HASH_BITS, K, S};
use rihla_kernels::{Simd, mismatch};

/// One seed of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Syncmer {
    /// Hash of the canonical 20-mer, [`HASH_BITS`] wide; different 20-mers have different hashes.
    pub hash: u64,
    /// Where it starts in the sequence.
    pub position: u32,
    /// Whether the canonical form is the reverse complement of what stands in the sequence.
    pub reverse: bool,
    /// Whether it is its own reverse complement, so that its strand cannot be told.
    pub palindrome: bool,
}

impl Syncmer {
    /// The syncmer `position` bases after base `offset` of packed words.
    #[inline]
    #[must_use]
    pub fn at(words: &[u64], offset: u64, position: u32) -> Self {
        let (hash, reverse, palindrome) = kernel::seed_hash(words, offset + u64::from(position));
        Self { hash, position, reverse, palindrome }
    }
}

/// Finds syncmers; its buffers are reused.
#[derive(Default)]
pub struct Scanner {
    mask: Vec<u64>,
}

impl Scanner {
    /// Calls `found` for each syncmer among `len` packed bases from base `offset` of `words`, left to
    /// right; positions count from `offset`. Words that hold a base marked in `unknown` (bit `i % 64` of
    /// word `i / 64` for base `offset + i`) are passed over.
    pub fn scan(
        &mut self,
        simd: Simd,
        (words, offset, len): (&[u64], u64, usize),
        unknown: &[u64],
        mut found: impl FnMut(Syncmer),
    ) {
        self.positions(simd, (words, offset, len), unknown, |position| {
            found(Syncmer::at(words, offset, position));
        });
    }

    /// The same, but for the hashes: calls `found` with the position of each syncmer.
    pub fn positions(
        &mut self,
        simd: Simd,
        (words, offset, len): (&[u64], u64, usize),
        unknown: &[u64],
        mut found: impl FnMut(u32),
    ) {
        kernel::mask(simd, words, offset, len, &mut self.mask);
        kernel::exclude(&mut self.mask, unknown);
        for (k, &bits) in self.mask.iter().enumerate() {
            let mut bits = bits;
            while bits != 0 {
                found((64 * k) as u32 + bits.trailing_zeros());
                bits &= bits - 1;
            }
        }
    }
}

/// Calls `found` for each syncmer of `codes`, left to right. Words with a base above 3 are passed over.
pub fn for_each(codes: &[u8], found: impl FnMut(Syncmer)) {
    let mut words = Vec::new();
    mismatch::pack(codes, &mut words);
    let mut unknown = vec![0u64; codes.len().div_ceil(64)];
    for (at, _) in codes.iter().enumerate().filter(|(_, code)| **code > 3) {
        unknown[at / 64] |= 1 << (at % 64);
    }
    Scanner::default().scan(Simd::best(), (&words, 0, codes.len()), &unknown, found);
}

/// A digest of how seeds are chosen and hashed: those of a fixed sequence. An index whose digest differs
/// was built by another definition and would find nothing, or too little, without a word.
#[must_use]
pub fn definition() -> u64 {
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 62) as u8
    };
    let codes: Vec<u8> = (0..4096).map(|_| next()).collect();
    let mut seeds = Vec::new();
    for_each(&codes, |Syncmer { hash, position, reverse, palindrome }| {
        let flags = u64::from(reverse) | u64::from(palindrome) << 1;
        seeds.extend([hash, u64::from(position), flags].map(u64::to_le_bytes).concat());
    });
    xxhash_rust::xxh3::xxh3_64(&seeds)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rihla_core::base;

    use super::*;

    fn all(codes: &[u8]) -> Vec<Syncmer> {
        let mut out = Vec::new();
        for_each(codes, |syncmer| out.push(syncmer));
        out
    }

    #[test]
    fn palindromes_are_marked() {
        let half = [0u8, 1, 2, 2, 0, 3, 1, 1, 0, 2];
        let mut codes = half.to_vec();
        codes.extend(half.iter().rev().map(|&code| 3 - code));
        for syncmer in all(&codes) {
            assert!(syncmer.palindrome && !syncmer.reverse);
        }
    }

    proptest! {
        #[test]
        fn both_strands_choose_the_same_words(codes in prop::collection::vec(0u8..5, 20..300)) {
            let mut reversed = Vec::new();
            base::reverse_complement_into(&codes, &mut reversed);
            let here = all(&codes);
            let mut there = all(&reversed);
            there.reverse();
            prop_assert_eq!(here.len(), there.len());
            for (a, b) in here.iter().zip(&there) {
                prop_assert_eq!(a.hash, b.hash);
                prop_assert_eq!(a.position as usize + K, codes.len() - b.position as usize);
                prop_assert!(a.palindrome == b.palindrome && (a.palindrome || a.reverse != b.reverse));
            }
        }

        #[test]
        fn one_position_in_five_is_kept(codes in prop::collection::vec(0u8..4, 4000)) {
            let kept = all(&codes).len();
            prop_assert!((600..1000).contains(&kept), "{} kept", kept);
        }
    }
}
