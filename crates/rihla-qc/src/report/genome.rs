//! The sections of the report that speak of the genome: depth and variants.

use std::collections::BTreeMap;

use rihla_core::base;
use serde::{Deserialize, Serialize};

use super::{ratio, rounded};
use crate::bin::BinMetrics;
use crate::contigs::ContigTable;
use crate::depth::{DEPTH_CAP, DepthCounts};
use crate::gc::{GC_BINS, GcBias, GcCounts};
use crate::variants::{LONGEST_INDEL, QUALITY_WIDTH, SHARE_BINS, VariantCounts, VariantSpreads};

/// Bases of less than this share of the mean depth are thinly covered.
const THIN: f64 = 0.2;

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
    /// Bases of a fifth of the mean depth or more.
    #[serde(default)]
    pub evenness: Option<f64>,
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
    /// `insertions` by `deletions`.
    #[serde(default)]
    pub insertion_deletion_ratio: Option<f64>,
    /// SNPs by their bases, as `A>C`.
    #[serde(default)]
    pub substitutions: BTreeMap<String, u64>,
    /// Insertions and deletions by length.
    #[serde(default)]
    pub indel_lengths: IndelLengths,
    /// ALT alleles by their share of the reads.
    #[serde(default)]
    pub allele_fractions: AlleleShares,
    /// Records of GQ 0, 1, ... as far as the highest seen.
    #[serde(default)]
    pub gq_histogram: Vec<u64>,
    /// Records by QUAL.
    #[serde(default)]
    pub qual_histogram: QualityBins,
}

/// Insertions and deletions of 1, 2, ... bases; of 50 or more together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndelLengths {
    /// Insertions.
    pub insertions: Vec<u64>,
    /// Deletions.
    pub deletions: Vec<u64>,
}

/// ALT alleles by their share of the informative reads, in 40 bins from 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlleleShares {
    /// Where the two copies differ.
    pub het: Vec<u64>,
    /// Where both copies are the allele.
    pub hom_alt: Vec<u64>,
}

/// Records by quality, in bins of equal width.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualityBins {
    /// Width of a bin.
    pub width: usize,
    /// Records in each; the last has those of higher quality, too.
    pub counts: Vec<u64>,
}

impl CoverageMetrics {
    pub(super) fn new(bins: &BinMetrics) -> Self {
        let depth = &bins.depth;
        let at_least = |depths: usize| ratio(depth.bases_at_least(depths), depth.bases);
        Self {
            bases: depth.bases,
            mean_depth: ratio(depth.depth_sum, depth.bases),
            median_depth: depth.median(),
            fraction_1x: at_least(1),
            fraction_10x: at_least(10),
            fraction_20x: at_least(20),
            fraction_30x: at_least(30),
            evenness: evenness(depth, &bins.written.contigs),
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
            insertion_deletion_ratio: ratio(counts.insertions, counts.deletions),
            substitutions: substitutions(&counts.spreads),
            indel_lengths: IndelLengths {
                insertions: filled(&counts.spreads.insertions, LONGEST_INDEL),
                deletions: filled(&counts.spreads.deletions, LONGEST_INDEL),
            },
            allele_fractions: AlleleShares {
                het: filled(&counts.spreads.het_shares, SHARE_BINS),
                hom_alt: filled(&counts.spreads.hom_alt_shares, SHARE_BINS),
            },
            gq_histogram: counts.spreads.genotype_qualities.clone(),
            qual_histogram: QualityBins { width: QUALITY_WIDTH, counts: counts.spreads.qualities.clone() },
        }
    }
}

/// The share of bases of a fifth of the mean depth or more; `None` where that is beyond what was counted.
fn evenness(depth: &DepthCounts, table: &ContigTable) -> Option<f64> {
    let mean = ratio(depth.depth_sum, depth.bases).filter(|mean| *mean > 0.0)?;
    let least = (THIN * mean).ceil() as usize;
    if least <= DEPTH_CAP {
        return ratio(depth.bases_at_least(least), depth.bases);
    }
    // Of targets all depths are known.
    let targets = || table.contigs.values().map(|contig| &contig.target_depth);
    let deep = |histogram: &Vec<u64>| histogram.iter().skip(least).sum::<u64>();
    ratio(targets().map(|spread| deep(&spread.histogram)).sum(), targets().map(|spread| spread.bases()).sum())
}

fn substitutions(spreads: &VariantSpreads) -> BTreeMap<String, u64> {
    let pairs = (0..4).flat_map(|from| (0..4).filter(move |to| *to != from).map(move |to| (from, to)));
    let letter = |code: usize| char::from(base::decode(code as u8));
    pairs
        .map(|(from, to)| (format!("{}>{}", letter(from), letter(to)), spreads.substitutions[from][to]))
        .collect()
}

/// A list of so many counts.
fn filled(counts: &[u64], length: usize) -> Vec<u64> {
    let mut counts = counts.to_vec();
    counts.resize(length, 0);
    counts
}
