//! The settings of the aligner and their defaults, on the scale of BWA-MEM (Li 2013).

use rihla_kernels::Scoring;

use crate::alt::AltContigs;
use crate::insert::LengthModel;

/// How the part of a read that a supplementary line does not align is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SupplementaryClips {
    /// Soft-clipped: every line holds the whole read (as with BWA-MEM's `-Y`).
    #[default]
    Soft,
    /// Hard-clipped: supplementary lines hold the aligned part alone (BWA-MEM's default).
    Hard,
}

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
    /// Anchors whose diagonals lie within this many bases, 65,535 at most, belong to one candidate.
    pub max_gap: u32,
    /// Candidates a read that are aligned with gaps.
    pub max_extensions: u32,
    /// Placements of a read around which its mate is looked for.
    pub max_rescues: u32,
    /// `RG` of every record.
    pub read_group: Option<String>,
    /// Lengths of the templates, whose mates face each other; learnt when `None`.
    pub insert_size: Option<LengthModel>,
    /// Other placements are listed in `XA` when there are at most so many.
    pub max_xa: u32,
    /// The same where some are on alternate loci.
    pub max_xa_alt: u32,
    /// Other placements are listed in `XA` when they score at least this share of the line's.
    pub xa_share: f64,
    /// Clips of supplementary lines.
    pub supplementary_clips: SupplementaryClips,
    /// Whether the further pieces of a read in several are marked secondary instead of supplementary
    /// (as with BWA-MEM's `-M`).
    pub mark_splits_secondary: bool,
    /// Alternate loci: placements there do not compete with those on other contigs.
    pub alt: AltContigs,
}

impl Default for AlignOptions {
    fn default() -> Self {
        Self {
            scoring: Scoring::default(),
            min_score: 30,
            min_rescue_score: 19,
            unpaired_penalty: 17,
            frequent: 50,
            max_occurrences: 500,
            max_gap: 100,
            max_extensions: 32,
            max_rescues: 16,
            read_group: None,
            insert_size: None,
            max_xa: 5,
            max_xa_alt: 200,
            xa_share: 0.8,
            supplementary_clips: SupplementaryClips::Soft,
            mark_splits_secondary: false,
            alt: AltContigs::default(),
        }
    }
}
