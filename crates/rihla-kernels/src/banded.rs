//! Banded affine alignment of a read with a window of the reference, ends free but rewarded.
//!
//! The definition (Smith and Waterman 1981, affine gaps after Gotoh 1982, clip penalties after
//! BWA-MEM, Li 2013). Query row `i` and band cell `b` stand for target index `j = i + first_diagonal + b`:
//!
//! ```text
//! M(i,b) = max(H(i-1,b), start(i)) + s(i,j)       start(i) = end_bonus if i = 0, else 0
//! E(i,b) = max(H(i-1,b+1) - open, E(i-1,b+1)) - extend                       (insertion)
//! F(i,b) = max(H(i,b-1) - open, F(i,b-1)) - extend                           (deletion)
//! H(i,b) = max(M, E, F)
//! ```
//!
//! An alignment begins and ends in an `M` cell; ending in the last row earns `end_bonus`. Cells outside
//! the target do not exist. Only `H` is stored: the traceback finds each move by its value, which costs
//! a search at a gap and little elsewhere. Of equal moves the diagonal comes first, so gaps lie
//! leftmost, but for one: a gap that is a copy more or fewer of a tandem repeat comes before bases that
//! are unlike, which happens seldom where such a gap happens often.
//!
//! `scalar` fills the cells row by row and is the definition; the vector levels go along
//! antidiagonals, where neither gap state depends on a cell of the same step. All share the traceback.

mod antidiagonal;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod job;
#[cfg(target_arch = "aarch64")]
mod neon;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod sse41;
mod traceback;

use std::ops::Range;

use rihla_core::Cigar;

use crate::simd::Simd;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use crate::simd::SimdLevel;
use antidiagonal::{Costs, Strips};
use job::Job;
use traceback::{Matrix, Order};

/// Lanes that the band's width is rounded up to.
const WIDTH_STEP: usize = 32;

/// Widest band.
const MAX_WIDTH: usize = 1 << 20;

/// The width of the band that is looked at where this one is asked for.
#[must_use]
pub fn width(asked: usize) -> usize {
    asked.clamp(1, MAX_WIDTH).next_multiple_of(WIDTH_STEP)
}

/// Alignment scores, all given as positive numbers. A gap of `n` bases costs `gap_open + n * gap_extend`.
/// N on either side scores -1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scoring {
    /// Score of a match, at least 1.
    pub match_score: i32,
    /// Cost of a mismatch, at least 1.
    pub mismatch: i32,
    /// Cost of opening a gap, not counting its first base; at least 0.
    pub gap_open: i32,
    /// Cost of each base of a gap, at least 1.
    pub gap_extend: i32,
    /// Reward for an end of the query that is not clipped, at least 0.
    pub end_bonus: i32,
}

impl Default for Scoring {
    /// BWA-MEM's scores.
    fn default() -> Self {
        Self { match_score: 1, mismatch: 4, gap_open: 6, gap_extend: 1, end_bonus: 5 }
    }
}

impl Scoring {
    /// Largest value of any score; more would gain nothing and could overflow.
    const MAX: i32 = 1 << 12;

    /// Every score moved into the range that its field names.
    fn clamped(self) -> Self {
        Self {
            match_score: self.match_score.clamp(1, Self::MAX),
            mismatch: self.mismatch.clamp(1, Self::MAX),
            gap_open: self.gap_open.clamp(0, Self::MAX),
            gap_extend: self.gap_extend.clamp(1, Self::MAX),
            end_bonus: self.end_bonus.clamp(0, Self::MAX),
        }
    }
}

/// Where and how a query lies on a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alignment {
    /// Sum of match, mismatch, N and gap scores, without end bonuses; above 0.
    pub score: i32,
    /// The aligned part of the query; the rest is clipped.
    pub query: Range<u32>,
    /// The aligned part of the target.
    pub target: Range<u32>,
    /// `M`, `I` and `D` over `query` and `target`; begins and ends with `M`; gaps leftmost.
    pub cigar: Cigar,
}

/// Aligns queries with targets inside a band; owns the cells, so reuse it.
#[derive(Clone, Debug)]
pub struct BandedAligner {
    simd: Simd,
    scoring: Scoring,
    rows: Vec<i32>,
    strips: Strips,
}

impl BandedAligner {
    /// An aligner. Scores outside the ranges named in [`Scoring`] are moved to the nearest bound (and to
    /// 4096 at most).
    #[must_use]
    pub fn new(simd: Simd, scoring: Scoring) -> Self {
        Self { simd, scoring: scoring.clamped(), rows: Vec::new(), strips: Strips::default() }
    }

    /// The scores in use.
    #[must_use]
    pub fn scoring(&self) -> Scoring {
        self.scoring
    }

    /// The alignment with the highest sum of scores and end bonuses among the cells with
    /// `first_diagonal <= j - i < first_diagonal + width` (`i` query index, `j` target index), or `None`
    /// where its score without bonuses is not above 0.
    ///
    /// `query` and `target` hold base codes 0..=3, more is N. `width` is rounded up to a multiple of 32
    /// (at least 32, at most 2^20). Of alignments that are equally good the one with the fewest clipped query
    /// bases at its end is taken, then at its beginning, then with the fewest gaps that are no copy more or fewer
    /// of a tandem repeat, then with the fewest unlike bases, then with the end nearest to the middle of the band,
    /// then the leftmost. Of ends in the last row four are looked at, and of ways back from each two.
    #[must_use]
    pub fn align(
        &mut self,
        query: &[u8],
        target: &[u8],
        first_diagonal: i32,
        width: usize,
    ) -> Option<Alignment> {
        if query.is_empty() || target.is_empty() {
            return None;
        }
        let width = self::width(width);
        let job = Job { query, target, first_diagonal: first_diagonal.into(), width, scoring: self.scoring };
        let Some(kernel) = kernel(self.simd, &job).filter(|_| antidiagonal::fits(&job)) else {
            let best = scalar::fill(&job, &mut self.rows);
            return Matrix::new(&job, &self.rows, Order::Rows).align(best);
        };
        let costs = self.strips.prepare(&job);
        // SAFETY: the kernel was chosen by the token, which proves that this CPU runs it.
        let best = unsafe { kernel(&mut self.strips, costs) };
        Matrix::new(&job, self.strips.cells(), Order::Antidiagonals).align(best.into())
    }
}

/// Fills the cells and returns the highest `M`; the CPU must have the level's instructions.
type Kernel = unsafe fn(&mut Strips, Costs) -> i16;

/// The vector body for a level and a width, where there is one.
#[cfg(target_arch = "x86_64")]
fn kernel(simd: Simd, job: &Job<'_>) -> Option<Kernel> {
    match simd.level() {
        SimdLevel::Avx512 if job.width.is_multiple_of(2 * avx512::LANES) => Some(avx512::fill),
        // The AVX-512 level includes AVX2.
        SimdLevel::Avx512 | SimdLevel::Avx2 => Some(avx2::fill),
        SimdLevel::Sse41 => Some(sse41::fill),
        SimdLevel::Scalar | SimdLevel::Neon => None,
    }
}

/// The vector body for a level, where there is one.
#[cfg(target_arch = "aarch64")]
fn kernel(simd: Simd, _: &Job<'_>) -> Option<Kernel> {
    (simd.level() == SimdLevel::Neon).then_some(neon::fill)
}

/// The vector body for a level: none here.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn kernel(_: Simd, _: &Job<'_>) -> Option<Kernel> {
    None
}

#[cfg(test)]
mod tests;
