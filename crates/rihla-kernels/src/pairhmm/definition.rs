//! The model in `f64`, one haplotype at a time, row by row: what every other path must agree with.

use rihla_core::base;

use super::HmmRead;
use super::probability::error;

/// Rows whose largest value leaves `1/RANGE ..= RANGE` are multiplied by a power of two, so that no
/// read is too long or too different for `f64`.
pub(super) const RANGE: f64 = f64::from_bits((1023 + 256) << 52); // 2^256

/// One cell of the current row.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    matched: f64,
    insertion: f64,
    deletion: f64,
}

/// A row of cells, column 0 first (before the first base of the haplotype).
#[derive(Debug, Default)]
pub(super) struct Scratch(Vec<Cell>);

/// The transition and emission probabilities of one read base.
pub(super) struct Row {
    pub(super) base: u8,
    pub(super) right: f64,
    pub(super) wrong: f64,
    pub(super) match_match: f64,
    pub(super) gap_match: f64,
    pub(super) insertion_open: f64,
    pub(super) deletion_open: f64,
    pub(super) gap_extend: f64,
}

impl Row {
    pub(super) fn new(read: &HmmRead<'_>, i: usize) -> Self {
        let base_error = error(read.base_quals[i]);
        let (insertion_open, deletion_open) = (error(read.insertion_open[i]), error(read.deletion_open[i]));
        let gap_extend = error(read.gap_extend[i]);
        Self {
            base: read.bases[i],
            right: 1.0 - base_error,
            wrong: base_error / 3.0,
            match_match: (1.0 - (insertion_open + deletion_open)).max(0.0),
            gap_match: 1.0 - gap_extend,
            insertion_open,
            deletion_open,
            gap_extend,
        }
    }

    fn emission(&self, haplotype_base: u8) -> f64 {
        let equal = self.base == haplotype_base || self.base >= base::N || haplotype_base >= base::N;
        if equal { self.right } else { self.wrong }
    }

    /// Replaces the row above by this row; returns the largest value of it.
    fn advance(&self, haplotype: &[u8], cells: &mut [Cell]) -> f64 {
        let mut diagonal = cells[0];
        let mut left = Cell::default();
        cells[0] = left;
        let mut largest = 0.0_f64;
        for (cell, &haplotype_base) in cells[1..].iter_mut().zip(haplotype) {
            let above = *cell;
            let arriving = self.match_match * diagonal.matched
                + self.gap_match * (diagonal.insertion + diagonal.deletion);
            *cell = Cell {
                matched: self.emission(haplotype_base) * arriving,
                insertion: self.insertion_open * above.matched + self.gap_extend * above.insertion,
                deletion: self.deletion_open * left.matched + self.gap_extend * left.deletion,
            };
            (diagonal, left) = (above, *cell);
            largest = largest.max(cell.matched).max(cell.insertion).max(cell.deletion);
        }
        largest
    }
}

/// log10 likelihood of the read given the haplotype.
pub(super) fn log10_likelihood(read: &HmmRead<'_>, haplotype: &[u8], scratch: &mut Scratch) -> f64 {
    if read.is_empty() {
        return 0.0;
    }
    if haplotype.is_empty() {
        return f64::NEG_INFINITY;
    }
    let cells = &mut scratch.0;
    let start = Cell { deletion: 1.0 / haplotype.len() as f64, ..Cell::default() };
    cells.clear();
    cells.resize(haplotype.len() + 1, start);

    let mut scale = 0.0; // the cells are 10^scale times too large
    for i in 0..read.len() {
        let largest = Row::new(read, i).advance(haplotype, cells);
        if largest < 1.0 / RANGE {
            scale += rescale(cells, RANGE);
        } else if largest > RANGE {
            scale += rescale(cells, 1.0 / RANGE);
        }
    }
    let total: f64 = cells[1..].iter().map(|cell| cell.matched + cell.insertion).sum();
    total.log10() - scale
}

/// Multiplies the row by a power of two; returns log10 of it.
fn rescale(cells: &mut [Cell], factor: f64) -> f64 {
    for cell in cells {
        cell.matched *= factor;
        cell.insertion *= factor;
        cell.deletion *= factor;
    }
    factor.log10()
}
