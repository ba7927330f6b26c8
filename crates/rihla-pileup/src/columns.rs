//! How many reads speak at each position.

use rihla_core::Interval;

use crate::reads::ReadSet;

/// Depth of an area, position by position.
#[derive(Debug)]
pub struct Columns {
    start: u32,
    depth: Vec<u32>,
}

impl Columns {
    /// Counts the reads that span each position of `area` and are not silent there.
    #[must_use]
    pub fn count(reads: &ReadSet, area: Interval) -> Self {
        let mut change = vec![0i32; area.len() as usize + 1];
        let mut add = |from: u32, to: u32, by: i32| {
            let (from, to) = (from.clamp(area.start, area.end), to.clamp(area.start, area.end));
            if from < to {
                change[(from - area.start) as usize] += by;
                change[(to - area.start) as usize] -= by;
            }
        };
        for read in reads.reads() {
            add(read.start, read.end, 1);
            add(read.silent.start, read.silent.end, -1);
        }
        let mut running = 0;
        let depth = change[..area.len() as usize]
            .iter()
            .map(|by| {
                running += by;
                running.max(0) as u32
            })
            .collect();
        Self { start: area.start, depth }
    }

    /// Depth at a position; 0 outside the area.
    #[must_use]
    pub fn depth(&self, position: u32) -> u32 {
        position.checked_sub(self.start).and_then(|at| self.depth.get(at as usize)).copied().unwrap_or(0)
    }
}
