//! Tables of sequencing errors.

use serde::{Deserialize, Serialize};

/// Runs before a base are told apart up to this length.
pub(crate) const MAX_RUN: usize = 8;

/// Substitutions. A base of quality q is wrong with the probability `by_quality[q]`, times a factor for its
/// cycle, one for the bases before it, and one for the length of the run before it, all in the direction of
/// reading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorTables {
    /// Error rate of each quality of the alphabet: what was found, beside what Phred promises.
    pub by_quality: Vec<f64>,
    /// Factor by mate and by the mate's bin of cycles.
    pub by_cycle: Vec<Vec<f64>>,
    /// Factor by the two bases before and the true base: 64 values, AAA, AAC, ..., TTT.
    pub by_context: Vec<f64>,
    /// Factor by the length of the run of equal bases that ends before the base: 1 to 8 and more.
    pub by_run: Vec<f64>,
    /// Weight of A, C, G, T as the wrong letter, by the base before and the true base: 16 rows, AA to TT.
    pub substitutions: Vec<[f64; 4]>,
}

/// Indel errors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndelTables {
    /// Rate a base of one base lost, and of one base gained, outside of tandem repeats.
    pub background: [f64; 2],
    /// Rates in tandem repeats; periods above the last one listed take the last one's.
    pub repeats: Vec<RepeatRates>,
}

/// Rates a read of losing or gaining one copy in a tandem repeat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepeatRates {
    /// Length of the unit in bases.
    pub period: u8,
    /// Copies that the first rate stands for.
    pub first_units: u32,
    /// Rate of one copy lost, by number of copies; longer repeats take the last.
    pub loss: Vec<f64>,
    /// Rate of one copy gained.
    pub gain: Vec<f64>,
    /// Reads across such repeats that the rates rest on.
    pub reads: Vec<u64>,
}

/// Index of a context: bases before (the nearer one last) and the true base, all codes below 4.
#[inline]
pub(crate) const fn context_index(second_before: u8, before: u8, base: u8) -> usize {
    (second_before as usize) << 4 | (before as usize) << 2 | base as usize
}
