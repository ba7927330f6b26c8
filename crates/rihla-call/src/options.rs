//! The one definition of the caller's defaults.

use rihla_pileup::PileupOptions;

use crate::artifact::learn::ArtifactRates;
use crate::depth::UsualDepth;
use crate::strangers;
use crate::stutter::SlipModel;

/// What the caller may be told.
#[derive(Clone, Debug, PartialEq)]
pub struct CallOptions {
    /// Which reads and differences count.
    pub pileup: PileupOptions,
    /// Bases of reads and haplotypes around the candidates of a region.
    pub padding: u32,
    /// The same for assembly, which needs whole repeats to see around them.
    pub assembly_padding: u32,
    /// Bases of reference by which haplotypes reach beyond the reads, on both sides.
    pub flank: u32,
    /// Reads of a region beyond this number are left out, chosen by their names' hashes.
    pub max_reads: usize,
    /// Haplotypes compared with the reads of a region.
    pub max_haplotypes: usize,
    /// No read speaks for the reference with more than this (Phred): it may be misplaced. Against it the limit is this or a little
    /// more than the read's mapping quality, whichever is higher.
    pub mismapping_quality: f64,
    /// Base qualities above this are not believed (Phred).
    pub max_base_quality: u8,
    /// Prior probability of a heterozygous SNP.
    pub snp_heterozygosity: f64,
    /// Records of lower QUAL are not written.
    pub emit_quality: f64,
    /// How often reads slip in repeats.
    pub slips: SlipModel,
    /// How many times as common as usual places are that bring errors about; see [`crate::systematic`].
    pub systematic_errors: f64,
    /// How many times as common as usual artifacts are that take up a small share of the reads; see [`crate::artifact::learn`].
    pub artifacts: ArtifactRates,
    /// Share of the fragments that are another person's, and show REF; see [`crate::strangers`].
    pub strangers: f64,
    /// SNPs on one chromosome copy, at most so many bases apart, make one record; see [`crate::mnp`].
    pub max_mnp_distance: u32,
    /// Whether records have GATK's `AS_` annotations, of each ALT allele by itself.
    pub allele_annotations: bool,
    /// Alleles of a mixture with a lower share are not there; see [`crate::mixture`].
    pub min_share: f64,
    /// How deep the sample's reads usually lie, where it is known.
    pub usual_depth: Option<UsualDepth>,
    /// What is done with a trained model.
    pub scoring: Scoring,
    /// Thresholds of the filters.
    pub filters: FilterOptions,
}

/// What is done with a trained model; see [`crate::score`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scoring {
    /// Nothing: the hard filters refuse calls.
    Off,
    /// Calls are scored, too: some are refused, and QUAL and GQ lowered.
    #[default]
    On,
    /// As `Off`, and the records have what the model would be told, to train it.
    Features,
}

/// Thresholds of the hard filters; see [`crate::filters::FILTERS`].
#[derive(Clone, Debug, PartialEq)]
pub struct FilterOptions {
    /// QUAL below this fails `LowQual`.
    pub min_quality: f64,
    /// FS above this fails `StrandBias` when SOR is high too.
    pub max_fisher_strand: f32,
    /// SOR above this fails `StrandBias` when FS is high too.
    pub max_strand_odds: f32,
    /// RMS mapping quality below this fails `LowMQ`.
    pub min_mapping_quality: f32,
    /// QUAL by depth below this fails `LowQD`.
    pub min_quality_by_depth: f32,
    /// log10 odds of an artifact above this fail `AlleleBias`; see [`crate::artifact`].
    pub max_artifact_odds: f64,
    /// A probability that the alleles are there below this fails `LowScore`; see [`crate::score`].
    pub min_score: f64,
}

impl Default for CallOptions {
    fn default() -> Self {
        Self {
            pileup: PileupOptions::default(),
            padding: 50,
            assembly_padding: 120,
            flank: 20,
            max_reads: 400,
            max_haplotypes: 24,
            mismapping_quality: 45.0,
            max_base_quality: 45,
            snp_heterozygosity: 1e-3,
            emit_quality: 5.0,
            slips: SlipModel::default(),
            systematic_errors: 1.0,
            artifacts: ArtifactRates::default(),
            strangers: strangers::USUAL,
            max_mnp_distance: 0,
            allele_annotations: false,
            min_share: 0.015,
            usual_depth: None,
            scoring: Scoring::default(),
            filters: FilterOptions::default(),
        }
    }
}

impl CallOptions {
    /// The same for the mitochondrion, where alleles of a few percent are looked for among thousands of reads.
    ///
    /// A sequencer's errors make the same wrong base in about one read in a thousand: at a thousand reads 15 of them, the least
    /// share, are met with once in 10^12 places, at 200 reads the least number once in 10^4, and those are left to the
    /// likelihoods. Base qualities are believed up to 30, as what copies molecules makes errors, too, that no quality tells of.
    #[must_use]
    pub fn for_mixtures(&self) -> Self {
        let pileup = PileupOptions {
            max_starts: 4096,
            min_snp_reads: 4,
            min_snp_fraction: self.min_share,
            min_run_reads: 4,
            min_indel_reads: 4,
            min_indel_fraction: self.min_share,
            min_clip_reads: 4,
            min_clip_fraction: 0.03,
            ..self.pileup.clone()
        };
        // Low shares have a low QUAL by depth, and are no artifacts for that; few reads with ALT have no high FS.
        let filters = FilterOptions {
            min_quality_by_depth: 0.0,
            max_artifact_odds: f64::INFINITY,
            max_fisher_strand: 30.0,
            ..self.filters.clone()
        };
        Self { pileup, filters, max_reads: 4096, max_base_quality: 30, ..self.clone() }
    }
}

impl Default for FilterOptions {
    fn default() -> Self {
        Self {
            min_quality: 7.0,
            max_fisher_strand: 60.0,
            max_strand_odds: 4.0,
            min_mapping_quality: 10.0,
            min_quality_by_depth: 0.3,
            max_artifact_odds: 2.0,
            min_score: 0.3,
        }
    }
}
