//! The sections of the report that speak of reads.

use serde::{Deserialize, Serialize};

use super::{InsertModel, LengthBins, RunCounters, ratio, rounded};
use crate::input::InputCounts;
use crate::insert::InsertHistogram;

/// Reads and their records. Fractions are `None` where there is nothing to divide by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadMetrics {
    /// Reads of the input; primary records when the run starts from alignments.
    pub total: u64,
    /// Bases of the reads.
    pub bases: Option<u64>,
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
    /// Mapped reads.
    pub mapped: u64,
    /// Of all reads.
    pub mapped_fraction: Option<f64>,
    /// Mapped reads whose pair lies as the library wants it.
    pub properly_paired: u64,
    /// Of the reads that come in pairs.
    pub properly_paired_fraction: Option<f64>,
    /// Mapped reads marked as duplicates.
    pub duplicates: u64,
    /// Of the mapped reads.
    pub duplicate_fraction: Option<f64>,
    /// Pairs that are optical duplicates.
    pub optical_duplicate_pairs: Option<u64>,
    /// Mapped reads of mapping quality 0.
    pub mapq_0: u64,
    /// Mapped reads of mapping quality 20 or more.
    pub mapq_20: u64,
    /// Of the mapped reads.
    pub mapq_20_fraction: Option<f64>,
    /// Mapped reads of mapping quality 0, 1, ... as far as the highest seen.
    #[serde(default)]
    pub mapq_histogram: Vec<u64>,
    /// Mapped reads whose mate is not.
    pub singletons: u64,
    /// Mapped reads whose mate is mapped to another contig.
    pub mate_elsewhere: u64,
    /// Reads that failed the vendor's checks.
    pub qc_fail: u64,
    /// Secondary records.
    pub secondary: u64,
    /// Supplementary records.
    pub supplementary: u64,
}

/// Insert sizes in bases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InsertSizeMetrics {
    /// Mean of the aligner's model.
    pub model_mean: Option<f64>,
    /// Standard deviation of the aligner's model.
    pub model_sd: Option<f64>,
    /// Pairs behind the median.
    pub pairs: u64,
    /// Median of the pairs as they were placed.
    pub median: Option<u32>,
    /// Median absolute deviation from the median.
    pub mad: Option<u32>,
    /// The same pairs by length.
    #[serde(default)]
    pub histogram: LengthBins,
}

impl ReadMetrics {
    pub(super) fn new(counters: &RunCounters) -> Self {
        let records = &counters.bins.records;
        let input = counters.input.as_ref();
        let of_bases = |part: fn(&InputCounts) -> u64| input.and_then(|i| ratio(part(i), i.bases));
        Self {
            total: input.map_or(records.primary, |input| input.reads),
            bases: input.map(|input| input.bases),
            max_length: input.map(|input| input.max_length),
            q20_fraction: of_bases(|input| input.q20_bases),
            q30_fraction: of_bases(|input| input.q30_bases),
            gc_fraction: input.and_then(|i| ratio(i.gc_bases, i.bases.saturating_sub(i.n_bases))),
            n_fraction: of_bases(|input| input.n_bases),
            mapped: records.mapped,
            mapped_fraction: ratio(records.mapped, records.primary),
            properly_paired: records.properly_paired,
            properly_paired_fraction: ratio(records.properly_paired, records.paired),
            duplicates: records.duplicates,
            duplicate_fraction: ratio(records.duplicates, records.mapped),
            optical_duplicate_pairs: counters.optical_duplicate_pairs,
            mapq_0: records.mapq_0,
            mapq_20: records.mapq_20,
            mapq_20_fraction: ratio(records.mapq_20, records.mapped),
            mapq_histogram: counters.bins.mapping_qualities.clone(),
            singletons: records.singletons,
            mate_elsewhere: records.mate_elsewhere,
            qc_fail: records.qc_fail,
            secondary: records.secondary,
            supplementary: records.supplementary,
        }
    }
}

impl InsertSizeMetrics {
    pub(super) fn new(model: Option<InsertModel>, seen: &InsertHistogram) -> Self {
        Self {
            model_mean: model.and_then(|model| rounded(model.mean)),
            model_sd: model.and_then(|model| rounded(model.sd)),
            pairs: seen.pairs(),
            median: seen.median(),
            mad: seen.mad(),
            histogram: LengthBins::of(seen.by_length()),
        }
    }
}
