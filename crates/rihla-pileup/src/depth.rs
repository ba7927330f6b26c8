//! How deep reads lie on a place, those included whose mapping quality is too low for evidence.
//!
//! Where a copy of the place takes reads of one haplotype away, the depth that is left tells it. What low mapping qualities add is
//! kept by tiles of a few bases, so that piles of reads without a place of their own cost neither memory nor time.

use rihla_core::record::flags;
use rihla_core::{Interval, RecordRef};

use crate::reads::ReadSet;

/// Bases of a tile. They are cut by position, whatever the interval.
const TILE: u32 = 16;

/// Bases of the reads that are no evidence.
#[derive(Debug, Default)]
pub(crate) struct Unplaced {
    first: u32,
    bases: Vec<u32>,
}

impl Unplaced {
    /// None yet in an area.
    pub fn over(area: Interval) -> Self {
        let first = area.start / TILE;
        let tiles = if area.is_empty() { 0 } else { (area.end - 1) / TILE - first + 1 };
        Self { first, bases: vec![0; tiles as usize] }
    }

    /// Adds a record; where its mate begins inside of it, up to there.
    pub fn add(&mut self, record: &RecordRef<'_>) {
        let Some((start, end)) = record.position().zip(record.reference_end()) else { return };
        let mate = record.mate_position().filter(|_| record.mate_contig() == record.contig());
        let is_before = |mate: u32| mate > start || mate == start && record.has_any(flags::FIRST);
        let end = mate.filter(|&mate| is_before(mate)).map_or(end, |mate| end.min(mate));
        let mut at = start.max(self.first * TILE);
        while at < end {
            let Some(bases) = self.bases.get_mut((at / TILE - self.first) as usize) else { return };
            let to = end.min((at / TILE + 1) * TILE);
            *bases += to - at;
            at = to;
        }
    }

    /// Mean depth of the tiles that `[start, end)` touches.
    fn depth(&self, start: u32, end: u32) -> f64 {
        let tile = |at: u32| ((at / TILE).saturating_sub(self.first) as usize).min(self.bases.len());
        let touched = &self.bases[tile(start)..tile(end + TILE - 1)];
        let bases: u64 = touched.iter().map(|&bases| u64::from(bases)).sum();
        bases as f64 / (touched.len().max(1) as f64 * f64::from(TILE))
    }
}

impl ReadSet {
    /// Mean depth over `[start, end)`, mates that overlap counted once.
    #[must_use]
    pub fn mean_depth(&self, start: u32, end: u32) -> f64 {
        let shared = |from: u32, to: u32| to.min(end).saturating_sub(from.max(start));
        let of_read = |number: usize| {
            let read = &self.reads()[number];
            let silent = read.silent.start.max(read.start)..read.silent.end.min(read.end);
            shared(read.start, read.end) - shared(silent.start, silent.end)
        };
        let bases: u64 = self.overlapping(start, end).map(|number| u64::from(of_read(number))).sum();
        bases as f64 / f64::from((end - start).max(1)) + self.unplaced().depth(start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::PileupOptions;
    use rihla_core::record::Placement;
    use rihla_core::{Cigar, RecordArena, RecordBuilder};

    fn set(records: &[(u32, u8, u16)], area: Interval) -> ReadSet {
        let mut arena = RecordArena::new();
        let cigar = Cigar::parse("64M").expect("valid");
        for (number, &(start, mapq, bits)) in records.iter().enumerate() {
            let placement =
                Placement { flags: bits, place: Some((0, start)), mapq, mate: None, template_length: 0 };
            let name = format!("r{number}");
            RecordBuilder::start(&mut arena, &placement, name.as_bytes(), cigar.ops(), &[0; 64], &[30; 64])
                .finish();
        }
        ReadSet::prepare(&arena, area, &[], &PileupOptions::default())
    }

    #[test]
    fn reads_without_a_place_of_their_own_add_to_the_depth_and_duplicates_do_not() {
        let records = [(512, 60, 0), (520, 0, 0), (528, 0, flags::DUPLICATE), (528, 20, 0)];
        let whole = set(&records, Interval::new(0, 0, 2000));
        assert_eq!(whole.reads().len(), 2);
        assert_eq!(whole.mean_depth(544, 560), 3.0);
        assert_eq!(whole.mean_depth(512, 528), 1.5);
        assert_eq!(whole.mean_depth(600, 601), 0.0);
        // Where the area begins changes nothing inside.
        let part = set(&records, Interval::new(0, 541, 700));
        assert_eq!(part.mean_depth(550, 551), whole.mean_depth(550, 551));
    }

    #[test]
    fn mates_that_overlap_count_once() {
        let mut unplaced = Unplaced::over(Interval::new(0, 0, 1000));
        let mut arena = RecordArena::new();
        let cigar = Cigar::parse("64M").expect("valid");
        for (start, mate, bits) in [(96, 128, flags::FIRST), (128, 96, 0)] {
            let placement = Placement {
                flags: flags::PAIRED | bits,
                place: Some((0, start)),
                mapq: 0,
                mate: Some((0, mate)),
                template_length: 0,
            };
            RecordBuilder::start(&mut arena, &placement, b"r", cigar.ops(), &[0; 64], &[30; 64]).finish();
        }
        arena.iter().for_each(|record| unplaced.add(&record));
        assert_eq!(unplaced.depth(96, 192), 1.0);
        assert_eq!(unplaced.depth(112, 144), 1.0);
    }
}
