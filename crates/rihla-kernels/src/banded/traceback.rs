//! From the filled cells to the alignment: its end, then its moves, each found by its value.

use std::cmp::Reverse;

use rihla_core::{Cigar, OpKind};

use super::Alignment;
use super::job::Job;
use super::scalar::NONE;

/// How the cells lie in memory. Either way cell `(i, b)` is at `i * width` and something of `b` alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Row after row.
    Rows,
    /// Antidiagonal after antidiagonal: `k = 2i + b` has the cells of `b` with the parity of `k`, in
    /// ascending order. `i` runs below 0 and beyond the query there.
    Antidiagonals,
}

/// `H` of every cell of a job.
pub(super) struct Matrix<'a, T> {
    job: &'a Job<'a>,
    cells: &'a [T],
    order: Order,
}

/// Row and band cell.
type Cell = (usize, usize);

impl<'a, T: Copy + Into<i32>> Matrix<'a, T> {
    pub fn new(job: &'a Job<'a>, cells: &'a [T], order: Order) -> Self {
        Self { job, cells, order }
    }

    /// The best alignment, given the highest `M` of all cells.
    pub fn align(&self, best: i32) -> Option<Alignment> {
        if best <= 0 {
            return None;
        }
        let (cell, value) = self.end(best);
        Some(self.trace(cell, value)).filter(|alignment| alignment.score > 0)
    }

    #[inline]
    fn h(&self, i: usize, b: usize) -> i32 {
        let column = match self.order {
            Order::Rows => b,
            Order::Antidiagonals => b * (self.job.width / 2) + b / 2,
        };
        self.cells[i * self.job.width + column].into()
    }

    /// `H` of the cell before on the diagonal, and the score of this one.
    #[inline]
    fn diagonal(&self, i: usize, b: usize, j: usize) -> (i32, i32) {
        let before = if i > 0 && j > 0 { self.h(i - 1, b) } else { NONE };
        (before, self.job.score(i, j))
    }

    /// Preference among ends of one value.
    fn preference(&self, (i, b): Cell) -> (usize, Reverse<usize>, Reverse<usize>) {
        (i, Reverse((2 * b + 1).abs_diff(self.job.width)), Reverse(b))
    }

    /// The cell where the best alignment ends, and its `M`.
    fn end(&self, best: i32) -> (Cell, i32) {
        let last = self.job.query.len() - 1;
        let least = best - self.job.scoring.end_bonus;
        // `M` is not above `H`, so few cells need a closer look.
        let ends = (0..self.job.width).filter(|&b| self.h(last, b) >= least).filter_map(|b| {
            let j = self.job.target_index(last, b)?;
            let (before, score) = self.diagonal(last, b, j);
            Some(((last, b), before.max(self.job.start(last)) + score))
        });
        let at_last = ends.filter(|&(_, m)| m >= least).max_by_key(|&(cell, m)| (m, self.preference(cell)));
        at_last.unwrap_or_else(|| (self.find(best), best))
    }

    /// The preferred cell with `H` equal to `best`, the highest `M`, which is not in the last row. As
    /// gaps cost, `H` is `M` there, and cells outside the target hold less.
    fn find(&self, best: i32) -> Cell {
        let stride = if self.order == Order::Rows { self.job.width } else { self.job.width / 2 };
        let mut found = None;
        for (k, stretch) in self.cells.chunks_exact(stride).enumerate().rev() {
            let deepest = if self.order == Order::Rows { k } else { k / 2 };
            if found.is_some_and(|(i, _)| i > deepest) {
                break;
            }
            if !stretch.iter().fold(false, |any, &h| any | (h.into() == best)) {
                continue;
            }
            let equal = (0..stride).filter(|&lane| stretch[lane].into() == best);
            let cells = equal.map(|lane| self.cell(k, lane)).chain(found);
            found = cells.max_by_key(|&cell| self.preference(cell));
        }
        found.expect("the highest value is in a cell")
    }

    fn cell(&self, k: usize, lane: usize) -> Cell {
        match self.order {
            Order::Rows => (k, lane),
            Order::Antidiagonals => {
                let b = 2 * lane + k % 2;
                ((k - b) / 2, b)
            }
        }
    }

    /// Walks back from the end with `M` = `value`.
    fn trace(&self, end: Cell, value: i32) -> Alignment {
        let (mut i, mut b) = end;
        let mut h = value;
        let mut cigar = Cigar::new();
        loop {
            let (matches, left) = self.matches(i, b, h);
            cigar.push(OpKind::Match, matches as u32);
            let Some(at_gap) = left else {
                i -= matches - 1;
                break;
            };
            i -= matches;
            let (kind, n) = self.gap(i, b, at_gap);
            cigar.push(kind, n as u32);
            (i, b) = if kind == OpKind::Deletion { (i, b - n) } else { (i - n, b + n) };
            h = self.h(i, b);
        }
        cigar.reverse();
        Alignment {
            score: value - self.job.start(i),
            query: i as u32..end.0 as u32 + 1,
            target: self.index(i, b) as u32..self.index(end.0, end.1) as u32 + 1,
            cigar,
        }
    }

    /// Walks back along the diagonal from a cell of value `h`: the number of bases, then the value of
    /// the cell that needs a gap, or `None` where the alignment begins with the last base counted.
    fn matches(&self, i: usize, b: usize, mut h: i32) -> (usize, Option<i32>) {
        let j = self.index(i, b);
        let mut n = 0;
        loop {
            let (before, score) = self.diagonal(i - n, b, j - n);
            let start = self.job.start(i - n);
            if before.max(start) + score != h {
                return (n, Some(h));
            }
            n += 1;
            if before < start {
                return (n, None);
            }
            h = before;
        }
    }

    /// The gap that ends in a cell of value `h`: the shortest deletion, else the shortest insertion.
    fn gap(&self, i: usize, b: usize, h: i32) -> (OpKind, usize) {
        let before = |n: usize| h + self.job.scoring.gap_open + n as i32 * self.job.scoring.gap_extend;
        let deletions = 1..=b.min(self.index(i, b));
        let insertions = 1..=i.min(self.job.width - 1 - b);
        let mut deletion = deletions.filter(|&n| self.h(i, b - n) == before(n));
        let mut insertion = insertions.filter(|&n| self.h(i - n, b + n) == before(n));
        let deletion = deletion.next().map(|n| (OpKind::Deletion, n));
        deletion
            .or_else(|| insertion.next().map(|n| (OpKind::Insertion, n)))
            .expect("a cell that the diagonal does not explain is the end of a gap")
    }

    fn index(&self, i: usize, b: usize) -> usize {
        self.job.target_index(i, b).expect("a path stays inside the target")
    }
}
