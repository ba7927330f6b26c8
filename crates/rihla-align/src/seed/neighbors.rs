//! Seeds of a read with one base changed: what is left to look for when its own seeds say too little.
//!
//! A place from which the read differs in every fifteenth base has few of its seeds or none, and so has that of a short
//! read with one error. Over most of the errors there is no other within a seed: with that one undone the place is found.
//! So each base of the middle of the read is changed into the three others in turn, and the seeds over it are looked up.

use std::ops::Range;

use rihla_kernels::{Simd, mismatch};

use super::{Anchor, Seeds};
use crate::index::Table;
use crate::query::Query;
use crate::syncmer::{K, Syncmer};

/// Bases on either side of the middle of the read that are changed, stage by stage.
const REACH: [u32; 2] = [12, 32];
/// Stages of [`Seeds::follow_neighbors`].
pub(crate) const STAGES: usize = REACH.len();
/// Changed seeds with more occurrences than this are not followed.
const MOST_OCCURRENCES: u32 = 8;
/// Number of a seed that is none of the read's own: no bound counts it.
const NOT_OWN: u32 = u32::MAX;

/// Buffers; reused.
#[derive(Default)]
pub(super) struct Neighbors {
    part: Vec<u64>,
    unknown: [u64; 1],
    found: Vec<Syncmer>,
    buckets: Vec<Range<u32>>,
}

impl Seeds {
    /// Adds the anchors of the read's seeds with one base changed that this stage has; whether there are any.
    pub fn follow_neighbors(&mut self, simd: Simd, table: Table<'_>, query: &Query, stage: usize) -> bool {
        let middle = query.len() / 2;
        let around = |reach: u32| middle.saturating_sub(reach)..query.len().min(middle + reach);
        let done = if stage > 0 { around(REACH[stage - 1]) } else { 0..0 };
        self.follow_changed(
            simd,
            table,
            query,
            around(REACH[stage]).filter(|at| !done.contains(at)),
            usize::MAX,
        )
    }

    /// The same for the bases that all its known seeds hold: of the places that differ from the read in one base, those
    /// that none of its seeds shows. Of one seed over each change some occurrences are enough.
    pub fn follow_common(&mut self, simd: Simd, table: Table<'_>, query: &Query) -> bool {
        let common = self.common();
        self.follow_changed(simd, table, query, common, 1)
    }

    /// The same for each unknown base, which may be any, over which a seed holds no other.
    pub fn follow_unknown(&mut self, simd: Simd, table: Table<'_>, query: &Query) -> bool {
        let mut free_from = 0;
        let mut bases = query.unknown_bases().peekable();
        let alone = std::iter::from_fn(|| {
            let at = bases.next()?;
            let free = free_from..bases.peek().copied().unwrap_or(query.len());
            free_from = at + 1;
            Some((at, free.len() >= K))
        });
        self.follow_changed(
            simd,
            table,
            query,
            alone.filter(|(_, alone)| *alone).map(|(at, _)| at),
            usize::MAX,
        )
    }

    /// Follows at most so many seeds over each of some bases, changed.
    fn follow_changed(
        &mut self,
        simd: Simd,
        table: Table<'_>,
        query: &Query,
        bases: impl Iterator<Item = u32>,
        most: usize,
    ) -> bool {
        self.neighbors.found.clear();
        for at in bases {
            self.change(simd, table, query, at, most);
        }
        self.neighbors.buckets.clear();
        for syncmer in &self.neighbors.found {
            let bucket = table.bucket(syncmer.hash);
            table.prefetch_entries(&bucket);
            self.neighbors.buckets.push(bucket);
        }
        let before = self.anchors.len();
        for (syncmer, bucket) in self.neighbors.found.iter().zip(&self.neighbors.buckets) {
            let entries = table.occurrences(bucket.clone(), syncmer.hash);
            let frequent = entries.end - entries.start > MOST_OCCURRENCES;
            if (frequent && most > 1) || syncmer.palindrome {
                continue;
            }
            for entry in entries.take(MOST_OCCURRENCES as usize).map(|i| table.entry(i)) {
                let reverse = entry.reverse() != syncmer.reverse;
                let at = if reverse { query.len() - K as u32 - syncmer.position } else { syncmer.position };
                self.anchors.push(Anchor::new(reverse, entry.position() as i64 - i64::from(at), at, NOT_OWN));
            }
        }
        self.sort();
        self.anchors.len() > before
    }

    /// Finds seeds, at most so many, over one base that is changed into each of the others, and asks for their directory
    /// entries.
    fn change(&mut self, simd: Simd, table: Table<'_>, query: &Query, at: u32, most: usize) {
        let reach = K as u32 - 1;
        let (low, high) = (at.saturating_sub(reach), query.len().min(at + reach + 1));
        let length = (high - low) as usize;
        if length < K {
            return;
        }
        let Neighbors { part, unknown, found, .. } = &mut self.neighbors;
        mismatch::extract(query.packed(false), low.into(), length, part);
        let is_unknown = |i: u32| query.unknown()[i as usize / 64] >> (i % 64) & 1;
        let others = (low..high).filter(|&i| query.has_unknown && i != at);
        unknown[0] = others.fold(0, |marks, i| marks | is_unknown(i) << (i - low));
        // An unknown base is packed as A, which it may be.
        let first = u64::from(!query.has_unknown || is_unknown(at) == 0);
        let (word, shift) = ((at - low) as usize / 32, 2 * ((at - low) % 32));
        for change in first..4 {
            part[word] ^= change << shift;
            let mut left = most;
            self.scanner.positions(simd, (part, 0, length), unknown, |position| {
                if left > 0 {
                    left -= 1;
                    let syncmer = Syncmer::at(part, 0, position);
                    table.prefetch_directory(syncmer.hash);
                    found.push(Syncmer { position: position + low, ..syncmer });
                }
            });
            part[word] ^= change << shift;
        }
    }
}
