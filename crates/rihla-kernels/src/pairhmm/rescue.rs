//! The definition on eight haplotypes at a time, for those that `f32` cannot hold.
//!
//! Each lane does what [`super::definition`] does, operation for operation. The body is plain Rust on
//! arrays of eight; compiled for a level, the loops over them become vectors.

use super::HmmRead;
use super::definition::{self, RANGE, Row};
use super::row::{BaseSet, PAD, base_set};
use crate::Simd;
#[cfg(target_arch = "x86_64")]
use crate::SimdLevel;

const LANES: usize = 8;
type Lanes = [f64; LANES];
type Sets = [BaseSet; LANES];

/// One cell of the current row, of each lane.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    matched: Lanes,
    insertion: Lanes,
    deletion: Lanes,
}

/// The haplotypes of eight lanes and the current row.
#[derive(Debug, Default)]
struct Lot {
    /// Bases of each column; [`PAD`] after the end of a haplotype.
    sets: Vec<Sets>,
    cells: Vec<Cell>,
    /// The cells are `10^scale` times too large.
    scale: Lanes,
}

/// The rescue for one CPU level.
#[derive(Debug)]
pub(super) struct Rescue {
    run: unsafe fn(&HmmRead<'_>, &mut Lot),
    lot: Lot,
    single: definition::Scratch,
}

impl Rescue {
    pub(super) fn new(simd: Simd) -> Self {
        Self { run: body(simd), lot: Lot::default(), single: definition::Scratch::default() }
    }

    /// Replaces what is not a number in `values`, one of each haplotype.
    pub(super) fn fill(&mut self, read: &HmmRead<'_>, haplotypes: &[&[u8]], values: &mut [f64]) {
        let mut missing: Vec<(&mut f64, &[u8])> = values
            .iter_mut()
            .zip(haplotypes.iter().copied())
            .filter(|(value, haplotype)| value.is_nan() && !haplotype.is_empty())
            .collect();
        for lot in missing.chunks_mut(LANES) {
            if let [(value, haplotype)] = lot {
                **value = definition::log10_likelihood(read, haplotype, &mut self.single);
                continue;
            }
            self.lot.load(lot.iter().map(|(_, haplotype)| *haplotype));
            // SAFETY: the body was chosen by the proof that this CPU can run it.
            unsafe { (self.run)(read, &mut self.lot) };
            for (lane, (value, haplotype)) in lot.iter_mut().enumerate() {
                **value = self.lot.log10_likelihood(lane, haplotype.len());
            }
        }
    }
}

impl Lot {
    fn load<'h>(&mut self, haplotypes: impl Iterator<Item = &'h [u8]> + Clone) {
        let columns = haplotypes.clone().map(<[u8]>::len).max().unwrap_or(0);
        let mut start = Cell::default();
        self.sets.clear();
        self.sets.resize(columns, [PAD; LANES]);
        for (lane, haplotype) in haplotypes.enumerate() {
            start.deletion[lane] = 1.0 / haplotype.len() as f64;
            for (sets, &code) in self.sets.iter_mut().zip(haplotype) {
                sets[lane] = base_set(code);
            }
        }
        self.cells.clear();
        self.cells.resize(columns + 1, start);
        self.scale = Lanes::default();
    }

    /// Inlined into a function for each level, to be compiled for it.
    #[inline(always)]
    fn run(&mut self, read: &HmmRead<'_>) {
        for i in 0..read.len() {
            let largest = advance(&Row::new(read, i), &self.sets, &mut self.cells);
            for (lane, largest) in largest.into_iter().enumerate() {
                if largest < 1.0 / RANGE {
                    self.rescale(lane, RANGE);
                } else if largest > RANGE {
                    self.rescale(lane, 1.0 / RANGE);
                }
            }
        }
    }

    fn rescale(&mut self, lane: usize, factor: f64) {
        for cell in &mut self.cells {
            cell.matched[lane] *= factor;
            cell.insertion[lane] *= factor;
            cell.deletion[lane] *= factor;
        }
        self.scale[lane] += factor.log10();
    }

    fn log10_likelihood(&self, lane: usize, len: usize) -> f64 {
        let last = self.cells[1..=len].iter();
        let total: f64 = last.map(|cell| cell.matched[lane] + cell.insertion[lane]).sum();
        total.log10() - self.scale[lane]
    }
}

/// Replaces the row above by this row; returns the largest value of each lane in its own columns.
#[inline(always)]
fn advance(row: &Row, sets: &[Sets], cells: &mut [Cell]) -> Lanes {
    let read_set = base_set(row.base);
    let mut diagonal = cells[0];
    let mut left = Cell::default();
    let mut largest = Lanes::default();
    cells[0] = left;
    for (cell, sets) in cells[1..].iter_mut().zip(sets) {
        let above = *cell;
        for lane in 0..LANES {
            let emission = if sets[lane] & read_set != 0 { row.right } else { row.wrong };
            let arriving = row.match_match * diagonal.matched[lane]
                + row.gap_match * (diagonal.insertion[lane] + diagonal.deletion[lane]);
            let matched = emission * arriving;
            let insertion = row.insertion_open * above.matched[lane] + row.gap_extend * above.insertion[lane];
            let deletion = row.deletion_open * left.matched[lane] + row.gap_extend * left.deletion[lane];
            let highest = larger(matched, larger(insertion, deletion));
            largest[lane] = larger(largest[lane], if sets[lane] == PAD { 0.0 } else { highest });
            left.matched[lane] = matched;
            left.insertion[lane] = insertion;
            left.deletion[lane] = deletion;
        }
        diagonal = above;
        *cell = left;
    }
    largest
}

/// `f64::max` of numbers, which is one instruction.
#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

fn run_plain(read: &HmmRead<'_>, lot: &mut Lot) {
    lot.run(read);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn run_avx2(read: &HmmRead<'_>, lot: &mut Lot) {
    lot.run(read);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn run_avx512(read: &HmmRead<'_>, lot: &mut Lot) {
    lot.run(read);
}

/// SSE2 and NEON are part of their platforms: the plain body uses them.
fn body(simd: Simd) -> unsafe fn(&HmmRead<'_>, &mut Lot) {
    match simd.level() {
        #[cfg(target_arch = "x86_64")]
        SimdLevel::Avx2 => run_avx2,
        #[cfg(target_arch = "x86_64")]
        SimdLevel::Avx512 => run_avx512,
        _ => run_plain,
    }
}
