//! The reads of one lane, or of the lanes of one read group.

use serde::{Deserialize, Serialize};

use super::ratio;
use crate::input::InputCounts;

/// Reads of a lane as they came. Fractions and means are `None` where there is nothing to divide by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaneReads {
    /// Reads (a pair is two).
    pub reads: u64,
    /// Bases of the reads.
    pub bases: u64,
    /// Bases of the shortest read.
    pub min_length: Option<u32>,
    /// Mean number of bases.
    pub mean_length: Option<f64>,
    /// Bases of the longest read.
    pub max_length: Option<u32>,
    /// Bases of Phred 20 or more, of all bases.
    pub q20_fraction: Option<f64>,
    /// Bases of Phred 30 or more, of all bases.
    pub q30_fraction: Option<f64>,
    /// G and C, of all bases but N.
    pub gc_fraction: Option<f64>,
    /// N, of all bases.
    pub n_fraction: Option<f64>,
    /// Lowest Phred value.
    pub min_quality: Option<u8>,
    /// Highest Phred value.
    pub max_quality: Option<u8>,
}

impl LaneReads {
    /// What the counts say.
    #[must_use]
    pub fn new(counts: &InputCounts) -> Self {
        let of_bases = |part| ratio(part, counts.bases);
        Self {
            reads: counts.reads,
            bases: counts.bases,
            min_length: counts.min_length,
            mean_length: ratio(counts.bases, counts.reads),
            max_length: (counts.reads > 0).then_some(counts.max_length),
            q20_fraction: of_bases(counts.q20_bases),
            q30_fraction: of_bases(counts.q30_bases),
            gc_fraction: ratio(counts.gc_bases, counts.bases.saturating_sub(counts.n_bases)),
            n_fraction: of_bases(counts.n_bases),
            min_quality: counts.quality_range.map(|(lowest, _)| lowest),
            max_quality: counts.quality_range.map(|(_, highest)| highest),
        }
    }
}

/// The reads of a read group and their records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupMetrics {
    /// Its name.
    pub read_group: String,
    /// Its library.
    pub library: String,
    /// Its files.
    pub files: Vec<String>,
    /// Its reads.
    #[serde(flatten)]
    pub reads: LaneReads,
    /// Primary records that were written.
    pub written: u64,
    /// Primary records that were left out as duplicates.
    pub removed: u64,
}
