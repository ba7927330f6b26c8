//! The vector body: one read against as many haplotypes as a vector has lanes.
//!
//! Each lane does what [`super::single`] does, operation for operation, so it gives the same bits,
//! whatever the other lanes hold. Four read rows go over the haplotypes at a time: the cells between
//! the rows of such a tile stay in registers, and the one row that memory holds is read and written
//! once in four rows.
//!
//! The body is stamped into a module for each instruction set, which must offer `LANES`, `Vector`,
//! `Codes`, `Emission` and the functions `load`, `store`, `splat`, `add`, `mul`, `max`, `load_codes`,
//! `emission` and `emit`, all with the same target features: so the compiler may inline them.

/// Values of a column: `m` of each lane, then `x`, then `y`.
pub(super) const STATES: usize = 3;

macro_rules! stamp_sweep {
    ($features:literal) => {
        use crate::pairhmm::row::{BaseSet, FLOOR, Row};
        use crate::pairhmm::sweep::STATES;

        /// The three states of one cell of each lane.
        #[derive(Clone, Copy)]
        struct Cell {
            m: Vector,
            x: Vector,
            y: Vector,
        }

        /// The constants of a row, in every lane.
        #[derive(Clone, Copy)]
        struct Constants {
            emission: Emission,
            from_insertion: Vector,
            from_deletion: Vector,
            insertion_extend: Vector,
            deletion_extend: Vector,
        }

        /// Runs all rows of a read; `cells` then holds the last row.
        ///
        /// `sets` has a base of each lane for each column, `start` the deletion state of row 0 of
        /// each lane, `cells` room for `STATES * LANES` values a column.
        #[target_feature(enable = $features)]
        pub(in crate::pairhmm) fn sweep(rows: &[Row], sets: &[BaseSet], start: &[f32], cells: &mut [f32]) {
            let zero = splat(0.0);
            let nothing = Cell { m: zero, x: zero, y: zero };
            let mut corner = Cell { y: load(start), ..nothing };
            for column in cells.chunks_exact_mut(STATES * LANES) {
                store_cell(corner, column);
            }
            let mut tiles = rows.chunks_exact(4);
            for tile in &mut tiles {
                advance::<4>(tile, sets, corner, cells);
                corner = nothing;
            }
            match tiles.remainder() {
                rows @ [_] => advance::<1>(rows, sets, corner, cells),
                rows @ [_, _] => advance::<2>(rows, sets, corner, cells),
                rows @ [_, _, _] => advance::<3>(rows, sets, corner, cells),
                _ => {}
            }
        }

        /// Replaces the row above a tile of rows by the last row of the tile. `corner` is column 0 of
        /// the row above; in the rows themselves column 0 is all zero.
        #[target_feature(enable = $features)]
        fn advance<const ROWS: usize>(rows: &[Row], sets: &[BaseSet], corner: Cell, cells: &mut [f32]) {
            let zero = splat(0.0);
            let floor = splat(FLOOR);
            let mut constants = [constants(&rows[0]); ROWS];
            for (constants, row) in constants.iter_mut().zip(rows).skip(1) {
                *constants = self::constants(row);
            }
            let mut left = [Cell { m: zero, x: zero, y: zero }; ROWS];
            let mut above_left = corner;
            for (column, sets) in cells.chunks_exact_mut(STATES * LANES).zip(sets.chunks_exact(LANES)) {
                let codes = load_codes(sets);
                let mut above = load_cell(column);
                let mut diagonal = above_left;
                above_left = above;
                for (constants, left) in constants.iter().zip(&mut left) {
                    let gaps = add(
                        mul(constants.from_insertion, diagonal.x),
                        mul(constants.from_deletion, diagonal.y),
                    );
                    let m = mul(emit(constants.emission, codes), add(diagonal.m, gaps));
                    let cell = Cell {
                        m: max(m, floor),
                        x: add(above.m, mul(constants.insertion_extend, above.x)),
                        y: add(left.m, mul(constants.deletion_extend, left.y)),
                    };
                    diagonal = *left;
                    *left = cell;
                    above = cell;
                }
                store_cell(above, column);
            }
        }

        #[target_feature(enable = $features)]
        #[inline]
        fn constants(row: &Row) -> Constants {
            Constants {
                emission: emission(row),
                from_insertion: splat(row.from_insertion),
                from_deletion: splat(row.from_deletion),
                insertion_extend: splat(row.insertion_extend),
                deletion_extend: splat(row.deletion_extend),
            }
        }

        #[target_feature(enable = $features)]
        #[inline]
        fn load_cell(column: &[f32]) -> Cell {
            Cell {
                m: load(&column[..LANES]),
                x: load(&column[LANES..2 * LANES]),
                y: load(&column[2 * LANES..]),
            }
        }

        #[target_feature(enable = $features)]
        #[inline]
        fn store_cell(cell: Cell, column: &mut [f32]) {
            store(cell.m, &mut column[..LANES]);
            store(cell.x, &mut column[LANES..2 * LANES]);
            store(cell.y, &mut column[2 * LANES..]);
        }
    };
}
pub(super) use stamp_sweep;
