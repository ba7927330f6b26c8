use super::*;
use crate::builders;
use crate::karyotype::Sex;
use rihla_core::{Interval, IntervalSet};

const SEQUENCE: &[u8] = b"ACGTACGTACGTACGTACGTNNNNACGTACGT";

fn spiker() -> Spiker {
    let reference = builders::reference(&[("a", SEQUENCE), ("X", SEQUENCE), ("Y", SEQUENCE)]);
    let par = IntervalSet::new(vec![Interval::new(1, 0, 4), Interval::new(2, 0, 4)]);
    let layout = Layout::new(&reference, Some(&par));
    let male = Karyotype { sex: Sex::Male, ..Karyotype::default() };
    Spiker::new(&layout, male, Genotypes::AsGiven, 1, 0)
}

/// Adds a record written as `position(0-based) REF ALT GT`.
fn add(spiker: &mut Spiker, contig: u32, text: &str) -> Result<Option<NotSpiked>, TestkitError> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let alternates: Vec<Vec<u8>> = fields[2].split(',').map(|letters| letters.as_bytes().to_vec()).collect();
    let genotype: Vec<Option<u8>> = fields[3].split(['/', '|']).map(|allele| allele.parse().ok()).collect();
    spiker.add(&GivenRecord {
        contig,
        position: fields[0].parse().expect("a number"),
        reference: fields[1].as_bytes(),
        alternates: &alternates,
        genotype: Some(&genotype),
        is_phased: fields[3].contains('|'),
        is_pass: fields.get(4).is_none(),
    })
}

#[test]
fn every_record_is_spiked_or_counted() {
    use NotSpiked::*;
    let mut spiker = spiker();
    let cases = [
        (0, "0 A C 0/0", Some(HomRef)),
        (0, "1 C T 1|0", None),
        (0, "1 C G 1|0", Some(Overlapping)),
        (0, "1 CGT C 0/1", None),
        (0, "2 G T 1/1", Some(Overlapping)),
        (0, "4 A AT 1|1", None),
        (0, "4 A AG 0/1", Some(Overlapping)),
        (0, "5 C T,* 1/2", Some(SpanningDeletion)),
        (0, "5 C T,<NON_REF> 0|1", None),
        (0, "6 G <DEL> 0/1", Some(Symbolic)),
        (0, "6 G T ./1", Some(MissingGenotype)),
        (0, "6 G T 0/1 LowQual", Some(Filtered)),
        (0, "6 G R 0/1", Some(Ambiguous)),
        (0, "6 G T 1", Some(WrongPloidy)),
        (0, "20 N T 0/1", Some(Ambiguous)),
        (0, "24 A T,C 2|1", None),
        (1, "3 T A 0|1", None),
        (1, "8 A C 0/1", Some(WrongPloidy)),
        (1, "8 A C 1/1", None),
        (1, "12 A C 1", None),
        (2, "1 C T 1", Some(NoCopy)),
        (2, "8 A C 1", None),
    ];
    for (contig, text, expected) in cases {
        assert_eq!(add(&mut spiker, contig, text), Ok(expected), "{text}");
    }
    let (variants, counts) = spiker.finish();
    assert_eq!((counts.given(), counts.spiked), (cases.len() as u64, variants.len() as u64));
    assert_eq!((counts.not_spiked(Overlapping), counts.not_spiked(Ambiguous)), (3, 2));
    let absent = TruthRecord::ABSENT;
    let genotypes: Vec<[u8; 2]> = variants.iter().map(|record| record.genotype).collect();
    let expected: [[u8; 2]; 9] =
        [[1, 0], [0, 1], [1, 1], [0, 1], [2, 1], [0, 1], [absent, 1], [absent, 1], [1, absent]];
    assert_eq!(genotypes, expected, "the unphased deletion took the free haplotype");
    assert_eq!(variants.get(3).alternates, [b"T".to_vec()], "alleles not named are dropped");
}

#[test]
fn wrong_records_are_named() {
    let mut spiker = spiker();
    let error = add(&mut spiker, 0, "4 G T 0/1").expect_err("the reference has A");
    let text = error.to_string();
    assert!(text.contains("a:5") && text.contains("REF G") && text.contains("has A there"), "{text}");
    add(&mut spiker, 0, "8 A T 0/1").expect("sound");
    assert!(add(&mut spiker, 0, "6 G T 0/1").expect_err("unsorted").to_string().contains("sort"));
}

#[test]
fn phases_are_drawn_both_ways() {
    let letters = builders::random_letters(2000, 1);
    let reference = builders::reference(&[("a", &letters)]);
    let layout = Layout::new(&reference, None);
    let drawn = |donor| {
        let mut spiker = Spiker::new(&layout, Karyotype::default(), Genotypes::HetIfMissing, 1, donor);
        for at in (0..2000).step_by(10) {
            let other = [if letters[at] == b'A' { b'C' } else { b'A' }];
            let record = GivenRecord {
                contig: 0,
                position: at as u32,
                reference: &letters[at..=at],
                alternates: &[other.to_vec()],
                genotype: None,
                is_phased: false,
                is_pass: true,
            };
            assert_eq!(spiker.add(&record), Ok(None));
        }
        spiker.finish().0.iter().map(|record| record.genotype[0]).collect::<Vec<u8>>()
    };
    let one = drawn(0);
    let first = one.iter().filter(|&&allele| allele == 1).count();
    assert!((70..130).contains(&first), "{first} of 200");
    assert!(one == drawn(0) && one != drawn(1));
}
