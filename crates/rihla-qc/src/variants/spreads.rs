//! How passing variants spread: over substitutions, lengths, shares of reads and qualities.

use rihla_core::variant::VariantKind;
use rihla_core::{VariantRecord, base};

use crate::counters::{add_all, add_at};

/// Longer insertions and deletions are counted as this long (bases).
pub const LONGEST_INDEL: usize = 50;
/// Shares of reads, from 0 to 1, are counted in so many bins.
pub const SHARE_BINS: usize = 40;
/// QUAL is counted in bins of this width.
pub const QUALITY_WIDTH: usize = 25;
/// A QUAL of so many bins, or more, is in the last one.
const QUALITY_BINS: usize = 40;

/// Histograms of records that pass every filter, and of the ALT alleles that the sample carries in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VariantSpreads {
    /// SNPs by code of REF and of ALT.
    pub substitutions: [[u64; 4]; 4],
    /// Insertions by bases, from 1 on.
    pub insertions: Vec<u64>,
    /// Deletions by bases, from 1 on.
    pub deletions: Vec<u64>,
    /// ALT alleles by their share of the informative reads, where two copies differ.
    pub het_shares: Vec<u64>,
    /// The same where both copies are the allele.
    pub hom_alt_shares: Vec<u64>,
    /// Records by GQ.
    pub genotype_qualities: Vec<u64>,
    /// Records by QUAL, in bins of `QUALITY_WIDTH`.
    pub qualities: Vec<u64>,
}

impl VariantSpreads {
    /// Counts a passing record in which the sample carries an ALT allele.
    pub(super) fn add(&mut self, record: &VariantRecord) {
        add_at(&mut self.genotype_qualities, record.sample.genotype_quality.into());
        // A quality that is no number is none at all: 0.
        let quality = record.quality.max(0.0) as usize / QUALITY_WIDTH;
        add_at(&mut self.qualities, quality.min(QUALITY_BINS));
        let mut carried = record.sample.genotype.alleles().to_vec();
        carried.dedup();
        for allele in carried.into_iter().map(usize::from).filter(|&allele| allele > 0) {
            // `*` belongs to another record.
            let alternate = record.alternates.get(allele - 1).filter(|alternate| *alternate != b"*");
            if let Some(alternate) = alternate {
                self.add_allele(&record.reference, alternate);
                self.add_share(record, allele);
            }
        }
    }

    fn add_allele(&mut self, reference: &[u8], alternate: &[u8]) {
        let length = |longer: usize| longer.min(LONGEST_INDEL) - 1;
        match VariantKind::of(reference, alternate) {
            VariantKind::Snp => {
                let [from, to] = [reference[0], alternate[0]].map(base::encode);
                if from < base::N && to < base::N {
                    self.substitutions[usize::from(from)][usize::from(to)] += 1;
                }
            }
            VariantKind::Insertion => {
                add_at(&mut self.insertions, length(alternate.len() - reference.len()));
            }
            VariantKind::Deletion => add_at(&mut self.deletions, length(reference.len() - alternate.len())),
            VariantKind::Mnp | VariantKind::SpanningDeletion => {}
        }
    }

    /// Counts the share of an allele of which there are one or two copies; a mixture has any share.
    fn add_share(&mut self, record: &VariantRecord, allele: usize) {
        let sample = &record.sample;
        let all: u64 = sample.allele_depths.iter().copied().map(u64::from).sum();
        let Some(own) = sample.allele_depths.get(allele).copied().map(u64::from) else { return };
        if sample.genotype.ploidy() != 2 || !sample.allele_shares.is_empty() || all == 0 {
            return;
        }
        let bin = (own * SHARE_BINS as u64 / all) as usize;
        let shares = if sample.genotype.is_het() { &mut self.het_shares } else { &mut self.hom_alt_shares };
        add_at(shares, bin.min(SHARE_BINS - 1));
    }

    /// Adds the counts of other records.
    pub(super) fn merge(&mut self, other: &Self) {
        let lists = self.substitutions.iter_mut().flatten().zip(other.substitutions.iter().flatten());
        lists.for_each(|(mine, more)| *mine += more);
        add_all(&mut self.insertions, &other.insertions);
        add_all(&mut self.deletions, &other.deletions);
        add_all(&mut self.het_shares, &other.het_shares);
        add_all(&mut self.hom_alt_shares, &other.hom_alt_shares);
        add_all(&mut self.genotype_qualities, &other.genotype_qualities);
        add_all(&mut self.qualities, &other.qualities);
    }
}
