//! The sections of the report that speak of the genome: depth and variants.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ratio, rounded};
use crate::depth::DepthCounts;
use crate::gc::{GC_BINS, GcBias, GcCounts};
use crate::variants::VariantCounts;

/// Depth of coverage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoverageMetrics {
    /// Reference bases looked at: the genome or the targets, without N.
    pub bases: u64,
    /// Mean over these bases.
    pub mean_depth: Option<f64>,
    /// Median over these bases, at most the cap.
    pub median_depth: Option<u32>,
    /// Bases of depth 1 or more.
    pub fraction_1x: Option<f64>,
    /// Bases of depth 10 or more.
    pub fraction_10x: Option<f64>,
    /// Bases of depth 20 or more.
    pub fraction_20x: Option<f64>,
    /// Bases of depth 30 or more.
    pub fraction_30x: Option<f64>,
    /// Bases of depth 0, 1, ... and at the end of 250 or more.
    pub histogram: Vec<u64>,
}

/// Coverage by G and C, as Picard CollectGcBiasMetrics has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GcBiasMetrics {
    /// Percents of reads that are lacking where there is little G and C.
    pub at_dropout: Option<f64>,
    /// Percents of reads that are lacking where there is much.
    pub gc_dropout: Option<f64>,
    /// Windows of 100 bases of the reference of 0, 1, ... 100 percent of G and C.
    pub windows: Vec<u64>,
    /// Records that begin in such a window, against the mean; `None` where there is no such window.
    pub normalized_coverage: Vec<Option<f64>>,
}

/// Variants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VariantMetrics {
    /// Records in which the sample carries an ALT allele.
    pub records: u64,
    /// Of these, records that pass every filter.
    pub pass: u64,
    /// Of these, records that do not.
    pub filtered: u64,
    /// Records by the filter they fail.
    pub filters: BTreeMap<String, u64>,
    /// Carried ALT alleles that are SNPs; this and what follows of passing records only.
    pub snps: u64,
    /// Carried ALT alleles of several bases for as many.
    pub mnps: u64,
    /// Carried ALT alleles that are insertions.
    pub insertions: u64,
    /// Carried ALT alleles that are deletions.
    pub deletions: u64,
    /// Records of more than one ALT allele.
    pub multi_allelic: u64,
    /// Records of heterozygous genotype.
    pub het: u64,
    /// Records whose genotype is one ALT allele throughout.
    pub hom_alt: u64,
    /// `het` by `hom_alt`.
    pub het_hom_ratio: Option<f64>,
    /// SNPs that are transitions.
    pub transitions: u64,
    /// SNPs that are transversions.
    pub transversions: u64,
    /// `transitions` by `transversions`.
    pub ti_tv: Option<f64>,
}

impl CoverageMetrics {
    pub(super) fn new(depth: &DepthCounts) -> Self {
        let at_least = |depths: usize| ratio(depth.bases_at_least(depths), depth.bases);
        Self {
            bases: depth.bases,
            mean_depth: ratio(depth.depth_sum, depth.bases),
            median_depth: depth.median(),
            fraction_1x: at_least(1),
            fraction_10x: at_least(10),
            fraction_20x: at_least(20),
            fraction_30x: at_least(30),
            histogram: depth.histogram.clone(),
        }
    }
}

impl GcBiasMetrics {
    pub(super) fn new(counts: &GcCounts) -> Option<Self> {
        let bias = GcBias::of(counts)?;
        let [at_dropout, gc_dropout] = bias.dropouts().map(rounded);
        let coverage = (0..GC_BINS).map(|gc| bias.normalized(gc).and_then(rounded)).collect();
        Some(Self { at_dropout, gc_dropout, windows: counts.windows.clone(), normalized_coverage: coverage })
    }
}

impl VariantMetrics {
    pub(super) fn new(counts: &VariantCounts) -> Self {
        Self {
            records: counts.records,
            pass: counts.pass,
            filtered: counts.records - counts.pass,
            filters: counts.filters.clone(),
            snps: counts.snps,
            mnps: counts.mnps,
            insertions: counts.insertions,
            deletions: counts.deletions,
            multi_allelic: counts.multi_allelic,
            het: counts.het,
            hom_alt: counts.hom_alt,
            het_hom_ratio: ratio(counts.het, counts.hom_alt),
            transitions: counts.transitions,
            transversions: counts.transversions,
            ti_tv: ratio(counts.transitions, counts.transversions),
        }
    }
}
