//! A donor's truth: variants on two haplotypes of a reference, and how random ones are drawn.

use rihla_core::genotype::Genotype;
use rihla_core::variant::{Annotations, SampleCall, VariantRecord};

use crate::TestkitError;
use crate::karyotype::Copies;
use crate::options::within;
use crate::stream::Stream;

pub(crate) mod sites;
mod spectrum;

/// What the sample's variants look like. The defaults are a human genome's: one SNV in a thousand bases with
/// Ti/Tv 2.1, one indel to eight SNVs, half of the indels in tandem repeats (Montgomery et al., Genome
/// Research 23:749, 2013), three heterozygous to two homozygous sites.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantOptions {
    /// SNVs a base (sites, both haplotypes together); MNPs count as SNVs.
    pub snv_rate: f64,
    /// Indels for each SNV.
    pub indels_per_snv: f64,
    /// Transitions for each transversion.
    pub transition_ratio: f64,
    /// Share of heterozygous sites.
    pub het_share: f64,
    /// Share of sites with two ALT alleles, one on each haplotype.
    pub multiallelic: f64,
    /// Share of the indels that add or remove copies in a tandem repeat.
    pub repeat_share: f64,
    /// Share of the SNVs that are two or three adjacent bases on one haplotype (MNP).
    pub mnp_share: f64,
    /// Share of the indels outside repeats that replace bases by others of another number.
    pub complex_share: f64,
    /// Longest indel in bases; 50 and more would be structural.
    pub longest_indel: u32,
    /// Bases of reference between two sites, at least.
    pub spacing: u32,
}

impl Default for VariantOptions {
    fn default() -> Self {
        Self {
            snv_rate: 1e-3,
            indels_per_snv: 0.125,
            transition_ratio: 2.1,
            het_share: 0.6,
            multiallelic: 0.005,
            repeat_share: 0.5,
            mnp_share: 0.01,
            complex_share: 0.02,
            longest_indel: 49,
            spacing: 3,
        }
    }
}

impl VariantOptions {
    /// Checks every range.
    ///
    /// # Errors
    /// [`TestkitError::Option`] for the first option out of its range.
    pub fn validate(&self) -> Result<(), TestkitError> {
        let share = |name, value| within(name, value, 0.0..=1.0, "from 0 to 1");
        within("SNV rate", self.snv_rate, 0.0..=0.05, "from 0 to 0.05")?;
        within("indels for each SNV", self.indels_per_snv, 0.0..=10.0, "from 0 to 10")?;
        within("transitions for each transversion", self.transition_ratio, 0.0..=100.0, "from 0 to 100")?;
        share("share of heterozygous sites", self.het_share)?;
        share("share of multi-allelic sites", self.multiallelic)?;
        share("share of indels in repeats", self.repeat_share)?;
        share("share of MNPs", self.mnp_share)?;
        share("share of complex indels", self.complex_share)?;
        within("longest indel", f64::from(self.longest_indel), 1.0..=500.0, "from 1 to 500 bases")
    }

    /// Allele numbers of a site with so many ALT alleles (1 or 2) that a donor carries; [`TruthRecord::ABSENT`]
    /// where a haplotype does not exist. `None` when no copy that exists has an ALT allele.
    pub(crate) fn genotype(&self, stream: &mut Stream, alternates: usize, copies: Copies) -> Option<[u8; 2]> {
        let first = stream.chance(0.5);
        let drawn = match alternates {
            2 if first => [1, 2],
            2 => [2, 1],
            _ if !stream.chance(self.het_share) => [1, 1],
            _ if first => [1, 0],
            _ => [0, 1],
        };
        TruthRecord::on_existing(drawn, copies)
    }
}

/// One true variant, in VCF's normal form if it was drawn at random: shortest, leftmost, at least one letter
/// on each side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TruthRecord {
    /// Contig id.
    pub contig: u32,
    /// 0-based position of the first base of `reference`.
    pub position: u32,
    /// REF, upper-case letters.
    pub reference: Vec<u8>,
    /// ALT alleles, upper-case letters.
    pub alternates: Vec<Vec<u8>>,
    /// Allele numbers of the first and of the second haplotype (0 is REF, [`TruthRecord::ABSENT`] no copy).
    pub genotype: [u8; 2],
}

impl TruthRecord {
    /// The allele number of a haplotype that does not exist, such as the second one of Y.
    pub const ABSENT: u8 = u8::MAX;

    /// One past the last reference base.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.position + self.reference.len() as u32
    }

    /// Whether every ALT is one base for one base.
    #[must_use]
    pub fn is_snv(&self) -> bool {
        self.reference.len() == 1 && self.alternates.iter().all(|alternate| alternate.len() == 1)
    }

    /// Letters that a haplotype (0 or 1) has in place of `reference`; none where it has REF or does not exist.
    #[must_use]
    pub fn allele(&self, haplotype: usize) -> Option<&[u8]> {
        match self.genotype[haplotype] {
            0 | Self::ABSENT => None,
            number => Some(self.alternates[usize::from(number) - 1].as_slice()),
        }
    }

    /// Allele numbers of the haplotypes that exist, in their order: one on a haploid chromosome, else two.
    pub fn alleles(&self) -> impl Iterator<Item = u8> + Clone + '_ {
        self.genotype.iter().copied().filter(|&allele| allele != Self::ABSENT)
    }

    /// The change that a haplotype (0 or 1) carries, without what REF and ALT share in front: the bases of the
    /// reference that it replaces and the letters that stand there instead.
    #[must_use]
    pub(crate) fn change(&self, haplotype: usize) -> Option<(u32, u32, &[u8])> {
        let letters = self.allele(haplotype)?;
        let shared = self.reference.iter().zip(letters).take_while(|(a, b)| a == b).count();
        Some((self.position + shared as u32, self.end(), &letters[shared..]))
    }

    /// A genotype without the haplotypes that have no copy; `None` when no ALT allele is left.
    pub(crate) fn on_existing(genotype: [u8; 2], copies: Copies) -> Option<[u8; 2]> {
        let one = |which: usize| if copies[which] > 0.0 { genotype[which] } else { Self::ABSENT };
        let kept = [one(0), one(1)];
        kept.iter().any(|&allele| allele != 0 && allele != Self::ABSENT).then_some(kept)
    }

    /// The record without the ALT alleles that its genotype does not name.
    #[must_use]
    pub(crate) fn trimmed(mut self) -> Self {
        for number in (1..=self.alternates.len() as u8).rev() {
            if !self.genotype.contains(&number) {
                self.alternates.remove(usize::from(number) - 1);
                for allele in &mut self.genotype {
                    if *allele != Self::ABSENT && *allele > number {
                        *allele -= 1;
                    }
                }
            }
        }
        self
    }

    /// The record as a call would be written: PASS, no annotations; the phase is not kept.
    #[must_use]
    pub fn to_variant(&self) -> VariantRecord {
        VariantRecord {
            contig: self.contig,
            position: self.position,
            reference: self.reference.clone(),
            alternates: self.alternates.clone(),
            quality: 0.0,
            filters: Vec::new(),
            is_forced: false,
            annotations: Annotations::default(),
            sample: SampleCall {
                genotype: Genotype::new(self.alleles().collect()),
                allele_depths: Vec::new(),
                allele_shares: Vec::new(),
                depth: 0,
                genotype_quality: 99,
                likelihoods: Vec::new(),
                phase: None,
            },
        }
    }
}

#[cfg(test)]
mod tests;
