//! SNPs side by side as one record, where that is wanted.

use rihla_call::{Bands, CallOptions, Caller, ForcedAlleles};
use rihla_core::{GvcfRecord, Interval, RecordArena, Reference, VariantRecord};
use rihla_kernels::Simd;

use crate::support::{describe, reference};
use crate::synthetic::{Edit, READ, Random, push_read};

const LENGTH: usize = 4_000;

/// Which haplotypes have a SNP.
const FIRST: &[usize] = &[0];
const SECOND: &[usize] = &[1];
const BOTH: &[usize] = &[0, 1];

struct Pair {
    reference: Reference,
    letters: Vec<u8>,
    records: RecordArena,
}

/// Reads of two haplotypes at 40x, with SNPs at these positions.
fn pair(snps: &[(usize, &[usize])]) -> Pair {
    let mut random = Random(7);
    let letters: Vec<u8> = (0..LENGTH).map(|_| b"ACGT"[random.below(4)]).collect();
    let mut haplotypes: [Vec<Edit>; 2] = [Vec::new(), Vec::new()];
    for &(position, carriers) in snps {
        let edit = Edit { position, deleted: 1, inserted: vec![other(letters[position])] };
        carriers.iter().for_each(|&haplotype| haplotypes[haplotype].push(edit.clone()));
    }
    let mut places: Vec<(usize, usize)> =
        (0..LENGTH * 40 / READ).map(|_| (random.below(LENGTH - READ - 20), random.below(2))).collect();
    places.sort_unstable();
    let mut records = RecordArena::new();
    for (i, (start, haplotype)) in places.into_iter().enumerate() {
        push_read(&mut records, i, (&letters, &haplotypes[haplotype]), (start, 500), &mut random);
    }
    Pair { reference: reference(&letters), letters, records }
}

fn other(letter: u8) -> u8 {
    if letter == b'A' { b'C' } else { b'A' }
}

impl Pair {
    fn caller(&self, distance: u32) -> Caller {
        Caller::new(CallOptions::default(), Simd::best()).with_max_mnp_distance(distance)
    }

    fn call(&self, caller: &Caller, interval: Interval) -> Vec<VariantRecord> {
        caller.call(&self.reference, interval, &self.records, &mut caller.scratch()).variants
    }

    fn whole(&self, distance: u32) -> Vec<VariantRecord> {
        self.call(&self.caller(distance), Interval::new(0, 0, LENGTH as u32))
    }

    /// `POS REF ALT GT` of SNPs at some of the positions from `first` to `last`.
    fn line(&self, (first, last): (usize, usize), changed: &[usize], genotype: &str) -> String {
        let reference = &self.letters[first..=last];
        let alternate: String = (first..=last)
            .map(|at| if changed.contains(&at) { other(self.letters[at]) } else { self.letters[at] } as char)
            .collect();
        format!("{}\t{}\t{alternate}\t{genotype}", first + 1, String::from_utf8_lossy(reference))
    }
}

fn lines(records: &[VariantRecord]) -> Vec<String> {
    assert!(records.iter().all(VariantRecord::is_pass), "{records:#?}");
    records.iter().map(describe).collect()
}

#[test]
fn neighbors_on_one_copy_are_joined() {
    // On one copy, on both; three in a row; on different copies; too far apart.
    let pair = pair(&[
        (500, FIRST),
        (501, FIRST),
        (900, BOTH),
        (902, BOTH),
        (1300, SECOND),
        (1302, SECOND),
        (1304, SECOND),
        (1700, FIRST),
        (1701, SECOND),
        (2100, FIRST),
        (2103, FIRST),
        (2500, FIRST),
        (2501, BOTH),
    ]);
    let joined = lines(&pair.whole(2));
    let snp = |at, genotype| pair.line((at, at), &[at], genotype);
    let expected = [
        pair.line((500, 501), &[500, 501], "0/1"),
        pair.line((900, 902), &[900, 902], "1/1"),
        pair.line((1300, 1304), &[1300, 1302, 1304], "0/1"),
        snp(1700, "0/1"),
        snp(1701, "0/1"),
        snp(2100, "0/1"),
        snp(2103, "0/1"),
        snp(2500, "0/1"),
        snp(2501, "1/1"),
    ];
    assert_eq!(joined, expected);
    assert_eq!(lines(&pair.whole(0)).len(), 13, "each by itself unless asked for");
    assert_eq!(lines(&pair.whole(3))[5], pair.line((2100, 2103), &[2100, 2103], "0/1"));
}

#[test]
fn a_joined_record_says_what_its_snps_say() {
    let pair = pair(&[(500, FIRST), (501, FIRST)]);
    let (joined, apart) = (&pair.whole(1)[0], pair.whole(0));
    let (sample, of_first) = (&joined.sample, &apart[0].sample);
    assert_eq!((sample.allele_depths.len(), sample.likelihoods.len()), (2, 3));
    assert!(sample.allele_depths.iter().zip(&of_first.allele_depths).all(|(a, b)| a.abs_diff(*b) <= 2));
    assert_eq!(sample.genotype_quality, 99);
    assert!(sample.phase.is_none() && of_first.phase.is_some(), "alone it has nothing to be in phase with");
}

#[test]
fn joined_records_do_not_depend_on_how_the_genome_is_cut() {
    let snps: Vec<(usize, &[usize])> =
        (300..LENGTH - 300).step_by(61).flat_map(|at| [(at, FIRST), (at + 1, FIRST)]).collect();
    let pair = pair(&snps);
    let caller = pair.caller(1);
    let expected = pair.whole(1);
    assert!(expected.iter().filter(|record| record.reference.len() == 2).count() > 45);
    for size in [401, 1_000] {
        let starts = (0..LENGTH as u32).step_by(size);
        let parts = starts.map(|start| Interval::new(0, start, (start + size as u32).min(LENGTH as u32)));
        let parts: Vec<VariantRecord> = parts.flat_map(|interval| pair.call(&caller, interval)).collect();
        assert_eq!(parts, expected, "cut every {size} bases");
    }
}

#[test]
fn listed_snps_and_the_gvcf_go_along() {
    let pair = pair(&[(500, FIRST), (501, FIRST), (900, FIRST), (901, FIRST)]);
    let mut listed = ForcedAlleles::default();
    let (base, alternate) = ([pair.letters[900]], [other(pair.letters[900])]);
    listed.add(&pair.reference, (0, 900), (&base, &alternate)).expect("sound");
    let caller = pair.caller(1).with_forced(listed.sorted());
    let whole = Interval::new(0, 0, LENGTH as u32);
    let form = (&[whole][..], &Bands::default());
    let (output, part) = caller.call_gvcf(&pair.reference, whole, form, &pair.records, &mut caller.scratch());
    let expected = [
        pair.line((500, 501), &[500, 501], "0/1"),
        pair.line((900, 900), &[900], "0/1"),
        pair.line((901, 901), &[901], "0/1"),
    ];
    assert_eq!(lines(&output.variants), expected, "what was asked for has its own record");
    let mut joiner = rihla_call::GvcfJoiner::new(Bands::default());
    let all = joiner.push(part);
    let in_gvcf = all.iter().filter_map(|line| match line {
        GvcfRecord::Variant(variant) => Some(describe(&variant.record)),
        GvcfRecord::Block(_) => None,
    });
    assert_eq!(in_gvcf.collect::<Vec<_>>(), expected);
}

#[test]
fn annotations_of_alleles_change_nothing_else() {
    let pair = pair(&[(500, FIRST), (900, BOTH), (1_300, SECOND)]);
    let all = Interval::new(0, 0, LENGTH as u32);
    let plain = pair.call(&pair.caller(0), all);
    let mut annotated = pair.call(&pair.caller(0).with_allele_annotations(true), all);
    assert_eq!((plain.len(), annotated.len()), (3, 3));
    for record in &mut annotated {
        // Of one ALT allele they are those of the record.
        let annotations = &record.annotations;
        let [allele] = annotations.by_allele[..] else { panic!("{record:?}") };
        assert_eq!(allele.fisher_strand, annotations.fisher_strand);
        assert_eq!(allele.strand_odds_ratio, annotations.strand_odds_ratio);
        assert_eq!(allele.base_quality_rank_sum, annotations.base_quality_rank_sum);
        assert_eq!(allele.quality_by_depth, annotations.quality_by_depth);
        assert!(allele.mapping_quality.is_some_and(|quality| quality > 0.0));
        record.annotations.by_allele.clear();
    }
    assert_eq!(annotated, plain);
}
