//! Looking up many seeds at a time, so that none waits for memory.

use std::ops::Range;

use crate::index::Table;

/// Seeds of a group of reads that are looked up together; reused.
///
/// Each step is a loop over numbers that lie side by side, and does little else than to ask for memory: a CPU looks some
/// hundred instructions ahead, and where a seed's take dozens, few requests are under way at a time.
#[derive(Default)]
pub(crate) struct Lookups {
    hashes: Vec<u64>,
    buckets: Vec<Range<u32>>,
}

impl Lookups {
    /// Forgets all.
    pub fn clear(&mut self) {
        self.hashes.clear();
    }

    /// Adds a seed.
    pub fn add(&mut self, hash: u64) {
        self.hashes.push(hash);
    }

    /// Finds the bucket of each seed, and asks for its entries.
    pub fn find(&mut self, table: Table<'_>) {
        self.hashes.iter().for_each(|&hash| table.prefetch_directory(hash));
        self.buckets.clear();
        self.buckets.extend(self.hashes.iter().map(|&hash| table.bucket(hash)));
        self.buckets.iter().for_each(|bucket| table.prefetch_entries(bucket));
    }

    /// What was found, in the order in which the seeds were added.
    pub fn buckets(&self) -> impl Iterator<Item = Range<u32>> {
        self.buckets.iter().cloned()
    }
}
