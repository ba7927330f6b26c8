//! Alleles that are judged whatever the reads say.

use std::collections::BTreeMap;

use crate::synthetic::{LENGTH, World, world};
use rihla_call::{CallOptions, Caller, ForcedAlleles};
use rihla_core::{Interval, RecordArena, VariantRecord, base};
use rihla_kernels::Simd;

/// An allele: 0-based position, REF and ALT.
type Listed = (u32, Vec<u8>, Vec<u8>);

/// Another base, an insertion or a deletion at every 70th base, and all that the sample has.
fn list(world: &World) -> Vec<Listed> {
    let letters =
        |from: usize, to: usize| base::decode_all(&world.reference.fetch(0, from as u32, to as u32));
    let absent = (35..LENGTH - 10).step_by(70).enumerate().map(|(i, at)| {
        let here = letters(at, at + 3);
        let other = *b"ACGT".iter().find(|letter| !here.contains(letter)).expect("four letters");
        match i % 3 {
            0 => (at as u32, here[..1].to_vec(), vec![other]),
            1 => (at as u32, here[..1].to_vec(), vec![here[0], other, other]),
            _ => (at as u32, here.clone(), here[..1].to_vec()),
        }
    });
    let present = world.truth.iter().map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let position = fields[0].parse::<u32>().expect("POS") - 1;
        (position, fields[1].as_bytes().to_vec(), fields[2].as_bytes().to_vec())
    });
    absent.chain(present).collect()
}

fn caller(world: &World, list: &[Listed]) -> Caller {
    let mut alleles = ForcedAlleles::default();
    for (position, bases, alternate) in list {
        alleles.add(&world.reference, (0, *position), (bases, alternate)).expect("of this reference");
    }
    Caller::new(CallOptions::default(), Simd::best()).with_forced(alleles.sorted())
}

fn call(caller: &Caller, world: &World, interval: Interval) -> Vec<VariantRecord> {
    let records = world.records_around(interval);
    caller.call(&world.reference, interval, &records, &mut caller.scratch()).variants
}

fn whole() -> Interval {
    Interval::new(0, 0, LENGTH as u32)
}

/// The genotype's copies of each ALT, by position and the letters of the shortest form.
fn copies(records: &[VariantRecord]) -> BTreeMap<(u32, Vec<u8>, Vec<u8>), Option<usize>> {
    let mut found = BTreeMap::new();
    for record in records {
        for (number, alternate) in (1..).zip(&record.alternates) {
            let shared = record.reference.iter().rev().zip(alternate.iter().rev());
            let shared = shared.take_while(|(a, b)| a == b).count();
            let shared = shared.min(record.reference.len() - 1).min(alternate.len() - 1);
            let short = |letters: &[u8]| letters[..letters.len() - shared].to_vec();
            let alleles = record.sample.genotype.alleles();
            let copies = alleles.iter().filter(|&&allele| allele == number).count();
            let copies = (!alleles.is_empty()).then_some(copies);
            found.insert((record.position, short(&record.reference), short(alternate)), copies);
        }
    }
    found
}

#[test]
fn every_listed_allele_has_its_genotype() {
    let world = world(21);
    let list = list(&world);
    let forced = call(&caller(&world, &list), &world, whole());
    let free = copies(&call(&caller(&world, &[]), &world, whole()));
    let found = copies(&forced);
    let (mut absent, mut present) = (0, 0);
    for (allele, copies) in &found {
        match free.get(allele) {
            Some(known) => {
                present += 1;
                assert_eq!(copies, known, "{allele:?}");
            }
            None if *copies == Some(0) => absent += 1,
            None => assert!(
                copies.is_none()
                    || world.truth.iter().any(|line| line.starts_with(&format!("{}\t", allele.0 + 1))),
                "{allele:?} {copies:?}"
            ),
        }
    }
    assert!(free.keys().all(|allele| found.contains_key(allele)));
    assert!(absent > 120 && present > 60, "{absent} {present}");
    // In the form of the caller each allele of the list is there.
    let mut places = ForcedAlleles::default();
    for (position, bases, alternate) in &list {
        let at = places.add(&world.reference, (0, *position), (bases, alternate)).expect("sound");
        assert!(
            at.iter().all(|at| forced.iter().any(|record| record.position == *at && record.is_forced)),
            "{at:?}"
        );
    }
    let sure = |record: &&VariantRecord| record.sample.depth >= 20 && record.sample.genotype.is_hom_ref();
    assert!(forced.iter().filter(sure).count() > 100);
    assert!(
        forced.iter().filter(sure).all(|record| record.sample.genotype_quality >= 40 && record.is_pass())
    );
}

#[test]
fn listed_alleles_do_not_depend_on_how_the_genome_is_cut() {
    let world = world(22);
    let caller = caller(&world, &list(&world));
    let expected = call(&caller, &world, whole());
    for size in [500, 1_777] {
        let starts = (0..LENGTH as u32).step_by(size);
        let parts = starts.map(|start| Interval::new(0, start, (start + size as u32).min(LENGTH as u32)));
        let parts: Vec<VariantRecord> = parts.flat_map(|interval| call(&caller, &world, interval)).collect();
        assert_eq!(parts, expected, "cut every {size} bases");
    }
}

#[test]
fn without_reads_nothing_is_known() {
    let world = world(23);
    let list = list(&world);
    let caller = caller(&world, &list);
    let records = caller.call(&world.reference, whole(), &RecordArena::new(), &mut caller.scratch()).variants;
    assert!(records.len() >= LENGTH / 70);
    let unknown = |record: &VariantRecord| {
        let sample = &record.sample;
        let nothing = sample.genotype.ploidy() == 0 && sample.genotype_quality == 0 && sample.depth == 0;
        nothing && sample.likelihoods.iter().all(|&likelihood| likelihood == 0)
    };
    assert!(records.iter().all(|record| record.is_forced && unknown(record)));
}
