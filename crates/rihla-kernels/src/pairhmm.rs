//! Pair hidden Markov model: how likely is a read, given that it was sequenced from a haplotype?
//!
//! The model is GATK's (Poplin et al. 2018, bioRxiv 201178; Durbin et al. 1998, chapter 4): three
//! states, match, insertion (a read base opposite nothing) and deletion (a haplotype base opposite
//! nothing), with transitions taken from the qualities of the read base that is entered:
//!
//! ```text
//! M[i][j] = emission * (match_match * M[i-1][j-1] + gap_match * (I[i-1][j-1] + D[i-1][j-1]))
//! I[i][j] = insertion_open * M[i-1][j] + gap_extend * I[i-1][j]
//! D[i][j] = deletion_open  * M[i][j-1] + gap_extend * D[i][j-1]
//! match_match = 1 - insertion_open - deletion_open      gap_match = 1 - gap_extend
//! emission    = 1 - error where the bases are equal or either is N, else error / 3
//! ```
//!
//! The read may start anywhere (`D[0][j] = 1 / haplotype length`) and end anywhere: the likelihood is
//! the sum of `M + I` over the last row. [`definition`] is this text in `f64`.

mod definition;
mod probability;

use crate::Simd;

/// A read as the model sees it: five slices of one length, a value for each base.
#[derive(Clone, Copy, Debug)]
pub struct HmmRead<'a> {
    /// Base codes: A 0, C 1, G 2, T 3; anything else is N and matches every base.
    pub bases: &'a [u8],
    /// Phred quality of the base.
    pub base_quals: &'a [u8],
    /// Phred quality of opening an insertion at the base.
    pub insertion_open: &'a [u8],
    /// Phred quality of opening a deletion after the base.
    pub deletion_open: &'a [u8],
    /// Phred quality of extending a gap, of either kind, at the base.
    pub gap_extend: &'a [u8],
}

impl HmmRead<'_> {
    /// Bases of the read.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bases.len()
    }

    /// Whether the read has no base.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bases.is_empty()
    }

    fn is_consistent(&self) -> bool {
        let len = self.len();
        [self.base_quals, self.insertion_open, self.deletion_open, self.gap_extend]
            .iter()
            .all(|quals| quals.len() == len)
    }
}

/// The kernel for one CPU level, with its scratch memory: make one for each thread and keep it.
#[derive(Debug)]
pub struct PairHmm {
    simd: Simd,
    exact: definition::Scratch,
}

impl PairHmm {
    /// A kernel for the level that `simd` proves.
    #[must_use]
    pub fn new(simd: Simd) -> Self {
        Self { simd, exact: definition::Scratch::default() }
    }

    /// The level that the kernel runs at.
    #[must_use]
    pub fn simd(&self) -> Simd {
        self.simd
    }

    /// log10 likelihoods of a read against each of `haplotypes` (base codes, of any lengths), in
    /// their order, into `out`, replacing what it held.
    ///
    /// A value depends on the read and its own haplotype alone: not on the other haplotypes, nor on
    /// the CPU level. An empty read is certain (0.0) on every haplotype; otherwise an empty haplotype
    /// is impossible (negative infinity), as is a read that the qualities forbid (a mismatch of
    /// error 0 cannot be written in Phred; a base of quality 0 that must match can).
    ///
    /// # Panics
    /// If the slices of `read` differ in length.
    pub fn likelihoods(&mut self, read: &HmmRead<'_>, haplotypes: &[&[u8]], out: &mut Vec<f64>) {
        assert!(read.is_consistent(), "the bases and the qualities of a read have one length");
        out.clear();
        out.extend(
            haplotypes.iter().map(|haplotype| definition::log10_likelihood(read, haplotype, &mut self.exact)),
        );
    }
}

#[cfg(test)]
mod tests;
