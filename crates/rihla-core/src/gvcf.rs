//! What a gVCF holds beside variants: how sure it is that nothing is there.

use crate::variant::VariantRecord;

/// A stretch of positions of one contig at which the sample is as the reference, or at which nothing is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceBlock {
    /// Contig id.
    pub contig: u32,
    /// First position, 0-based.
    pub start: u32,
    /// One past the last position.
    pub end: u32,
    /// Copies of the chromosome, one or two.
    pub ploidy: u8,
    /// `DP`: the median depth of its positions.
    pub depth: u32,
    /// `MIN_DP`: the lowest depth.
    pub min_depth: u32,
    /// `PL` with one copy of any other allele and with two (of one, the same), each the lowest of all positions.
    pub likelihoods: [u32; 2],
}

impl ReferenceBlock {
    /// `GQ`: Phred of the reference genotype being wrong, at most 99.
    #[must_use]
    pub fn genotype_quality(&self) -> u8 {
        self.likelihoods[0].min(self.likelihoods[1]).min(99) as u8
    }

    /// Whether the reads say anything for the reference; else the genotype is missing.
    #[must_use]
    pub fn is_called(&self) -> bool {
        self.genotype_quality() > 0
    }
}

/// A variant as a gVCF has it: with a symbolic allele behind those of [`VariantRecord::alternates`] that stands for all others.
#[derive(Clone, Debug, PartialEq)]
pub struct GvcfVariant {
    /// The record; its `PL` leaves the symbolic allele out.
    pub record: VariantRecord,
    /// `AD` of the symbolic allele: reads that clearly show an allele that is not listed.
    pub other_depth: u32,
    /// `PL` of all genotypes, the symbolic allele the last.
    pub likelihoods: Vec<u32>,
    /// `SB`: informative reads of REF, forward and reverse, and of all ALT alleles.
    pub strands: [u32; 4],
    /// Sum of the squared mapping qualities of the reads counted by INFO `DP`.
    pub squared_mapping_quality: u64,
    /// What the reads of each allele look like, REF first; the symbolic allele has none.
    pub alleles: Vec<AlleleReads>,
}

/// What the informative reads of one allele look like, for joint callers that judge each allele by itself (GATK's `AS_`).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AlleleReads {
    /// Reads, forward and reverse.
    pub strands: [u32; 2],
    /// Sum of their squared mapping qualities.
    pub squared_mapping_quality: u64,
    /// z of their base qualities against those of REF; `None` where either has no reads, and of REF.
    pub base_quality_rank_sum: Option<f32>,
    /// The same of mapping qualities.
    pub mapping_quality_rank_sum: Option<f32>,
    /// The same of distances from the read's end.
    pub read_position_rank_sum: Option<f32>,
}

/// A line of a gVCF.
#[derive(Clone, Debug, PartialEq)]
pub enum GvcfRecord {
    /// A stretch without a variant.
    Block(ReferenceBlock),
    /// A variant.
    Variant(Box<GvcfVariant>),
}
