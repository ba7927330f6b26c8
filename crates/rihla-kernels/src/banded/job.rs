//! What is aligned with what, cell by cell.

use super::Scoring;

/// One query, one target and a band.
pub(super) struct Job<'a> {
    /// Base codes; not empty.
    pub query: &'a [u8],
    /// Base codes; not empty.
    pub target: &'a [u8],
    /// `j - i` of band cell 0.
    pub first_diagonal: i64,
    /// Cells in a row; a multiple of 32.
    pub width: usize,
    /// Scores within their ranges.
    pub scoring: Scoring,
}

impl Job<'_> {
    /// Target index of a cell, where it is inside the target.
    #[inline]
    pub fn target_index(&self, i: usize, b: usize) -> Option<usize> {
        let j = i as i64 + self.first_diagonal + b as i64;
        usize::try_from(j).ok().filter(|&j| j < self.target.len())
    }

    /// Score of an alignment before its first base, which is in row `i`.
    #[inline]
    pub fn start(&self, i: usize) -> i32 {
        if i == 0 { self.scoring.end_bonus } else { 0 }
    }

    /// Score of query base `i` against target base `j`.
    #[inline]
    pub fn score(&self, i: usize, j: usize) -> i32 {
        match (self.query[i], self.target[j]) {
            (q, t) if q > 3 || t > 3 => -1,
            (q, t) if q == t => self.scoring.match_score,
            _ => -self.scoring.mismatch,
        }
    }
}
