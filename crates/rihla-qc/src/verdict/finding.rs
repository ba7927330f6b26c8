//! How a sample lies to the limits of a gate.

use serde::{Deserialize, Serialize};

use super::gate::Outcome;

/// What was found at a gate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The number is within all limits.
    Within,
    /// It is below a limit.
    Below {
        /// The limit.
        limit: f64,
        /// What lies beyond it.
        of: Outcome,
    },
    /// It is above a limit.
    Above {
        /// The limit.
        limit: f64,
        /// What lies beyond it.
        of: Outcome,
    },
    /// Two things are the same.
    Agrees,
    /// They are not.
    Differs {
        /// What should be.
        stated: String,
        /// What is.
        found: String,
    },
    /// Not checked: the gate has no limit.
    NoLimit,
    /// Not checked: bases and qualities of the reads were not counted.
    NoBases,
    /// Not checked: there are no reads.
    NoReads,
    /// Not checked: no pair is properly placed.
    NoPairs,
    /// Not checked: no depth was counted.
    NoDepth,
    /// Not checked: no variants were called for.
    NoVariants,
    /// Not checked: too few variants for a ratio.
    TooFew {
        /// How many there are.
        count: u64,
        /// How many there should be.
        wanted: u64,
    },
    /// The sample is not of whom it should be.
    SomebodyElse {
        /// Whom it should be of.
        expected: String,
        /// Whether it is of a relative.
        is_related: bool,
    },
    /// Not checked: no sites were given to tell it by.
    NoSites,
    /// Not checked: no sex was stated. What the reads look like, where they tell.
    SexNotStated {
        /// What they look like.
        found: Option<String>,
    },
    /// Not checked: X and Y do not tell the sex.
    SexUnclear,
    /// Not checked: X and Y were not looked at.
    NoSex,
    /// Not checked: there is no fingerprint to compare with.
    NothingToCompare,
    /// Not checked: too few sites have reads.
    FewSites,
    /// Not checked: the fingerprints share too little to tell.
    IdentityUnclear,
}
