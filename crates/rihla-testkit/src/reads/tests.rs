use super::*;
use crate::builders;
use crate::genome::{Genome, GenomeOptions};
use rihla_core::base;
use std::collections::{HashMap, HashSet};
use std::convert::Infallible;

fn genome() -> Reference {
    let options = GenomeOptions { bases: 400_000, contigs: 2, seed: 5 };
    Genome::random(&options).expect("valid").reference()
}

fn options() -> SimulateOptions {
    SimulateOptions { depth: 6.0, seed: 17, ..SimulateOptions::default() }
}

struct Kept {
    name: String,
    sequences: [Vec<u8>; 2],
    origin: Origin,
}

fn all(simulation: &Simulation) -> Vec<Kept> {
    let mut kept = Vec::new();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("ASCII");
    let result: Result<u64, Infallible> = simulation.pairs(|pair| {
        for read in pair.reads {
            assert_eq!((read.sequence.len(), read.qualities.len()), (150, 150));
        }
        kept.push(Kept {
            name: text(pair.name),
            sequences: pair.reads.map(|read| read.sequence.to_vec()),
            origin: pair.origin,
        });
        Ok(())
    });
    assert_eq!(result, Ok(kept.len() as u64));
    kept
}

#[test]
fn reads_match_their_haplotype() {
    let reference = genome();
    let simulation = Simulation::new(&reference, &options()).expect("valid");
    let truth = simulation.truth();
    let (mut differences, mut bases) = (0, 0);
    for pair in all(&simulation) {
        for mate in 0..2 {
            if pair.origin.fragment_length < 160 {
                continue;
            }
            let from = pair.origin.positions[mate];
            let near = |record: &&TruthRecord| {
                record.contig == pair.origin.contig
                    && record.end() + 60 > from
                    && record.position < from + 210
            };
            if truth.iter().any(|record| near(&record)) {
                continue;
            }
            let plain = reference.fetch(pair.origin.contig, from, from + 150);
            let mut expected = plain.clone();
            if pair.origin.reverse[mate] {
                base::reverse_complement_into(&plain, &mut expected);
            }
            let expected = base::decode_all(&expected);
            differences += expected.iter().zip(&pair.sequences[mate]).filter(|(a, b)| a != b).count();
            bases += 150;
        }
    }
    assert!(bases > 500_000);
    let rate = differences as f64 / f64::from(bases);
    assert!((0.0005..0.01).contains(&rate), "{rate} differences a base");
}

#[test]
fn depth_insert_and_duplicates_are_those_asked_for() {
    let reference = genome();
    let options = SimulateOptions { duplicates: 0.2, ..options() };
    let simulation = Simulation::new(&reference, &options).expect("valid");
    let pairs = all(&simulation);
    let expected = simulation.expected_pairs() as f64;
    assert!((0.96..1.04).contains(&(pairs.len() as f64 / expected)), "{} for {expected}", pairs.len());
    let mean =
        pairs.iter().map(|pair| f64::from(pair.origin.fragment_length)).sum::<f64>() / pairs.len() as f64;
    assert!((mean - 400.0).abs() < 5.0, "mean fragment {mean}");
    let count = |kind| pairs.iter().filter(|pair| pair.origin.kind == kind).count() as f64;
    let (pcr, optical) = (count(PairKind::PcrDuplicate), count(PairKind::OpticalDuplicate));
    assert!((0.18..0.22).contains(&((pcr + optical) / pairs.len() as f64)));
    assert!((0.16..0.24).contains(&(optical / (pcr + optical))));
    let first = pairs.iter().filter(|pair| !pair.origin.reverse[0]).count() as f64;
    assert!((0.47..0.53).contains(&(first / pairs.len() as f64)));
    let one = pairs.iter().filter(|pair| pair.origin.haplotype == 0).count() as f64;
    assert!((0.47..0.53).contains(&(one / pairs.len() as f64)));
}

#[test]
fn names_are_unique_and_duplicates_lie_where_they_say() {
    type Place = (u32, u32, u32, bool, u8);
    let simulation = Simulation::new(&genome(), &options()).expect("valid");
    let pairs = all(&simulation);
    assert_eq!(pairs.iter().map(|pair| &pair.name).collect::<HashSet<_>>().len(), pairs.len());
    let mut places: HashMap<Place, Vec<(PairKind, Vec<i64>)>> = HashMap::new();
    for (ordinal, pair) in pairs.iter().enumerate() {
        let fields: Vec<&str> = pair.name.split(':').collect();
        let origin = &pair.origin;
        let contig = if origin.contig == 0 { "chr1" } else { "chr2" };
        let mates: Vec<String> = (0..2)
            .map(|mate| {
                format!("{}{}", origin.positions[mate] + 1, if origin.reverse[mate] { '-' } else { '+' })
            })
            .collect();
        let kind = [".o", ".p", ".q"][origin.kind as usize];
        let expected =
            format!("S{ordinal}_{contig}_{}_{}_0.{}{kind}", mates[0], mates[1], origin.haplotype + 1);
        assert_eq!((fields.len(), fields[0]), (7, expected.as_str()));
        let (a, b) = (origin.positions[0], origin.positions[1]);
        let place = (origin.contig, a.min(b), origin.fragment_length, origin.reverse[0], origin.haplotype);
        let spot = fields[3..].iter().map(|field| field.parse().expect("a number")).collect();
        places.entry(place).or_default().push((origin.kind, spot));
    }
    let mut optical = 0;
    for copies in places.values() {
        for (kind, spot) in copies {
            let original = copies.iter().find(|(kind, _)| *kind == PairKind::Original).expect("one original");
            let same_tile = spot[..2] == original.1[..2];
            let near = spot[2].abs_diff(original.1[2]) <= 40 && spot[3].abs_diff(original.1[3]) <= 40;
            match kind {
                PairKind::Original => {}
                PairKind::PcrDuplicate => assert!(!same_tile),
                PairKind::OpticalDuplicate => {
                    optical += 1;
                    assert!(same_tile && near);
                }
            }
        }
    }
    assert!(optical > 5);
}

#[test]
fn order_is_shuffled_and_fixed() {
    let reference = genome();
    let simulation = Simulation::new(&reference, &options()).expect("valid");
    let pairs = all(&simulation);
    let rising =
        pairs.windows(2).filter(|two| two[0].origin.positions[0] < two[1].origin.positions[0]).count();
    assert!((0.45..0.55).contains(&(rising as f64 / pairs.len() as f64)));
    let again = Simulation::new(&reference, &options()).expect("valid");
    let mut buffer = PairBuffer::default();
    let mut ordinal = 0;
    for group in again.groups() {
        // Any order of work gives the same pairs.
        for k in (0..group.len()).rev() {
            let pair = group.pair(k, &mut buffer);
            assert_eq!(pair.name, pairs[ordinal + k].name.as_bytes());
            assert_eq!(pair.reads[1].sequence, pairs[ordinal + k].sequences[1]);
        }
        ordinal += group.len();
    }
    assert_eq!(ordinal, pairs.len());
    let other = Simulation::new(&reference, &SimulateOptions { seed: 18, ..options() }).expect("valid");
    assert_ne!(other.truth(), simulation.truth());
}

#[test]
fn coverage_follows_gc() {
    let of = |letters: &[u8], seed| {
        let mut stream = Stream::new(seed, Domain::Contig, 0, 0);
        (0..200_000).map(|_| letters[stream.index(letters.len())]).collect::<Vec<u8>>()
    };
    let reference = builders::reference(&[("low", &of(b"AAATTTCG", 1)), ("high", &of(b"AATTCCGG", 2))]);
    let curve: Vec<f64> = (0..=100).map(f64::from).collect();
    let gc = crate::gc::GcBias::from_curve(&curve).expect("valid");
    let simulation = Simulation::new(&reference, &SimulateOptions { gc, ..options() }).expect("valid");
    let pairs = all(&simulation);
    let expected = simulation.expected_pairs() as f64;
    assert!((0.96..1.04).contains(&(pairs.len() as f64 / expected)), "{} for {expected}", pairs.len());
    let low = pairs.iter().filter(|pair| pair.origin.contig == 0).count() as f64;
    let ratio = low / (pairs.len() as f64 - low);
    assert!((0.47..0.53).contains(&ratio), "a quarter GC against a half: {ratio}");
}

#[test]
fn hopeless_references_are_refused() {
    let reference = builders::reference(&[("n", &[b'N'; 5000]), ("short", b"ACGT")]);
    let refused = Simulation::new(&reference, &options());
    assert_eq!(refused.err(), Some(TestkitError::ReferenceTooShort { needed: 400 }));
    let empty = SimulateOptions { depth: 0.0, ..options() };
    let simulation = Simulation::new(&reference, &empty).expect("no reads asked for");
    assert!(all(&simulation).is_empty() && simulation.truth().is_empty());
}

#[test]
fn fastq_text() {
    let simulation = Simulation::new(&genome(), &options()).expect("valid");
    let group = simulation.groups().next().expect("one group");
    let mut buffer = PairBuffer::default();
    let pair = group.pair(0, &mut buffer);
    let mut text = Vec::new();
    pair.write_fastq(1, &mut text);
    let text = String::from_utf8(text).expect("ASCII");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("@S0_chr") && lines[0].ends_with(" 2:N:0:ATCACG"), "{}", lines[0]);
    assert_eq!((lines[1].len(), lines[2], lines[3].len()), (150, "+", 150));
}
