//! The one definition of the pileup's defaults.

/// Bases of records that a caller must supply beyond its interval on both sides.
pub const HALO: u32 = 1000;

/// Thresholds of the pileup.
#[derive(Clone, Debug, PartialEq)]
pub struct PileupOptions {
    /// Reads of lower mapping quality are left out; the others count for as much as theirs says.
    pub min_mapping_quality: u8,
    /// Mismatches of lower base quality are no evidence.
    pub min_base_quality: u8,
    /// Read ends are cut back while their base quality is lower (HiSeq marks such tails with 2).
    pub tail_quality: u8,
    /// Reads with fewer bases left after cutting are dropped.
    pub min_read_length: u32,
    /// Reads that may start in a stretch of 256 bases; of more, so many stand for all. See
    /// [`crate::reservoir`].
    pub max_starts: u32,
    /// Reads that must show a SNP before it is a candidate.
    pub min_snp_reads: u32,
    /// Share of the depth that must show it.
    pub min_snp_fraction: f64,
    /// Reads that must show an insertion or deletion of one base, or of several that are alike: sequencers slip in runs.
    pub min_run_reads: u32,
    /// Reads that must show another insertion or deletion, which is seldom an error.
    pub min_indel_reads: u32,
    /// Share of the depth that must show either.
    pub min_indel_fraction: f64,
    /// Reads that must be clipped at one place.
    pub min_clip_reads: u32,
    /// Share of the depth that must be clipped there.
    pub min_clip_fraction: f64,
    /// Good bases that a clip must have to count.
    pub min_clip_bases: u32,
    /// Candidates at most this many bases apart are looked at together.
    pub link_distance: u32,
}

impl Default for PileupOptions {
    fn default() -> Self {
        Self {
            min_mapping_quality: 1,
            min_base_quality: 10,
            tail_quality: 9,
            min_read_length: 20,
            max_starts: 2048,
            min_snp_reads: 2,
            min_snp_fraction: 0.10,
            min_run_reads: 2,
            min_indel_reads: 1,
            min_indel_fraction: 0.06,
            min_clip_reads: 2,
            min_clip_fraction: 0.05,
            min_clip_bases: 5,
            link_distance: 25,
        }
    }
}
