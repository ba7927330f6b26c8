//! How well each haplotype explains each read.

use rihla_core::base;
use rihla_core::phred::log10_sum;
use rihla_kernels::{HmmRead, PairHmm};
use rihla_pileup::ReadSet;

use crate::gap_penalty;
use crate::haplotype::Haplotype;
use crate::options::CallOptions;
use crate::reads::{WindowRead, base_at};

/// log10 likelihoods: a row for each read, a column for each haplotype.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Likelihoods {
    haplotypes: usize,
    values: Vec<f64>,
}

impl Likelihoods {
    /// A table from its rows back to back.
    #[must_use]
    pub fn new(haplotypes: usize, values: Vec<f64>) -> Self {
        Self { haplotypes, values }
    }

    /// Number of haplotypes.
    #[must_use]
    pub fn haplotypes(&self) -> usize {
        self.haplotypes
    }

    /// The rows, in the order of the reads.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.values.chunks_exact(self.haplotypes)
    }

    /// One row a fragment: the sum of its reads' rows. `fragments` has the fragment of each read.
    #[must_use]
    pub fn by_fragment(&self, fragments: impl Iterator<Item = usize> + Clone) -> Self {
        let count = fragments.clone().max().map_or(0, |last| last + 1);
        let mut values = vec![0.0; count * self.haplotypes];
        for (row, fragment) in self.rows().zip(fragments) {
            let sums = &mut values[fragment * self.haplotypes..][..self.haplotypes];
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        Self { haplotypes: self.haplotypes, values }
    }
}

/// Bases of lower quality say nothing.
const MIN_QUALITY: u8 = 3;

/// What a read shows against the reference is believed so far beyond its mapping quality (Phred): 60 is the highest that aligners
/// give, and stands for more.
const BEYOND_MAPPING: f64 = 5.0;

/// A read may belong elsewhere, where it is as likely as on the reference haplotype (the first) but for its mapping quality: that
/// is what the aligner weighed. What it shows against the reference is not explained by a place elsewhere that looks the
/// same. However it is mapped, no haplotype is worse than the best by more than a limit, which is higher for what surely placed
/// reads show against the reference: several changes side by side each ask for their prior.
fn soften(row: &mut [f64], mapping_quality: u8, options: &CallOptions) {
    let usual = options.mismapping_quality / 10.0;
    let mapping = f64::from(mapping_quality) / 10.0;
    let best = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let limit = usual.max(mapping + BEYOND_MAPPING / 10.0);
    let elsewhere = (row[0] - mapping.min(usual)).max(best - limit);
    for value in row {
        // A ten-thousandth more or less is nothing, and logarithms take time.
        *value = if *value > elsewhere + 4.0 { *value } else { log10_sum(*value, elsewhere) };
    }
}

/// Likelihoods from the bases that stand in the columns of SNPs. Haplotypes differ by SNPs only, so
/// all other bases are equally likely on each; the reads' alignments are taken as they are.
#[must_use]
pub fn by_columns(
    set: &ReadSet,
    reads: &[WindowRead],
    haplotypes: &[Haplotype],
    origin: u32,
    options: &CallOptions,
) -> Likelihoods {
    let mut sites: Vec<u32> =
        haplotypes.iter().flat_map(|h| h.events.iter().map(|event| event.position)).collect();
    sites.sort_unstable();
    sites.dedup();
    let mut values = Vec::with_capacity(reads.len() * haplotypes.len());
    for read in reads {
        let prepared = &set.reads()[read.number];
        let start = values.len();
        values.resize(start + haplotypes.len(), 0.0);
        let row = &mut values[start..];
        for &site in &sites {
            let Some((at, true)) = base_at(set, prepared, site) else { continue };
            let (code, quality) = (set.bases(prepared)[at], set.qualities(prepared)[at]);
            if code >= base::N || quality < MIN_QUALITY {
                continue;
            }
            let error = 10f64.powf(f64::from(quality.min(options.max_base_quality)) / -10.0);
            let (same, other) = ((1.0 - error).log10(), (error / 3.0).log10());
            for (value, haplotype) in row.iter_mut().zip(haplotypes) {
                *value += if haplotype.bases[(site - origin) as usize] == code { same } else { other };
            }
        }
        soften(row, prepared.mapping_quality, options);
    }
    Likelihoods::new(haplotypes.len(), values)
}

/// Per-base inputs of the model for one read.
#[derive(Debug, Default)]
pub struct HmmBuffers {
    bases: Vec<u8>,
    qualities: Vec<u8>,
    open: Vec<u8>,
    extend: Vec<u8>,
    row: Vec<f64>,
}

/// Likelihoods from the pair hidden Markov model. Reads that no haplotype explains are removed from
/// `reads`: clipped or chimeric, they would vote for whatever resembles them least badly.
#[must_use]
pub fn by_model(
    set: &ReadSet,
    reads: &mut Vec<WindowRead>,
    haplotypes: &[Haplotype],
    options: &CallOptions,
    (hmm, buffers): (&mut PairHmm, &mut HmmBuffers),
) -> Likelihoods {
    let sequences: Vec<&[u8]> = haplotypes.iter().map(|haplotype| haplotype.bases.as_slice()).collect();
    let mut values = Vec::with_capacity(reads.len() * haplotypes.len());
    reads.retain(|read| {
        let prepared = &set.reads()[read.number];
        fill(set, read, options, buffers);
        let span = read.span.clone();
        let model = HmmRead {
            bases: &buffers.bases[span.clone()],
            base_quals: &buffers.qualities[span.clone()],
            insertion_open: &buffers.open[span.clone()],
            deletion_open: &buffers.open[span.clone()],
            gap_extend: &buffers.extend[span.clone()],
        };
        hmm.likelihoods(&model, &sequences, &mut buffers.row);
        let best = buffers.row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let explained = best >= worst_accepted(span.len());
        if explained {
            soften(&mut buffers.row, prepared.mapping_quality, options);
            values.extend_from_slice(&buffers.row);
        }
        explained
    });
    Likelihoods::new(haplotypes.len(), values)
}

/// What a read of this length must reach on some haplotype (log10): room for one error of high
/// quality in fifty bases, and one more.
fn worst_accepted(length: usize) -> f64 {
    let errors = (length as f64 * 0.02).ceil() + 1.0;
    -4.5 * errors
}

fn fill(set: &ReadSet, read: &WindowRead, options: &CallOptions, buffers: &mut HmmBuffers) {
    let prepared = &set.reads()[read.number];
    let (bases, qualities) = (set.bases(prepared), set.qualities(prepared));
    buffers.bases.clear();
    let known = |(&code, &quality): (&u8, &u8)| if quality < MIN_QUALITY { base::N } else { code };
    buffers.bases.extend(bases.iter().zip(qualities).map(known));
    buffers.qualities.clear();
    buffers.qualities.extend(qualities.iter().map(|&q| q.clamp(MIN_QUALITY, options.max_base_quality)));
    gap_penalty::penalties_into(bases, &options.slips, &mut buffers.open, &mut buffers.extend);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn softened(mut row: Vec<f64>, mapping_quality: u8) -> Vec<f64> {
        soften(&mut row, mapping_quality, &CallOptions::default());
        row
    }

    #[test]
    fn what_the_reference_explains_may_be_from_elsewhere() {
        let odds = |row: &[f64]| row[1] - row[0];
        // REF: of a mapping quality of 10, a tenth is from elsewhere, where it is as likely.
        let reference = softened(vec![0.0, -4.0], 10);
        assert!((-1.1..-0.9).contains(&odds(&reference)), "{reference:?}");
        // ALT: elsewhere it were as wrong.
        let alternate = softened(vec![-4.0, 0.0], 10);
        assert!(odds(&alternate) > 3.8, "{alternate:?}");
        // No read speaks louder than the limits.
        let shown = [(-9.0, 0.0, 40), (-9.0, 0.0, 60), (0.0, -9.0, 60)]
            .map(|(reference, alternate, quality)| odds(&softened(vec![reference, alternate], quality)));
        assert!((4.4..4.6).contains(&shown[0]), "{shown:?}");
        assert!((6.4..6.6).contains(&shown[1]), "several changes of a surely placed read: {shown:?}");
        assert!((-4.6..-4.4).contains(&shown[2]), "misplaced reads show the reference: {shown:?}");
    }
}
