use super::*;
use crate::builders;
use crate::genome::{Genome, GenomeOptions};
use crate::karyotype::Karyotype;
use crate::layout::Layout;
use crate::population::Population;
use proptest::prelude::*;
use rihla_core::normalize::{Allele, normalize};
use rihla_core::{Reference, base};

fn truth_of(reference: &Reference, options: &VariantOptions, seed: u64) -> Vec<TruthRecord> {
    let layout = Layout::new(reference, None);
    let population = Population::new(&layout, options, seed).expect("valid");
    population.variants(0, Karyotype::default()).iter().collect()
}

fn check(reference: &Reference, truth: &[TruthRecord], spacing: u32) {
    let mut before = (0, 0);
    for record in truth {
        let letters = base::decode_all(&reference.fetch(record.contig, record.position, record.end()));
        assert_eq!(letters, record.reference);
        assert!((record.contig, record.position) >= before, "{record:?} after {before:?}");
        before = (record.contig, record.end() + spacing);
        let bases = record.reference.iter().chain(record.alternates.iter().flatten());
        assert!(bases.into_iter().all(|letter| b"ACGT".contains(letter)));
        assert!(record.genotype.iter().any(|&allele| allele > 0));
        for alternate in &record.alternates {
            let allele = Allele {
                position: record.position,
                reference: record.reference.clone(),
                alternate: alternate.clone(),
            };
            let moved = normalize(allele, |at| base::decode(reference.base(record.contig, at)));
            assert_eq!(moved.position, record.position);
        }
    }
}

#[test]
fn rates_are_those_asked_for() {
    let genome = Genome::random(&GenomeOptions { bases: 2_000_000, contigs: 2, seed: 5 }).expect("valid");
    let reference = genome.reference();
    let options = VariantOptions { multiallelic: 0.05, ..VariantOptions::default() };
    let truth = truth_of(&reference, &options, 9);
    check(&reference, &truth, options.spacing);
    let known = reference.bases() - reference.ambiguous().iter().map(|run| run.end - run.start).sum::<u64>();
    let keeps_length = |record: &&TruthRecord| {
        record.alternates.iter().all(|letters| letters.len() == record.reference.len())
    };
    let mnps = truth.iter().filter(|record| keeps_length(record) && !record.is_snv()).count();
    let snvs: Vec<_> = truth.iter().filter(|record| record.is_snv()).collect();
    assert!((8..40).contains(&mnps), "{mnps} MNPs beside {} SNVs", snvs.len());
    let is_complex = |record: &&TruthRecord| {
        record.alternates.len() == 1
            && record.reference[0] != record.alternates[0][0]
            && !keeps_length(record)
    };
    let complex = truth.iter().filter(is_complex).count();
    assert!((1..15).contains(&complex), "{complex} complex records");
    let rate = snvs.len() as f64 / known as f64;
    assert!((0.0009..0.0011).contains(&rate), "SNV rate {rate}");
    let indels = truth.len() - snvs.len() - mnps;
    let ratio = indels as f64 / snvs.len() as f64;
    assert!((0.09..0.15).contains(&ratio), "indels for each SNV {ratio}");
    let transitions = snvs
        .iter()
        .filter(|record| base::encode(record.reference[0]) ^ 2 == base::encode(record.alternates[0][0]))
        .count() as f64;
    let titv = transitions / (snvs.len() as f64 - transitions);
    assert!((1.8..2.5).contains(&titv), "Ti/Tv {titv}");
    let het = truth.iter().filter(|record| record.genotype[0] != record.genotype[1]).count() as f64;
    let share = het / truth.len() as f64;
    assert!((0.57..0.67).contains(&share), "share of het {share}");
    assert!(truth.iter().filter(|record| record.alternates.len() == 2 && !record.is_snv()).count() > 2);
    let short =
        truth.iter().filter(|record| record.reference.len() + record.alternates[0].len() == 3).count();
    assert!(short * 10 > indels * 3, "indels of one base: {short} of {indels}");
}

#[test]
fn alleles_by_haplotype() {
    let record = TruthRecord {
        contig: 0,
        position: 7,
        reference: b"AC".to_vec(),
        alternates: vec![b"A".to_vec(), b"ACC".to_vec()],
        genotype: [2, 0],
    };
    assert_eq!((record.allele(0), record.allele(1)), (Some(&b"ACC"[..]), None));
    assert_eq!((record.end(), record.is_snv()), (9, false));
    assert_eq!(record.to_variant().sample.genotype.alleles(), [0, 2]);
    assert_eq!((record.change(0), record.change(1)), (Some((9, 9, &b"C"[..])), None));
    let haploid = TruthRecord { genotype: [TruthRecord::ABSENT, 2], ..record };
    assert_eq!((haploid.allele(0), haploid.alleles().collect::<Vec<_>>()), (None, vec![2]));
    let trimmed = haploid.trimmed();
    assert_eq!((trimmed.alternates, trimmed.genotype), (vec![b"ACC".to_vec()], [TruthRecord::ABSENT, 1]));
}

#[test]
fn indels_gather_in_long_repeats() {
    let mut letters = builders::random_letters(400_000, 12);
    for (k, chunk) in letters.chunks_mut(1000).enumerate() {
        let (unit, units) = [(&b"A"[..], 8), (b"A", 14), (b"CA", 8), (b"GATA", 12)][k % 4];
        chunk[500..500 + unit.len() * units].copy_from_slice(&unit.repeat(units));
    }
    let reference = builders::reference(&[("c", &letters)]);
    let options = VariantOptions { repeat_share: 1.0, indels_per_snv: 0.5, ..VariantOptions::default() };
    let mut seen = [0; 4];
    for record in truth_of(&reference, &options, 3) {
        let at = record.position % 1000;
        if (495..550).contains(&at)
            && !record.is_snv()
            && record.reference.len() != record.alternates[0].len()
        {
            seen[(record.position / 1000 % 4) as usize] += 1;
        }
    }
    assert!(
        seen[1] > 4 * seen[0] && seen[1] > 2 * seen[2] && seen[3] > seen[2] && seen[1] + seen[3] > 60,
        "{seen:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn truth_is_sound_on_any_sequence(letters in "([ACGT]{1,40}|A{5,30}|(AC){4,20}|N{1,5}){1,20}", seed: u64) {
        let reference = builders::reference(&[("c", letters.as_bytes())]);
        let options = VariantOptions { snv_rate: 0.05, indels_per_snv: 1.0, multiallelic: 0.3, ..VariantOptions::default() };
        let truth = truth_of(&reference, &options, seed);
        check(&reference, &truth, options.spacing);
    }
}
