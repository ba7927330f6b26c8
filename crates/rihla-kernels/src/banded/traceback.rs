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
        let ends = (0..self.job.width).filter_map(|b| {
            let j = self.job.target_index(last, b)?;
            let (before, score) = self.diagonal(last, b, j);
            Some(((last, b), before.max(self.job.start(last)) + score))
        });
        let at_last = ends.max_by_key(|&(cell, m)| (m, self.preference(cell)));
        match at_last {
            Some((cell, m)) if m + self.job.scoring.end_bonus >= best => (cell, m),
            _ => (self.find(best), best),
        }
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
        let end_target = self.index(i, b) + 1;
        let mut h = value;
        let mut cigar = Cigar::new();
        loop {
            let j = self.index(i, b);
            let (before, score) = self.diagonal(i, b, j);
            let start = self.job.start(i);
            if before.max(start) + score != h {
                let (kind, n) = self.gap(i, b, h);
                cigar.push(kind, n as u32);
                b = if kind == OpKind::Deletion { b - n } else { b + n };
                i = if kind == OpKind::Deletion { i } else { i - n };
                h = self.h(i, b);
                continue;
            }
            cigar.push(OpKind::Match, 1);
            if before < start {
                break;
            }
            h = before;
            i -= 1;
        }
        cigar.reverse();
        Alignment {
            score: value - self.job.start(i),
            query: i as u32..end.0 as u32 + 1,
            target: self.index(i, b) as u32..end_target as u32,
            cigar,
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
