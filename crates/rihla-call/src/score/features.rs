//! What the model is told of a call.

use rihla_core::VariantRecord;

use crate::annotate::Means;
use crate::depth::UsualDepth;
use crate::stutter::SlipModel;

/// Number of features.
pub const COUNT: usize = NAMES.len();

/// Their names, in order.
pub const NAMES: [&str; 25] = [
    // log10(1 + QUAL) as the likelihoods give it.
    "quality",
    // GQ as the likelihoods give it.
    "genotype_quality",
    // Informative reads with an ALT, of all informative reads.
    "alternate_share",
    // Informative reads with an ALT.
    "alternate_reads",
    // Reads over the site, of the sample's usual depth.
    "depth_ratio",
    // Mean mapping quality of the reads with ALT, and of those with REF.
    "alternate_mapping_quality",
    "reference_mapping_quality",
    // Root mean square of all mapping qualities.
    "mapping_quality",
    // Mean number of mismatches and gaps of the reads with ALT, and of those with REF.
    "alternate_edits",
    "reference_edits",
    "strand_odds_ratio",
    "mapping_quality_rank_sum",
    "base_quality_rank_sum",
    "read_position_rank_sum",
    // Mean base quality of the reads with ALT, at the site.
    "alternate_base_quality",
    // Mean distance of the site from the nearer end of the reads with ALT.
    "alternate_position",
    // Copies of ALT in the genotype.
    "copies",
    // Bases by which the longest-changed ALT is longer (shorter: below 0) than REF.
    "length_change",
    // Share of the sample's reads that lose (or gain) a unit of the repeat in which ALT does; 0 elsewhere.
    "slip_rate",
    // ALT alleles.
    "alternates",
    // Mean alignment score less that of the best other place, of the reads with ALT, and of those with REF.
    "alternate_margin",
    "reference_margin",
    // Mean mapping quality of the mates of the reads with ALT, and of those with REF.
    "alternate_mate_quality",
    "reference_mate_quality",
    // Share of the sample's reads that lose or gain a base in a long run: many do where PCR made copies, and its other errors come with them.
    "run_slips",
];

/// What stands for the mean of no reads.
const NONE: f32 = -1.0;
/// What stands for the mean margin of no reads: less than any.
const NO_MARGIN: f32 = -40.0;

/// The features of one call, in the order of [`NAMES`].
#[derive(Clone, Debug, PartialEq)]
pub struct Features([f32; COUNT]);

impl Features {
    /// Those of a call whose QUAL and GQ are as the likelihoods give them. `means` are those of its reads with REF, and of
    /// those with ALT; `slip_rate` is that of its repeat, `slips` and `usual_depth` are the sample's, this where it is known.
    #[must_use]
    pub fn of(
        call: &VariantRecord,
        [reference, alternate]: [Option<Means>; 2],
        slip_rate: f64,
        (slips, usual_depth): (&SlipModel, Option<UsualDepth>),
    ) -> Self {
        let VariantRecord { sample, annotations, .. } = call;
        let known = |value: Option<f32>| value.unwrap_or(NONE);
        let neutral = |value: Option<f32>| value.unwrap_or(0.0);
        let reads: u32 = sample.allele_depths.iter().skip(1).sum();
        let spelled = call.alternates.iter().filter(|alternate| *alternate != b"*");
        let change = spelled.map(|alternate| alternate.len() as i32 - call.reference.len() as i32);
        Self([
            (1.0 + call.quality).log10(),
            f32::from(sample.genotype_quality),
            reads as f32 / sample.depth.max(1) as f32,
            reads as f32,
            usual_depth.map_or(1.0, |usual| usual.multiple(annotations.depth.into()) as f32),
            known(alternate.map(|mean| mean.mapping_quality)),
            known(reference.map(|mean| mean.mapping_quality)),
            known(annotations.mapping_quality),
            known(alternate.map(|mean| mean.edits)),
            known(reference.map(|mean| mean.edits)),
            neutral(annotations.strand_odds_ratio),
            neutral(annotations.mapping_quality_rank_sum),
            neutral(annotations.base_quality_rank_sum),
            neutral(annotations.read_position_rank_sum),
            known(alternate.map(|mean| mean.base_quality)),
            known(alternate.map(|mean| mean.position)),
            sample.genotype.alleles().iter().filter(|&&allele| allele != 0).count() as f32,
            change.max_by_key(|change| change.abs()).unwrap_or(0) as f32,
            slip_rate as f32,
            call.alternates.len() as f32,
            alternate.map_or(NO_MARGIN, |mean| mean.margin),
            reference.map_or(NO_MARGIN, |mean| mean.margin),
            known(alternate.map(|mean| mean.mate_quality)),
            known(reference.map(|mean| mean.mate_quality)),
            slips.share_in_runs() as f32,
        ])
    }

    /// The values, in the order of [`NAMES`].
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.0
    }
}
