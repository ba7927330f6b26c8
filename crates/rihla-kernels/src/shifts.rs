//! On how many near diagonals a sequence is met piece by piece: packed as in [`crate::mismatch`].

use crate::mismatch::{BASES, Window};
use crate::simd::Simd;
#[cfg(target_arch = "x86_64")]
use crate::simd::SimdLevel;

/// Bases of a piece.
pub const PIECE: usize = 5;

/// Diagonals that can be counted.
pub const MOST_DIAGONALS: usize = u16::MAX as usize;

/// The bits of a piece.
const MASK: u64 = (1 << (2 * PIECE)) - 1;

/// Counts pieces; reused.
#[derive(Clone, Debug, Default)]
pub struct Shifts {
    /// The [`PIECE`] bases from each offset on.
    pieces: Vec<u16>,
}

impl Shifts {
    /// Sets `out`, for each of the pieces of `query` that begin at `starts`, to the number of diagonals on which all its
    /// bases are alike, of `width` diagonals, at most [`MOST_DIAGONALS`], from that of base `offset` of `words` on. No piece
    /// begins at base `len` or behind it.
    pub fn count(
        &mut self,
        simd: Simd,
        query: (&[u64], usize),
        words: &[u64],
        (offset, width): (u64, usize),
        starts: &[u32],
        out: &mut Vec<u32>,
    ) {
        debug_assert!(width <= MOST_DIAGONALS);
        out.clear();
        #[cfg(target_arch = "x86_64")]
        if matches!(simd.level(), SimdLevel::Avx2 | SimdLevel::Avx512) {
            // SAFETY: the token proves that the CPU has AVX2, which its AVX-512 level includes.
            unsafe { self.count_by_avx2(query, words, (offset, width), starts, out) };
            return;
        }
        let _ = simd;
        self.count_all(query, words, (offset, width), starts, out);
    }

    #[inline(always)]
    fn count_all(
        &mut self,
        (query, len): (&[u64], usize),
        words: &[u64],
        (offset, width): (u64, usize),
        starts: &[u32],
        out: &mut Vec<u32>,
    ) {
        let count = (len + width).div_ceil(BASES);
        self.pieces.resize(count * BASES, 0);
        let window = Window::new(words, offset);
        let mut low = window.word(0);
        for (k, pieces) in self.pieces.chunks_exact_mut(BASES).enumerate() {
            let high = window.word(k + 1);
            for (i, piece) in pieces.iter_mut().enumerate() {
                // Two shifts, as one by 64 is not allowed.
                *piece = ((low >> (2 * i) | high << 1 << (63 - 2 * i)) & MASK) as u16;
            }
            low = high;
        }
        for &start in starts {
            let start = start as usize;
            let piece = (Window::new(query, start as u64).word(0) & MASK) as u16;
            let near = self.pieces.get(start..start + width).unwrap_or(&[]);
            out.push(near.iter().map(|&other| u16::from(other == piece)).sum::<u16>().into());
        }
    }

    /// [`Shifts::count_all`] with the instructions that compare 16 pieces at a time.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn count_by_avx2(
        &mut self,
        query: (&[u64], usize),
        words: &[u64],
        diagonals: (u64, usize),
        starts: &[u32],
        out: &mut Vec<u32>,
    ) {
        self.count_all(query, words, diagonals, starts, out);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{SimdLevel, mismatch};

    proptest! {
        #[test]
        fn pieces_are_counted_as_base_by_base(
            query in prop::collection::vec(0u8..3, PIECE..200),
            reference in prop::collection::vec(0u8..3, 0..400),
            offset in 0u64..300,
            width in 1usize..100,
        ) {
            let (mut packed, mut words) = (Vec::new(), Vec::new());
            mismatch::pack(&query, &mut packed);
            mismatch::pack(&reference, &mut words);
            let starts: Vec<u32> = (0..=(query.len() - PIECE) as u32).collect();
            let at = |i: usize| reference.get(i).copied().unwrap_or(0);
            let alike = |start: usize, shift: usize| {
                (start..start + PIECE).all(|i| query[i] == at(offset as usize + shift + i))
            };
            let expected: Vec<u32> = starts
                .iter()
                .map(|&start| (0..width).filter(|&shift| alike(start as usize, shift)).count() as u32)
                .collect();
            let (mut shifts, mut found) = (Shifts::default(), Vec::new());
            for simd in SimdLevel::available().into_iter().filter_map(Simd::new) {
                shifts.count(simd, (&packed, query.len()), &words, (offset, width), &starts, &mut found);
                prop_assert_eq!(&found, &expected);
            }
        }
    }
}
