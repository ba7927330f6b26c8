//! Called variants, as they go into a VCF.

mod packed;

use crate::genotype::Genotype;

/// What kind of change an ALT allele is, by its lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VariantKind {
    /// One base for another.
    Snp,
    /// Several bases for as many others.
    Mnp,
    /// Bases added.
    Insertion,
    /// Bases removed.
    Deletion,
    /// `*`: removed by a deletion that starts before.
    SpanningDeletion,
}

impl VariantKind {
    /// The kind of `alternate` against `reference`.
    #[must_use]
    pub fn of(reference: &[u8], alternate: &[u8]) -> Self {
        if alternate == b"*" {
            return Self::SpanningDeletion;
        }
        match reference.len().cmp(&alternate.len()) {
            std::cmp::Ordering::Less => Self::Insertion,
            std::cmp::Ordering::Greater => Self::Deletion,
            std::cmp::Ordering::Equal if reference.len() == 1 => Self::Snp,
            std::cmp::Ordering::Equal => Self::Mnp,
        }
    }
}

/// Site annotations in GATK's vocabulary; a missing value is left out of INFO.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Annotations {
    /// `DP`: reads that were looked at.
    pub depth: u32,
    /// `QD`: QUAL by depth of the reads of carriers.
    pub quality_by_depth: Option<f32>,
    /// `FS`: Phred of Fisher's exact test for strand bias.
    pub fisher_strand: Option<f32>,
    /// `SOR`: symmetric odds ratio of strand bias.
    pub strand_odds_ratio: Option<f32>,
    /// `MQ`: root mean square of mapping qualities.
    pub mapping_quality: Option<f32>,
    /// `MQRankSum`: z of ALT against REF mapping qualities.
    pub mapping_quality_rank_sum: Option<f32>,
    /// `ReadPosRankSum`: z of ALT against REF distances from the read's end.
    pub read_position_rank_sum: Option<f32>,
    /// `BaseQRankSum`: z of ALT against REF base qualities.
    pub base_quality_rank_sum: Option<f32>,
    /// `SCORE`: probability that the ALT alleles are there, as a model says that was trained.
    pub score: Option<f32>,
    /// `FEATURES`: what that model was told, where it is to be trained.
    pub features: Vec<f32>,
    /// `AS_` annotations: of each ALT allele by itself; empty where they are not wanted.
    pub by_allele: Vec<AlleleAnnotations>,
}

/// What [`Annotations`] has of all ALT alleles, of one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AlleleAnnotations {
    /// `AS_BaseQRankSum`.
    pub base_quality_rank_sum: Option<f32>,
    /// `AS_FS`.
    pub fisher_strand: Option<f32>,
    /// `AS_MQ`: of the reads with the allele.
    pub mapping_quality: Option<f32>,
    /// `AS_MQRankSum`.
    pub mapping_quality_rank_sum: Option<f32>,
    /// `AS_QD`: Phred of the allele's not being there, by depth of it and of REF.
    pub quality_by_depth: Option<f32>,
    /// `AS_ReadPosRankSum`.
    pub read_position_rank_sum: Option<f32>,
    /// `AS_SOR`.
    pub strand_odds_ratio: Option<f32>,
}

/// What one sample has at a site.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleCall {
    /// `GT`.
    pub genotype: Genotype,
    /// `AD`: informative reads of REF and of each ALT.
    pub allele_depths: Vec<u32>,
    /// `AF`: share of each ALT among the fragments of a mixture; empty where the sample is none.
    pub allele_shares: Vec<f32>,
    /// `DP`: informative reads.
    pub depth: u32,
    /// `GQ`: Phred of the genotype being wrong, at most 99.
    pub genotype_quality: u8,
    /// `PL`: Phred-scaled genotype likelihoods, smallest 0, in VCF order; empty for a mixture.
    pub likelihoods: Vec<u32>,
    /// Which allele lies on which copy, where the reads tell it of this record and of others.
    pub phase: Option<Phase>,
}

/// Physical phase: records with one `first` share two haplotypes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// Allele numbers by copy; the genotype's in another order, perhaps.
    pub alleles: [u8; 2],
    /// The first record of those that are phased together.
    pub first: PhaseAnchor,
}

/// The first of the records that are phased together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseAnchor {
    /// Its 0-based position: `PS`, when counted from 1.
    pub position: u32,
    /// Its REF.
    pub reference: Vec<u8>,
    /// Its first ALT.
    pub alternate: Vec<u8>,
}

/// One VCF record of one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantRecord {
    /// Contig id.
    pub contig: u32,
    /// 0-based position of the first base of `reference`.
    pub position: u32,
    /// REF, upper-case letters.
    pub reference: Vec<u8>,
    /// ALT alleles, upper-case letters or `*`.
    pub alternates: Vec<Vec<u8>>,
    /// QUAL: Phred of there being no variant.
    pub quality: f32,
    /// FILTER ids that the record fails; empty is `PASS`.
    pub filters: Vec<&'static str>,
    /// `FGT`: an allele is written because it was asked for.
    pub is_forced: bool,
    /// INFO.
    pub annotations: Annotations,
    /// The sample's column.
    pub sample: SampleCall,
}

impl VariantRecord {
    /// Whether no filter failed.
    #[must_use]
    pub fn is_pass(&self) -> bool {
        self.filters.is_empty()
    }

    /// One past the last reference base.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.position + self.reference.len() as u32
    }
}
