//! Variants by kind.

mod spreads;

use std::collections::BTreeMap;

use rihla_core::VariantRecord;
use rihla_core::variant::VariantKind;

pub use spreads::{LONGEST_INDEL, QUALITY_WIDTH, SHARE_BINS, VariantSpreads};

/// Counts of variant records. Kinds and genotypes are those of records that pass every filter;
/// records in which the sample carries no ALT allele count nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VariantCounts {
    /// Records in which the sample carries an ALT allele.
    pub records: u64,
    /// Of these, records that pass.
    pub pass: u64,
    /// Records that fail a filter, by filter; a record that fails two is in both.
    pub filters: BTreeMap<String, u64>,
    /// Carried ALT alleles that are SNPs.
    pub snps: u64,
    /// Carried ALT alleles that change several bases to as many.
    pub mnps: u64,
    /// Carried ALT alleles that are insertions.
    pub insertions: u64,
    /// Carried ALT alleles that are deletions.
    pub deletions: u64,
    /// Passing records with more than one ALT allele, `*` not counted.
    pub multi_allelic: u64,
    /// Passing records of heterozygous genotype.
    pub het: u64,
    /// Passing records whose genotype is one ALT allele throughout.
    pub hom_alt: u64,
    /// SNPs between A and G, or C and T.
    pub transitions: u64,
    /// Other SNPs of known bases.
    pub transversions: u64,
    /// Histograms of passing records.
    pub spreads: VariantSpreads,
}

impl VariantCounts {
    /// Counts one record.
    pub fn add(&mut self, record: &VariantRecord) {
        let genotype = &record.sample.genotype;
        if genotype.is_hom_ref() {
            return;
        }
        self.records += 1;
        for filter in &record.filters {
            *self.filters.entry((*filter).to_owned()).or_default() += 1;
        }
        if !record.is_pass() {
            return;
        }
        self.pass += 1;
        let named = record.alternates.iter().filter(|alternate| *alternate != b"*").count();
        self.multi_allelic += u64::from(named > 1);
        self.het += u64::from(genotype.is_het());
        self.hom_alt += u64::from(genotype.is_hom_alt());
        self.spreads.add(record);
        for (i, alternate) in record.alternates.iter().enumerate() {
            if genotype.alleles().iter().any(|&allele| usize::from(allele) == i + 1) {
                self.add_allele(&record.reference, alternate);
            }
        }
    }

    fn add_allele(&mut self, reference: &[u8], alternate: &[u8]) {
        match VariantKind::of(reference, alternate) {
            VariantKind::Snp => {
                self.snps += 1;
                match (reference[0], alternate[0]) {
                    (b'A', b'G') | (b'G', b'A') | (b'C', b'T') | (b'T', b'C') => self.transitions += 1,
                    (b'A' | b'C' | b'G' | b'T', b'A' | b'C' | b'G' | b'T') => self.transversions += 1,
                    _ => {}
                }
            }
            VariantKind::Mnp => self.mnps += 1,
            VariantKind::Insertion => self.insertions += 1,
            VariantKind::Deletion => self.deletions += 1,
            VariantKind::SpanningDeletion => {}
        }
    }

    /// Adds the counts of other records.
    pub fn merge(&mut self, other: &Self) {
        self.records += other.records;
        self.pass += other.pass;
        for (filter, count) in &other.filters {
            *self.filters.entry(filter.clone()).or_default() += count;
        }
        self.snps += other.snps;
        self.mnps += other.mnps;
        self.insertions += other.insertions;
        self.deletions += other.deletions;
        self.multi_allelic += other.multi_allelic;
        self.het += other.het;
        self.hom_alt += other.hom_alt;
        self.transitions += other.transitions;
        self.transversions += other.transversions;
        self.spreads.merge(&other.spreads);
    }
}
