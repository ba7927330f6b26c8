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
//! the sum of `M + I` over the last row.
//!
//! `definition` is this text in `f64`. It is slow, so reads go through an `f32` recurrence first:
//! `row` says how it is scaled, `single` is its scalar form, and `sweep` the vector form, one read
//! against a haplotype in each lane. The three agree to the bit, as nothing is fused or reordered.
//! A haplotype whose sum leaves the range of `f32` is computed again as the definition says (`rescue`).

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod batch;
mod definition;
#[cfg(target_arch = "aarch64")]
mod neon;
mod probability;
mod rescue;
mod row;
mod single;
#[cfg(target_arch = "x86_64")]
mod sse41;
mod sweep;
mod vector;

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
    kernels: vector::Kernels,
    rows: row::Rows,
    batch: batch::Batch,
    sets: Vec<row::BaseSet>,
    lens: Vec<usize>,
    vector: vector::Scratch,
    single: single::Scratch,
    rescue: rescue::Rescue,
}

impl PairHmm {
    /// A kernel for the level that `simd` proves.
    #[must_use]
    pub fn new(simd: Simd) -> Self {
        Self {
            simd,
            kernels: vector::Kernels::new(simd),
            rows: row::Rows::default(),
            batch: batch::Batch::default(),
            sets: Vec::new(),
            lens: Vec::new(),
            vector: vector::Scratch::default(),
            single: single::Scratch::default(),
            rescue: rescue::Rescue::new(simd),
        }
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
    /// the CPU level. It is within 1e-5 of the model for reads of a few hundred bases. An empty read
    /// is certain (0.0) on every haplotype; otherwise an empty haplotype is impossible (negative
    /// infinity). Calls in a row with the same haplotypes are cheapest.
    ///
    /// # Panics
    /// If the slices of `read` differ in length.
    pub fn likelihoods(&mut self, read: &HmmRead<'_>, haplotypes: &[&[u8]], out: &mut Vec<f64>) {
        assert!(read.is_consistent(), "the bases and the qualities of a read have one length");
        out.clear();
        if read.is_empty() {
            out.resize(haplotypes.len(), 0.0);
            return;
        }
        if !self.rows.set(read) {
            out.resize(haplotypes.len(), f64::NAN);
        } else if self.kernels.widths().is_empty() {
            self.fill_scalar(haplotypes, out);
        } else {
            self.fill_vector(haplotypes, out);
        }
        for (value, _) in out.iter_mut().zip(haplotypes).filter(|(_, haplotype)| haplotype.is_empty()) {
            *value = f64::NEG_INFINITY;
        }
        if out.iter().any(|value| value.is_nan()) {
            self.rescue.fill(read, haplotypes, out);
        }
    }

    /// Appends the value of each haplotype; not a number where `f32` does not hold it.
    fn fill_scalar(&mut self, haplotypes: &[&[u8]], out: &mut Vec<f64>) {
        for haplotype in haplotypes {
            self.sets.clear();
            self.sets.extend(haplotype.iter().map(|&code| row::base_set(code)));
            out.push(unscaled_log10(single::scaled_likelihood(&self.rows, &self.sets, &mut self.single)));
        }
    }

    /// As [`PairHmm::fill_scalar`], with vectors.
    fn fill_vector(&mut self, haplotypes: &[&[u8]], out: &mut Vec<f64>) {
        self.lens.clear();
        self.lens.extend(haplotypes.iter().map(|haplotype| haplotype.len()));
        for group in self.batch.pack(haplotypes, self.kernels.widths()) {
            let lens = &self.lens[group.members.clone()];
            let sums = self.kernels.scaled_likelihoods(&self.rows, group, lens, &mut self.vector);
            out.extend(sums[..lens.len()].iter().map(|&sum| unscaled_log10(sum)));
        }
    }
}

/// log10 of a likelihood times [`row::SCALE`]; not a number if it is out of the range of `f32`.
fn unscaled_log10(sum: f32) -> f64 {
    if (row::TOO_SMALL..=f32::MAX).contains(&sum) {
        (f64::from(sum) / f64::from(row::SCALE)).log10()
    } else {
        f64::NAN
    }
}

#[cfg(test)]
mod tests;
