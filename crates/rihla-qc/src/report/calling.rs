//! The section of the report that says what the caller learnt of the sample.

use serde::{Deserialize, Serialize};

use super::rounded_to;

/// What the caller learnt of a sample before it called anything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallingMetrics {
    /// Repeats that reads span, of which it was learnt how often these slip.
    pub slip_repeats: u64,
    /// Share of the reads that lose or gain a base in a run of twelve.
    pub slip_fraction: f64,
    /// How deep reads usually lie; `None` where that is too low or too high to tell.
    pub usual_depth: Option<f64>,
    /// By how much the depth varies, as a share of it.
    pub depth_spread: Option<f64>,
    /// How many times as many places as usual have an error that repeats on one strand.
    pub strand_error_factor: f64,
    /// Share of the reads whose 5' end was made by a fold of their template.
    pub folded_fraction: f64,
    /// Share of the reads with REF where both copies have ALT, beyond errors: another person's.
    pub stranger_fraction: f64,
    /// Places seen that look like SNPs and are artifacts of a small share.
    pub snp_artifacts: u64,
    /// How many times as many there are as usual.
    pub snp_artifact_factor: f64,
    /// Places seen that look like insertions and deletions, and are such artifacts.
    pub indel_artifacts: u64,
    /// How many times as many there are as usual.
    pub indel_artifact_factor: f64,
}

impl CallingMetrics {
    /// The section, to six decimals.
    #[must_use]
    pub fn rounded(&self) -> Self {
        let six = |value: f64| rounded_to(value, 6);
        Self {
            slip_fraction: six(self.slip_fraction),
            usual_depth: self.usual_depth.map(six),
            depth_spread: self.depth_spread.map(six),
            strand_error_factor: six(self.strand_error_factor),
            folded_fraction: six(self.folded_fraction),
            stranger_fraction: six(self.stranger_fraction),
            snp_artifact_factor: six(self.snp_artifact_factor),
            indel_artifact_factor: six(self.indel_artifact_factor),
            ..self.clone()
        }
    }
}
