//! Filters: the one place that names them, and defines the hard ones.

use rihla_core::variant::{Annotations, SampleCall};

use crate::artifact::{self, learn::ArtifactRates};
use crate::depth::Depth;
use crate::options::FilterOptions;

/// QUAL is low.
pub const LOW_QUAL: &str = "LowQual";
/// One strand carries ALT.
pub const STRAND_BIAS: &str = "StrandBias";
/// Mapping qualities are low.
pub const LOW_MQ: &str = "LowMQ";
/// QUAL is low for the depth.
pub const LOW_QD: &str = "LowQD";
/// The share of ALT reads, with other signs, is that of an artifact.
pub const ALLELE_BIAS: &str = "AlleleBias";

/// A trained model does not believe in the alleles; see [`crate::score`].
pub const LOW_SCORE: &str = "LowScore";

/// The sample has no such chromosome.
pub const PLOIDY_CONFLICT: &str = "PloidyConflict";

/// Every FILTER id and its description, for the VCF header.
pub const FILTERS: &[(&str, &str)] = &[
    (LOW_QUAL, "Phred-scaled confidence in a variant is low"),
    (STRAND_BIAS, "Reads with the ALT allele lie on one strand"),
    (LOW_MQ, "RMS mapping quality of the reads is low"),
    (LOW_QD, "Confidence in a variant is low for the depth"),
    (ALLELE_BIAS, "Heterozygous with so small a share of ALT reads that an artifact is likelier"),
    (LOW_SCORE, "A model trained on calls of known truth finds the ALT alleles unlikely, see SCORE"),
    (PLOIDY_CONFLICT, "On Y, of a sample without one"),
];

/// What kind of site is judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Site {
    /// Whether every allele is one base.
    pub is_snp: bool,
    /// log10 odds of an error that one strand makes here (see [`artifact::one_strand_odds`]); `None` where
    /// the sequence gives no cause for it.
    pub one_strand_odds: Option<f64>,
    /// Whether a copy of the place takes reads with ALT (see [`artifact::loses_reads`]).
    pub loses_reads: bool,
    /// Informative reads with REF, by their chance of being from here.
    pub native_reference: f64,
    /// Mean mapping quality of the reads with ALT.
    pub alternate_quality: Option<f32>,
    /// The depth of the place, where the usual one of both copies is known.
    pub depth: Option<Depth>,
    /// How common artifacts are in the sample.
    pub artifacts: ArtifactRates,
}

/// The hard filters that a record fails, in the order of [`FILTERS`].
#[must_use]
pub fn failed(
    quality: f64,
    sample: &SampleCall,
    annotations: &Annotations,
    site: Site,
    options: &FilterOptions,
) -> Vec<&'static str> {
    let out_of_step = site.one_strand_odds.is_some_and(|odds| odds > options.max_artifact_odds);
    let strand = out_of_step && sample.genotype.is_het()
        || annotations.fisher_strand.is_some_and(|fs| fs > options.max_fisher_strand)
            && annotations.strand_odds_ratio.is_some_and(|sor| sor > options.max_strand_odds);
    let low_mq = annotations.mapping_quality.is_some_and(|mq| mq < options.min_mapping_quality);
    let low_qd = annotations.quality_by_depth.is_some_and(|qd| qd < options.min_quality_by_depth);
    [
        (LOW_QUAL, quality < options.min_quality),
        (STRAND_BIAS, strand),
        (LOW_MQ, low_mq),
        (LOW_QD, low_qd),
        (ALLELE_BIAS, looks_like_artifact(sample, annotations, site, options)),
    ]
    .into_iter()
    .filter(|(_, fails)| *fails)
    .map(|(id, _)| id)
    .collect()
}

/// Only calls of one ALT against REF are judged by their share.
fn looks_like_artifact(
    sample: &SampleCall,
    annotations: &Annotations,
    site: Site,
    options: &FilterOptions,
) -> bool {
    let Ok([_, alternate]) = <[u32; 2]>::try_from(&sample.allele_depths[..]) else { return false };
    let reads = [site.native_reference, alternate.into()];
    let known = (site.depth, site.artifacts);
    let odds = || artifact::log10_odds(reads, site.alternate_quality, annotations, site.is_snp, known);
    sample.genotype.is_het() && !site.loses_reads && odds() > options.max_artifact_odds
}
