//! The `f32` recurrence on one haplotype: the scalar level, and the definition of the bits that the
//! vector levels must give.

use super::row::{BaseSet, FLOOR, Row, Rows, SCALE};

/// One cell of the current row (see [`super::row`] for what it is scaled by).
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    m: f32,
    x: f32,
    y: f32,
}

/// A row of cells, column 0 first.
#[derive(Debug, Default)]
pub(super) struct Scratch(Vec<Cell>);

/// The likelihood times [`SCALE`]; not finite where the range of `f32` was left at the top.
pub(super) fn scaled_likelihood(read: &Rows, haplotype: &[BaseSet], scratch: &mut Scratch) -> f32 {
    let cells = &mut scratch.0;
    cells.clear();
    cells.resize(haplotype.len() + 1, Cell { y: start(haplotype.len()), ..Cell::default() });
    for row in &read.rows {
        advance(row, haplotype, cells);
    }
    cells[1..].iter().fold(0.0, |sum, cell| sum + (cell.m + read.last_open * cell.x))
}

/// The deletion state of row 0.
pub(super) fn start(haplotype_len: usize) -> f32 {
    SCALE / haplotype_len as f32
}

fn advance(row: &Row, haplotype: &[BaseSet], cells: &mut [Cell]) {
    let mut diagonal = cells[0];
    let mut left = Cell::default();
    cells[0] = left;
    for (cell, &set) in cells[1..].iter_mut().zip(haplotype) {
        let above = *cell;
        let gaps = row.from_insertion * diagonal.x + row.from_deletion * diagonal.y;
        *cell = Cell {
            m: (row.emission[usize::from(set)] * (diagonal.m + gaps)).max(FLOOR),
            x: above.m + row.insertion_extend * above.x,
            y: left.m + row.deletion_extend * left.y,
        };
        (diagonal, left) = (above, *cell);
    }
}
