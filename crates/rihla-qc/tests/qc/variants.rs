//! Variants by kind and genotype.

use std::collections::BTreeMap;

use rihla_core::variant::{Annotations, SampleCall};
use rihla_core::{Genotype, VariantRecord};
use rihla_qc::VariantCounts;

fn record(
    reference: &str,
    alternates: &[&str],
    genotype: (u8, u8),
    filters: &[&'static str],
) -> VariantRecord {
    VariantRecord {
        contig: 0,
        position: 10,
        reference: reference.into(),
        alternates: alternates.iter().map(|alternate| alternate.as_bytes().to_vec()).collect(),
        quality: 50.0,
        filters: filters.to_vec(),
        is_forced: false,
        annotations: Annotations::default(),
        sample: SampleCall {
            genotype: Genotype::diploid(genotype.0, genotype.1),
            allele_depths: vec![10, 10],
            allele_shares: Vec::new(),
            depth: 20,
            genotype_quality: 99,
            likelihoods: vec![50, 0, 50],
            phase: None,
        },
    }
}

fn counts(records: &[VariantRecord]) -> VariantCounts {
    let mut counts = VariantCounts::default();
    records.iter().for_each(|record| counts.add(record));
    counts
}

#[test]
fn kinds_and_genotypes_by_hand() {
    let records = [
        record("A", &["G"], (0, 1), &[]),
        record("C", &["T"], (1, 1), &[]),
        record("A", &["C"], (0, 1), &[]),
        record("AC", &["GT"], (0, 1), &[]),
        record("A", &["AT"], (1, 1), &[]),
        record("ACC", &["A"], (0, 1), &[]),
        // Two SNPs, a transition and a transversion.
        record("A", &["G", "T"], (1, 2), &[]),
        // One allele carried, the other one not.
        record("A", &["AT", "C"], (0, 2), &[]),
        // A SNP inside a deletion: one ALT allele beside `*`.
        record("G", &["A", "*"], (1, 2), &[]),
        record("A", &["G"], (0, 0), &["QD2"]),
        record("A", &["G"], (0, 1), &["QD2", "FS60"]),
        record("A", &["AT"], (0, 1), &["QD2"]),
    ];
    let expected = VariantCounts {
        records: 11,
        pass: 9,
        filters: BTreeMap::from([("FS60".to_owned(), 1), ("QD2".to_owned(), 2)]),
        snps: 7,
        mnps: 1,
        insertions: 1,
        deletions: 1,
        multi_allelic: 2,
        het: 7,
        hom_alt: 2,
        transitions: 4,
        transversions: 3,
        spreads: counts(&records).spreads,
    };
    assert_eq!(counts(&records), expected);
    let spreads = &expected.spreads;
    // By A, C, G and T: A>C and A>T of the records of two SNPs, C>T, G>A.
    assert_eq!(spreads.substitutions, [[0, 2, 2, 1], [0, 0, 0, 1], [1, 0, 0, 0], [0; 4]]);
    assert_eq!((&spreads.insertions[..], &spreads.deletions[..]), (&[1][..], &[0, 1][..]));
    // Half of the reads have the first ALT allele; depths of a second one are not known here.
    assert_eq!((spreads.het_shares[20], spreads.hom_alt_shares[20]), (6, 2));
    assert_eq!((spreads.genotype_qualities[99], spreads.qualities[2]), (9, 9));

    let mut merged = counts(&records[4..]);
    merged.merge(&counts(&records[..4]));
    assert_eq!(merged, expected);
}
