use super::*;
use crate::builders;
use crate::population::Population;
use rihla_core::IntervalSet;

const LENGTH: u32 = 200_000;

/// X with regions of 50 kb on both ends, Y, a mitochondrion and an autosome.
fn layout() -> Arc<Layout> {
    let letters = |seed| builders::random_letters(LENGTH as usize, seed);
    let (one, x, y, m) = (letters(1), letters(2), letters(3), letters(4));
    let reference = builders::reference(&[("1", &one), ("X", &x), ("Y", &y), ("MT", &m[..20_000])]);
    let ends = |contig| [Interval::new(contig, 0, 50_000), Interval::new(contig, 150_000, LENGTH)];
    let par = IntervalSet::new([ends(1), ends(2)].concat());
    Layout::new(&reference, Some(&par))
}

fn family(layout: &Arc<Layout>, child: Sex, seed: u64) -> Family {
    let population = Population::new(layout, &options(), seed).expect("valid");
    let mut donors = [Sex::Male, Sex::Female].into_iter().enumerate().map(|(number, sex)| {
        let karyotype = Karyotype { sex, ..Karyotype::default() };
        Donor::new(karyotype, Arc::new(population.variants(number as u32, karyotype)))
    });
    let parents = [donors.next().expect("father"), donors.next().expect("mother")];
    let child = Karyotype { sex: child, ..Karyotype::default() };
    Family::new(layout, parents, child, seed).expect("a father and a mother")
}

fn options() -> VariantOptions {
    VariantOptions { snv_rate: 3e-3, ..VariantOptions::default() }
}

fn inherited(family: &Family) -> Variants {
    (0..family.layout.windows().len()).flat_map(|window| family.window(window)).collect()
}

/// Changes of a record on one haplotype, as they are compared across records that were joined.
fn change(record: &TruthRecord, which: usize) -> Option<(u32, u32, u32, Vec<u8>)> {
    let (start, mut end, letters) = record.change(which)?;
    let mut letters = letters.to_vec();
    while end > start && letters.last() == record.reference.get((end - record.position) as usize - 1) {
        letters.pop();
        end -= 1;
    }
    Some((record.contig, start, end, letters))
}

#[test]
fn children_have_what_their_parents_pass_on() {
    let layout = layout();
    for (sex, seed) in [(Sex::Female, 4), (Sex::Male, 5)] {
        let family = family(&layout, sex, seed);
        let child = inherited(&family);
        assert!(child.len() > 500);
        for which in 0..2 {
            let parent = family.parents[which].records(&layout).collect::<Vec<_>>();
            let mut expected: Vec<_> = parent
                .iter()
                .filter_map(|record| {
                    let haplotype = passed_on(&family.gametes[which], record.contig, record.position)?;
                    change(record, haplotype)
                })
                .collect();
            let copies = |contig, at| family.child.copies(layout.chromosomes(), contig, at)[which];
            expected.retain(|change| copies(change.0, change.1) > 0.0);
            let found: Vec<_> = child.iter().filter_map(|record| change(&record, which)).collect();
            assert_eq!(found, expected, "{sex}, parent {which}");
        }
        for record in child.iter() {
            let copies = family.child.copies(layout.chromosomes(), record.contig, record.position);
            let absent = record.genotype.map(|allele| allele == TruthRecord::ABSENT);
            assert_eq!(absent, copies.map(|copies| copies == 0.0), "{sex}: {record:?}");
        }
    }
}

#[test]
fn sons_have_no_x_of_their_fathers() {
    let layout = layout();
    let middle = 100_000;
    let of = |sex, parent: usize, contig| passed_on(&gamete(&layout, parent, sex, 9), contig, middle);
    assert_eq!((of(Sex::Male, 0, 1), of(Sex::Male, 0, 2)), (None, Some(0)));
    assert_eq!((of(Sex::Female, 0, 1), of(Sex::Female, 0, 2)), (Some(1), None));
    assert_eq!((of(Sex::Male, 0, 3), of(Sex::Male, 1, 3)), (None, Some(1)));
    assert!(of(Sex::Male, 1, 1).is_some() && of(Sex::Male, 1, 2).is_none());
}

#[test]
fn crossovers_are_as_frequent_as_they_should() {
    let mut stream = Stream::new(1, Domain::Meiosis, 0, 0);
    let count: usize = (0..200).map(|_| crossovers(0..150_000_000, CROSSOVERS, &mut stream).len()).sum();
    assert!((250..350).contains(&count), "{count} in 200 meioses of 150 cM");
    assert_eq!(alternating(5, &[9, 20], 1), [(5, Some(1)), (9, Some(0)), (20, Some(1))]);
}

#[test]
fn de_novo_variants_are_new() {
    let layout = layout();
    let family = family(&layout, Sex::Male, 6);
    let child = Donor::new(family.child, Arc::new(inherited(&family)));
    let options = VariantOptions { indels_per_snv: 0.3, ..VariantOptions::default() };
    let new = family.de_novo(&child, 60, &options).expect("there is room");
    assert_eq!(new.len(), 60);
    let places = |donor: &Donor| {
        donor.records(&layout).map(|record| (record.contig, record.position)).collect::<Vec<_>>()
    };
    let old = places(&child);
    assert!(new.iter().all(|record| !old.contains(&(record.contig, record.position))));
    assert!(new.iter().filter(|record| !record.is_snv()).count() > 5);
    let paternal = new.iter().filter(|record| record.allele(0).is_some()).count();
    assert!((30..56).contains(&paternal), "{paternal} of 60 paternal");
    assert_eq!(new, family.de_novo(&child, 60, &options).expect("the same"));
    assert!(family.de_novo(&child, 10_000, &options).is_err());
    assert_eq!(usual_de_novo(&layout), 0);
}

#[test]
fn records_at_one_position_are_joined() {
    let record = |reference: &str, alternate: &str, genotype| TruthRecord {
        contig: 0,
        position: 5,
        reference: reference.into(),
        alternates: vec![alternate.into()],
        genotype,
    };
    let joined = |one, other| join_positions(vec![one, other]);
    let same = joined(record("A", "C", [1, 0]), record("A", "C", [0, 1]));
    assert_eq!(same, [record("A", "C", [1, 1])]);
    let both = joined(record("A", "AT", [1, 0]), record("ACG", "A", [0, 1]));
    let alternates = vec![b"A".to_vec(), b"ATCG".to_vec()];
    assert_eq!(both, [TruthRecord { alternates, ..record("ACG", "A", [2, 1]) }]);
}

#[test]
fn parents_have_their_sexes() {
    let layout = layout();
    let nobody = Donor::new(Karyotype::default(), Arc::new(Variants::default()));
    assert!(Family::new(&layout, [nobody.clone(), nobody], Karyotype::default(), 1).is_err());
}
