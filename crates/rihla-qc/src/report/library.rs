//! Duplicates by library.

use serde::{Deserialize, Serialize};

/// The duplicates of one library, as Picard MarkDuplicates counts them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LibraryMetrics {
    /// Its name.
    pub library: String,
    /// Pairs whose mates are both mapped.
    pub pairs: u64,
    /// Of these, duplicates.
    pub duplicate_pairs: u64,
    /// Of these, those that arose on the flow cell.
    pub optical_duplicate_pairs: u64,
    /// Mapped reads without a mapped mate.
    pub unpaired_reads: u64,
    /// Of these, duplicates.
    pub duplicate_unpaired_reads: u64,
    /// Duplicates of all these reads.
    pub duplicate_fraction: f64,
    /// Distinct molecules that the pairs were drawn from; `None` where no duplicate tells.
    pub estimated_size: Option<u64>,
    /// How many times as many distinct pairs 1, 2, ... 10 times the sequencing would give; empty where the size is not
    /// known.
    pub gains: Vec<f64>,
}
