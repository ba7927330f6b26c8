//! The sections of the report that say who the sample is.

use serde::{Deserialize, Serialize};

use crate::identity::{Conclusion, Relation};

/// The fingerprint, and what it is like that of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdentityMetrics {
    /// SHA-256 of the panel's sites, as the fingerprint has it.
    pub panel_sha256: String,
    /// Sites of the panel.
    pub sites: u64,
    /// Sites with a genotype.
    pub typed: u64,
    /// Heterozygous ones of these.
    pub het_fraction: Option<f64>,
    /// Whom the sample should be; `None` when that is not said.
    pub expected: Option<ExpectedIdentity>,
}

/// Whom a sample should be, and whether it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpectedIdentity {
    /// The file with the expected genotypes.
    pub file: String,
    /// Its sample.
    pub sample: String,
    /// Logarithm to base 10 of how much likelier one person is than two strangers.
    pub lod: f64,
    /// Haplotype blocks behind it.
    pub blocks: u64,
    /// What can be said.
    pub conclusion: Conclusion,
    /// The likeliest relation.
    pub likeliest: Relation,
    /// Whether the two are surely of one person.
    pub is_same: bool,
}
