//! Places of extreme depth: a fixed number of reads stands for all of them.
//!
//! The reference is laid with tiles whose borders are multiples of `TILE`. Of the reads that start in
//! a tile at most [`PileupOptions::max_starts`] stay, those whose names have the lowest hashes: mates
//! stay or go together where their tiles are equally crowded, and the choice depends on nothing but the
//! reads of the tile, neither on their order nor on how the genome is cut. A caller gains nothing from
//! the thousandth read of a place, but pays for it.

use rihla_core::{Interval, RecordArena, RecordRef};

use crate::filter;
use crate::options::PileupOptions;
use crate::reads::name_hash;

/// Length of a tile, bases.
const TILE: u32 = 256;

/// Which reads stay.
#[derive(Debug)]
pub struct Reservoir {
    first: u32,
    /// The highest hash that stays, of each tile from `first` on.
    highest: Vec<u64>,
}

impl Reservoir {
    /// Looks at all records that start before the end of `area`.
    #[must_use]
    pub fn of(records: &RecordArena, area: Interval, options: &PileupOptions) -> Self {
        let mut starts: Vec<u32> = Vec::new();
        let first = records.iter().filter_map(|record| place(&record, area)).min().unwrap_or(0) / TILE;
        for at in records.iter().filter_map(|record| place(&record, area)) {
            let tile = (at / TILE - first) as usize;
            if tile >= starts.len() {
                starts.resize(tile + 1, 0);
            }
            starts[tile] += 1;
        }
        let crowded = |tile: usize| starts[tile] > options.max_starts;
        let mut highest = vec![u64::MAX; starts.len()];
        if !(0..starts.len()).any(crowded) {
            return Self { first, highest };
        }
        let mut hashes: Vec<(usize, u64)> = records
            .iter()
            .filter_map(|record| Some(((place(&record, area)? / TILE - first) as usize, record)))
            .filter(|(tile, record)| crowded(*tile) && filter::is_evidence(record, options))
            .map(|(tile, record)| (tile, name_hash(record.name())))
            .collect();
        hashes.sort_unstable();
        for group in hashes.chunk_by(|a, b| a.0 == b.0) {
            if let Some(&(tile, hash)) = group.get(options.max_starts.saturating_sub(1) as usize) {
                highest[tile] = hash;
            }
        }
        Self { first, highest }
    }

    /// The highest hash that stays of the reads that start here.
    fn highest(&self, start: u32) -> u64 {
        let tile = (start / TILE).checked_sub(self.first);
        tile.and_then(|tile| self.highest.get(tile as usize)).copied().unwrap_or(u64::MAX)
    }

    /// Whether some of the reads that start here do not stay.
    #[must_use]
    pub fn is_crowded(&self, start: u32) -> bool {
        self.highest(start) < u64::MAX
    }

    /// Whether a read that starts here and whose name has this hash stays.
    #[must_use]
    pub fn keeps(&self, start: u32, hash: u64) -> bool {
        hash <= self.highest(start)
    }
}

/// Where a record starts, if that is on the contig of `area` and before its end.
fn place(record: &RecordRef<'_>, area: Interval) -> Option<u32> {
    record.position().filter(|&at| record.contig() == Some(area.contig) && at < area.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rihla_core::record::Placement;
    use rihla_core::{Cigar, RecordBuilder};

    /// A pile of reads at 5000-5100 and few elsewhere, in an order that `step` decides.
    fn pile(step: usize) -> RecordArena {
        let mut arena = RecordArena::new();
        let cigar = Cigar::parse("50M").expect("valid");
        for i in 0..3000usize {
            let number = i * step % 3000;
            let start = if number < 2900 { 5000 + (number % 100) as u32 } else { 100 * number as u32 };
            let placement =
                Placement { flags: 0, place: Some((0, start)), mapq: 60, mate: None, template_length: 0 };
            let name = format!("read{number}");
            RecordBuilder::start(&mut arena, &placement, name.as_bytes(), cigar.ops(), &[0; 50], &[30; 50])
                .finish();
        }
        arena
    }

    fn kept(arena: &RecordArena, area: Interval, options: &PileupOptions) -> Vec<Vec<u8>> {
        let reservoir = Reservoir::of(arena, area, options);
        let stays = |record: &RecordRef<'_>| {
            record.position().is_some_and(|at| reservoir.keeps(at, name_hash(record.name())))
        };
        let mut names: Vec<Vec<u8>> =
            arena.iter().filter(stays).map(|record| record.name().to_vec()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_pile_is_thinned_and_nothing_else() {
        let options = PileupOptions { max_starts: 200, ..PileupOptions::default() };
        let (one, other) = (pile(1), pile(7));
        let area = Interval::new(0, 0, 1_000_000);
        let names = kept(&one, area, &options);
        // The pile lies in one tile, of which 200 stay; so do the hundred elsewhere.
        assert_eq!(names.len(), 300);
        assert_eq!(names, kept(&other, area, &options));
        assert_eq!(kept(&one, area, &PileupOptions::default()).len(), 2048 + 100);
    }
}
