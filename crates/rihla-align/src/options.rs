//! The settings of the aligner and their defaults, on the scale of BWA-MEM (Li 2013).

use rihla_kernels::Scoring;

/// Settings of an [`Aligner`](crate::Aligner).
#[derive(Clone, Debug, PartialEq)]
pub struct AlignOptions {
    /// Scores of match, mismatch, gaps and unclipped ends.
    pub scoring: Scoring,
    /// Alignments below this score are not reported.
    pub min_score: i32,
    /// Mates found near a placed read are kept from this score on, as part of a proper pair only.
    pub min_rescue_score: i32,
    /// What a pair that does not fit the library costs.
    pub unpaired_penalty: i32,
    /// Seeds with up to this many occurrences are always followed.
    pub frequent: u32,
    /// Rarer seeds missing, seeds with up to this many occurrences are followed; of the others, so
    /// many occurrences at even distances.
    pub max_occurrences: u32,
    /// Anchors whose diagonals lie within this many bases belong to one candidate.
    pub max_gap: u32,
    /// Candidates a read that are aligned with gaps.
    pub max_extensions: u32,
    /// Placements of a read around which its mate is looked for.
    pub max_rescues: u32,
    /// `RG` of every record.
    pub read_group: Option<String>,
}

impl Default for AlignOptions {
    fn default() -> Self {
        Self {
            scoring: Scoring::default(),
            min_score: 30,
            min_rescue_score: 20,
            unpaired_penalty: 17,
            frequent: 50,
            max_occurrences: 1000,
            max_gap: 100,
            max_extensions: 32,
            max_rescues: 16,
            read_group: None,
        }
    }
}
