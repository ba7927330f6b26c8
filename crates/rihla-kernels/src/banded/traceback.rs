//! From the filled cells to the alignment: its end, then its moves, each found by its value.

use std::cmp::Reverse;

use rihla_core::{Cigar, OpKind};

use super::job::Job;
use super::scalar::NONE;
use super::{Alignment, Scoring};

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

/// Of equally good ends so many are looked at: a tandem repeat has one on every diagonal.
const MOST_ENDS: usize = 4;

/// Which of the moves to a cell that have its value is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ties {
    /// The diagonal, else the shortest deletion, else the shortest insertion.
    Near,
    /// The gap that is a copy more or fewer of a tandem repeat, then the one that costs the most, as what it costs the
    /// bases before it do not; of equal ones the deletion.
    Copies,
}

/// A way back from an end.
struct Way {
    alignment: Alignment,
    /// Gaps that are no copy more or fewer.
    lone: u32,
    /// Aligned bases that are unlike; not those that are unknown.
    unlike: u32,
    /// Whether other moves would have done.
    tied: bool,
}

/// Aligned bases on one diagonal.
#[derive(Default)]
struct Run {
    length: usize,
    unlike: u32,
    tied: bool,
    /// The value of the cell before them, which a gap explains; nothing where the alignment begins with them.
    left: Option<i32>,
}

/// A gap that ends in a cell.
struct Gap {
    kind: OpKind,
    length: usize,
    /// Whether it is a copy more or fewer of a tandem repeat.
    is_copy: bool,
    /// Whether others end there that have the same value.
    several: bool,
}

impl Way {
    /// Of ways of one value from the same row that with the lowest is likeliest.
    fn key(&self) -> (u32, u32, u32) {
        (self.alignment.query.start, self.lone, self.unlike)
    }
}

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
        let way = self.trace(cell, value, Ties::Near);
        let way = if way.unlike == 0 { way } else { self.likeliest(way, cell, value) };
        Some(way.alignment).filter(|alignment| alignment.score > 0)
    }

    /// The likeliest of all ways back from an end and from those as good in its row, given the first.
    fn likeliest(&self, first: Way, end: Cell, value: i32) -> Way {
        let mut best = self.gaps_of(first, end, value);
        if end.0 == self.job.query.len() - 1 {
            let mut others: Vec<Cell> =
                self.ends(value).map(|(cell, _)| cell).filter(|&cell| cell != end).collect();
            others.sort_unstable_by_key(|&cell| Reverse(self.preference(cell)));
            for cell in others.into_iter().take(MOST_ENDS - 1) {
                let way = self.gaps_of(self.trace(cell, value, Ties::Near), cell, value);
                best = if way.key() < best.key() { way } else { best };
            }
        }
        best
    }

    /// The likelier of a way and the one with gaps where it has ties.
    fn gaps_of(&self, way: Way, end: Cell, value: i32) -> Way {
        if !way.tied {
            return way;
        }
        let other = self.trace(end, value, Ties::Copies);
        if other.key() < way.key() { other } else { way }
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
        let at_last =
            self.ends(best - self.job.scoring.end_bonus).max_by_key(|&(cell, m)| (m, self.preference(cell)));
        at_last.unwrap_or_else(|| (self.find(best), best))
    }

    /// The cells in the last row of which `M` is so high at least.
    fn ends(&self, least: i32) -> impl Iterator<Item = (Cell, i32)> {
        let last = self.job.query.len() - 1;
        // `M` is not above `H`, so few cells need a closer look.
        let ends = (0..self.job.width).filter(move |&b| self.h(last, b) >= least).filter_map(move |b| {
            let j = self.job.target_index(last, b)?;
            let (before, score) = self.diagonal(last, b, j);
            Some(((last, b), before.max(self.job.start(last)) + score))
        });
        ends.filter(move |&(_, m)| m >= least)
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
    fn trace(&self, end: Cell, value: i32, ties: Ties) -> Way {
        let (mut i, mut b) = end;
        let mut h = value;
        let mut cigar = Cigar::new();
        let (mut lone, mut unlike, mut tied) = (0, 0, false);
        loop {
            let run = self.matches(i, b, h, ties);
            cigar.push(OpKind::Match, run.length as u32);
            unlike += run.unlike;
            tied |= run.tied;
            let Some(at_gap) = run.left else {
                i -= run.length - 1;
                break;
            };
            i -= run.length;
            let gap = self.gap((i, b), at_gap, ties).expect("what the diagonal does not explain a gap does");
            tied |= gap.several;
            lone += u32::from(!gap.is_copy);
            cigar.push(gap.kind, gap.length as u32);
            (i, b) = self.before((i, b), &gap);
            h = self.h(i, b);
        }
        cigar.reverse();
        let alignment = Alignment {
            score: value - self.job.start(i),
            query: i as u32..end.0 as u32 + 1,
            target: self.index(i, b) as u32..self.index(end.0, end.1) as u32 + 1,
            cigar,
        };
        Way { alignment, lone, unlike, tied }
    }

    /// Walks back along the diagonal from a cell of value `h`.
    fn matches(&self, i: usize, b: usize, mut h: i32, ties: Ties) -> Run {
        let j = self.index(i, b);
        let mut run = Run::default();
        loop {
            let n = run.length;
            let (before, score) = self.diagonal(i - n, b, j - n);
            let start = self.job.start(i - n);
            if before.max(start) + score != h {
                return Run { left: Some(h), ..run };
            }
            // An unknown base speaks for no gap.
            let unlike = score == -self.job.scoring.mismatch;
            if unlike && self.is_tied((i - n, b), h, score) {
                run.tied = true;
                if ties == Ties::Copies {
                    return Run { left: Some(h), ..run };
                }
            }
            run.unlike += u32::from(unlike);
            run.length += 1;
            if before < start {
                return run;
            }
            h = before;
        }
    }

    /// The gap that ends in a cell of value `h`, if there is one.
    fn gap(&self, cell: Cell, h: i32, ties: Ties) -> Option<Gap> {
        let (i, b) = cell;
        let Scoring { match_score, gap_open, gap_extend, end_bonus, .. } = self.job.scoring;
        // What is before a gap scores no more than matches alone.
        let most = (i as i32 + 1) * match_score + end_bonus - h - gap_open;
        let longest = |each: i32| (most / each).max(0) as usize;
        let before = |n: usize| h + gap_open + n as i32 * gap_extend;
        let deletions = 1..=b.min(self.index(i, b)).min(longest(gap_extend));
        let insertions = 1..=i.min(self.job.width - 1 - b).min(longest(gap_extend + match_score));
        let deletions = deletions.filter(|&n| self.h(i, b - n) == before(n));
        let insertions = insertions.filter(|&n| self.h(i - n, b + n) == before(n));
        let gap =
            |kind, length| Gap { kind, length, is_copy: self.is_copy(cell, kind, length), several: false };
        let mut all =
            deletions.map(|n| gap(OpKind::Deletion, n)).chain(insertions.map(|n| gap(OpKind::Insertion, n)));
        let mut best = all.next()?;
        for other in all {
            let key = |gap: &Gap| {
                let each = if gap.kind == OpKind::Deletion { gap_extend } else { gap_extend + match_score };
                (gap.is_copy, gap.length as i32 * each)
            };
            if ties == Ties::Copies && key(&other) > key(&best) {
                best = other;
            }
            best.several = true;
        }
        Some(best)
    }

    /// Whether the bases of a gap that ends in a cell stand behind it again: it is a copy more or fewer of a tandem repeat.
    fn is_copy(&self, (i, b): Cell, kind: OpKind, length: usize) -> bool {
        let Job { query, target, .. } = *self.job;
        let behind = self.index(i, b) + 1;
        let gap = if kind == OpKind::Deletion {
            &target[behind - length..behind]
        } else {
            &query[i + 1 - length..=i]
        };
        target.get(behind..behind + length) == Some(gap)
    }

    /// The cell before a gap that ends in one.
    fn before(&self, (i, b): Cell, gap: &Gap) -> Cell {
        match gap.kind {
            OpKind::Deletion => (i, b - gap.length),
            _ => (i - gap.length, b + gap.length),
        }
    }

    /// Whether a copy more or fewer explains the value of a cell whose bases score so little, and the pair before that
    /// gap scores more: else the gap would not be leftmost.
    fn is_tied(&self, cell: Cell, h: i32, score: i32) -> bool {
        self.gap(cell, h, Ties::Copies).is_some_and(|gap| {
            let (i, b) = self.before(cell, &gap);
            gap.is_copy && self.job.score(i, self.index(i, b)) > score
        })
    }

    fn index(&self, i: usize, b: usize) -> usize {
        self.job.target_index(i, b).expect("a path stays inside the target")
    }
}
