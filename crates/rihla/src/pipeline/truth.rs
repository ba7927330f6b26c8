//! Comparison of two VCFs, streamed: [`chunks`] reads and cuts, [`part`] judges a part, [`annotate`] writes it down.

pub mod annotate;
pub mod chunks;
pub mod part;
pub mod regions;

use rihla_io::vcf::VcfRecord;
use rihla_truth::TruthVariant;

/// A record as the comparison takes it.
#[must_use]
pub fn compared(record: &VcfRecord) -> TruthVariant {
    TruthVariant {
        contig: record.contig,
        position: record.position,
        reference: record.reference.clone(),
        alternates: record.alternates.clone(),
        genotype: record.genotype.clone(),
        phase: record.is_phased.then_some(0),
        is_pass: record.is_pass,
        quality: record.quality,
        genotype_quality: None,
    }
}
