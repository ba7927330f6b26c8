//! The mitochondrion: two haplotypes mixed at any share are found with their shares, and nothing else is.

use rihla_call::{Bands, CallOptions, Caller, ForcedAlleles, Ploidies};
use rihla_core::{Chromosomes, Contig, Contigs, GvcfRecord, Interval, RecordArena, Reference, VariantRecord};
use rihla_kernels::Simd;

use crate::support::describe;
use crate::synthetic::{Edit, READ, Random, push_read, variant};

const LENGTH: usize = 1_600;
const DEPTH: usize = 1_000;
/// One base in so many is wrong, where the qualities say one in a thousand.
const ERRORS: usize = 300;

/// A mitochondrion and reads of two of its haplotypes.
struct Mixture {
    reference: Reference,
    records: RecordArena,
    /// `POS REF ALT`, and the share of the reads that have it.
    truth: Vec<(String, f64)>,
}

/// A variant about every 60 bases: of the first haplotype, the second, or both. Of all reads `share` are of the second.
fn mixture(seed: u64, share: f64, depth: usize) -> Mixture {
    let mut random = Random(seed);
    let letters: Vec<u8> = (0..LENGTH).map(|_| b"ACGT"[random.below(4)]).collect();
    let mut haplotypes: [Vec<Edit>; 2] = [Vec::new(), Vec::new()];
    let mut truth = Vec::new();
    let mut position = 300;
    while position < LENGTH - 300 {
        let (edit, line) = variant(&letters, position, &mut random);
        let (carriers, share) = [(&[0][..], 1.0 - share), (&[1], share), (&[0, 1], 1.0)][random.below(3)];
        carriers.iter().for_each(|&haplotype| haplotypes[haplotype].push(edit.clone()));
        truth.push((line, share));
        position += 20 + random.below(80);
    }
    let of_second = |random: &mut Random| usize::from((random.below(1_000_000) as f64) < share * 1e6);
    // No read of a haplotype starts with a base that it lacks.
    let lacks = |&(start, haplotype): &(usize, usize)| {
        haplotypes[haplotype].iter().any(|edit| edit.position == start && edit.inserted.is_empty())
    };
    let mut places: Vec<(usize, usize)> = (0..LENGTH * depth / READ)
        .map(|_| (random.below(LENGTH - READ - 20), of_second(&mut random)))
        .filter(|place| !lacks(place))
        .collect();
    places.sort_unstable();
    let mut records = RecordArena::new();
    for (i, (start, haplotype)) in places.into_iter().enumerate() {
        push_read(&mut records, i, (&letters, &haplotypes[haplotype]), (start, ERRORS), &mut random);
    }
    let contig = Contig { name: "chrM".into(), length: LENGTH as u32, md5: [0; 16] };
    Mixture { reference: Reference::from_letters(Contigs::new(vec![contig]), &[letters]), records, truth }
}

impl Mixture {
    fn caller(&self) -> Caller {
        let ploidies = Ploidies::of_person(Chromosomes::of(self.reference.contigs(), None), None);
        Caller::new(CallOptions::default(), Simd::best()).with_ploidies(ploidies)
    }

    fn call(&self, caller: &Caller, interval: Interval) -> Vec<VariantRecord> {
        caller.call(&self.reference, interval, &self.records, &mut caller.scratch()).variants
    }

    fn call_whole(&self) -> Vec<VariantRecord> {
        self.call(&self.caller(), whole())
    }
}

fn whole() -> Interval {
    Interval::new(0, 0, LENGTH as u32)
}

/// `POS REF ALT` and GT.
fn split(record: &VariantRecord) -> (String, String) {
    let text = describe(record);
    let (place, genotype) = text.rsplit_once('\t').expect("four columns");
    (place.to_owned(), genotype.to_owned())
}

#[test]
fn shares_of_three_to_ninety_seven_percent_are_found_and_no_errors() {
    for (seed, share) in [(1, 0.03), (2, 0.10), (3, 0.50), (4, 0.97)] {
        let mixture = mixture(seed, share, DEPTH);
        let calls = mixture.call_whole();
        let found: Vec<String> = calls.iter().map(|call| split(call).0).collect();
        let expected: Vec<&String> = mixture.truth.iter().map(|(line, _)| line).collect();
        assert!(expected.len() > 14);
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "at {share}");
        for (call, (line, share)) in calls.iter().zip(&mixture.truth) {
            let (sample, what) = (&call.sample, format!("{line} at {share}: {call:?}"));
            assert!(call.is_pass(), "{what}");
            assert_eq!(split(call).1, if *share == 1.0 { "1" } else { "0/1" }, "{what}");
            let (found, reads) = (f64::from(sample.allele_shares[0]), f64::from(sample.depth));
            // What chance leaves to so many reads, and what the errors of those that were drawn add.
            assert!((found - share).abs() < 4.0 * (share * (1.0 - share) / reads).sqrt() + 0.002, "{what}");
            assert!((found - f64::from(sample.allele_depths[1]) / reads).abs() < 0.02, "{what}");
            assert!(sample.likelihoods.is_empty() && sample.genotype_quality > 20, "{what}");
            let depths = (sample.allele_depths[0] + sample.allele_depths[1], sample.depth);
            assert!(depths.0 == depths.1 && depths.0 as usize > DEPTH / 2, "{what}");
        }
    }
}

#[test]
fn one_haplotype_is_no_mixture_at_any_depth() {
    for depth in [30, 100, 300] {
        let mixture = mixture(7, 0.0, depth);
        let expected: Vec<(String, String)> = mixture
            .truth
            .iter()
            .filter(|(_, share)| *share > 0.0)
            .map(|(line, _)| (line.clone(), "1".to_owned()))
            .collect();
        assert_eq!(mixture.call_whole().iter().map(split).collect::<Vec<_>>(), expected, "at {depth}x");
    }
}

#[test]
fn calls_do_not_depend_on_how_the_genome_is_cut() {
    let mixture = mixture(9, 0.05, 400);
    let (caller, all) = (mixture.caller(), mixture.call_whole());
    assert!(all.iter().any(|call| call.sample.genotype.is_het()));
    for size in [333, 1_000] {
        let starts = (0..LENGTH as u32).step_by(size);
        let part = |start: u32| Interval::new(0, start, (start + size as u32).min(LENGTH as u32));
        let parts: Vec<VariantRecord> = starts.flat_map(|start| mixture.call(&caller, part(start))).collect();
        assert_eq!(parts, all, "cut every {size} bases");
    }
}

#[test]
fn the_gvcf_has_the_mixtures_with_likelihoods_of_their_alleles() {
    let mixture = mixture(3, 0.10, 300);
    let (caller, bands) = (mixture.caller(), Bands::default());
    let pieces = [whole()];
    let form = (&pieces[..], &bands);
    let scratch = &mut caller.scratch();
    let (output, part) = caller.call_gvcf(&mixture.reference, whole(), form, &mixture.records, scratch);
    let calls = mixture.call_whole();
    assert_eq!(output.variants, calls);
    let mut joiner = rihla_call::GvcfJoiner::new(bands);
    let mut lines = joiner.push(part);
    lines.extend(joiner.finish());
    let variants: Vec<_> = lines
        .iter()
        .filter_map(|line| match line {
            GvcfRecord::Variant(variant) => Some(variant),
            GvcfRecord::Block(block) => {
                assert_eq!(block.ploidy, 1);
                None
            }
        })
        .collect();
    // The records of the VCF, and no others.
    assert_eq!(
        variants.iter().map(|variant| &variant.record).collect::<Vec<_>>(),
        calls.iter().collect::<Vec<_>>()
    );
    assert!(calls.iter().any(|call| call.sample.genotype.is_het()));
    for variant in variants {
        let (sample, likelihoods) = (&variant.record.sample, &variant.likelihoods);
        let what = format!("{:?}", split(&variant.record));
        match sample.genotype.alleles() {
            // One ALT and the symbolic allele.
            [1] => assert!(matches!(likelihoods[..], [a, 0, b] if a.min(b) > 0), "{what}: {likelihoods:?}"),
            [0, 1] => {
                // 0/0, 0/1, 1/1, and those with the symbolic allele, which explains some errors.
                let [zero, both, one, with_zero, with_one, none] = likelihoods[..] else { panic!("{what}") };
                assert!(both == 0 && with_zero <= zero && with_one <= one, "{what}: {likelihoods:?}");
                assert!(zero > 40 && one > 40 && none > zero.max(one), "{what}: {likelihoods:?}");
                let share = sample.allele_shares[0];
                assert_eq!(share < 0.5, one > zero, "{what} at {share}: {likelihoods:?}");
            }
            _ => panic!("{what}"),
        }
    }
}

#[test]
fn listed_alleles_have_a_share_also_where_they_are_not() {
    let mixture = mixture(3, 0.10, 300);
    let (at, snp) = (150u32, |code: u8| b"ACGT"[usize::from(code)]);
    let code = mixture.reference.base(0, at);
    let mut forced = ForcedAlleles::default();
    forced.add(&mixture.reference, (0, at), (&[snp(code)], &[snp((code + 1) % 4)])).expect("an allele");
    let calls = mixture.call(&mixture.caller().with_forced(forced), whole());
    let listed: Vec<&VariantRecord> = calls.iter().filter(|call| call.is_forced).collect();
    assert_eq!((listed.len(), calls.len()), (1, mixture.call_whole().len() + 1));
    assert_eq!((listed[0].position, split(listed[0]).1.as_str()), (at, "0"));
    let sample = &listed[0].sample;
    assert!(sample.allele_shares[0] < 0.02 && sample.genotype_quality > 20, "{sample:?}");
}
