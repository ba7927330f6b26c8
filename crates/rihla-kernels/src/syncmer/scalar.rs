//! The definition, 20-mer by 20-mer.

use super::{MIX, MIX_SHIFT};
use crate::mismatch::Window;
use crate::word;

/// Sets the bits of `count` 20-mers in words that are all 0.
pub(super) fn mask(window: Window<'_>, count: usize, out: &mut [u64]) {
    let mut bases = Bases::new(window);
    let mut hashes = [(); 5].map(|()| 0);
    hashes[1..].iter_mut().for_each(|hash| *hash = bases.next_hash());
    for i in 0..count {
        hashes.rotate_left(1);
        hashes[4] = bases.next_hash();
        let [a, b, middle, d, e] = hashes;
        let smallest = (middle < a) & (middle < b) & (middle < d) & (middle < e);
        out[i / 64] |= u64::from(smallest) << (i % 64);
    }
}

/// The 16-mers of a sequence, from left to right.
struct Bases<'a> {
    window: Window<'a>,
    /// Index of the next 16-mer.
    at: usize,
    /// The 32 bases from `at` rounded down to a multiple of 16.
    word: u64,
}

impl<'a> Bases<'a> {
    fn new(window: Window<'a>) -> Self {
        Self { window, at: 0, word: 0 }
    }

    fn next_hash(&mut self) -> i32 {
        if self.at.is_multiple_of(16) {
            let (word, next) = (self.window.word(self.at / 32), self.window.word(self.at / 32 + 1));
            self.word = if self.at.is_multiple_of(32) { word } else { word >> 32 | next << 32 };
        }
        let forward = (self.word >> (2 * (self.at % 16))) as u32;
        self.at += 1;
        hash(forward)
    }
}

/// The hash of the canonical form of a 16-mer. Hashes are compared as signed numbers, which every level's
/// instructions can do; so the canonical form that is all A, whose hash is 0, is not the smallest.
pub(super) fn hash(forward: u32) -> i32 {
    let backward = (word::reverse_complement(forward.into()) >> 32) as u32;
    let product = forward.min(backward).wrapping_mul(MIX[0] as u32);
    (product ^ product >> MIX_SHIFT).wrapping_mul(MIX[1] as u32) as i32
}
