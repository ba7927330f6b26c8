use rihla_core::record::Placement;
use rihla_core::{Cigar, Contig, Contigs, RecordBuilder};

use super::*;

/// A run of 9 A at 40, and CA six times at 80.
const GENOME: &[u8] = b"GATTCGATCCGTAGCTTGACGTCATGCTAGGTCCTAGTCGAAAAAAAAACGTCCTGATGCAGTCTTAGGTCAGTTGCTAGTCACACACACACAGGTTCGATGCTTACGGATCGTTAGC";

fn genome() -> Reference {
    let contig = Contig { name: "a".to_owned(), length: GENOME.len() as u32, md5: [0; 16] };
    Reference::from_letters(Contigs::new(vec![contig]), &[GENOME.to_vec()])
}

struct Reads(RecordArena);

impl Reads {
    /// Adds a read of the whole reference from a position on, changed as its CIGAR says; inserted bases are
    /// `inserted`.
    fn add(
        &mut self,
        start: u32,
        cigar: &str,
        (flags, mapq): (u16, u8),
        mate: Option<(u32, u32)>,
        inserted: u8,
    ) {
        let cigar = Cigar::parse(cigar).expect("valid");
        let (mut codes, mut at) = (Vec::new(), start as usize);
        for op in cigar.ops() {
            let len = op.len() as usize;
            match op.kind() {
                OpKind::Insertion => codes.extend(vec![inserted; len]),
                OpKind::Deletion => at += len,
                _ => {
                    let mut part = Vec::new();
                    rihla_core::base::encode_into(&GENOME[at..at + len], &mut part);
                    codes.extend(part);
                    at += len;
                }
            }
        }
        let qualities = vec![30; codes.len()];
        let place = Some((0, start));
        let placement = Placement { flags, place, mapq, mate, template_length: 0 };
        RecordBuilder::start(&mut self.0, &placement, b"r", cigar.ops(), &codes, &qualities).finish();
    }
}

fn whole() -> Interval {
    Interval::new(0, 0, GENOME.len() as u32)
}

fn found(reads: &Reads) -> Vec<(Kind, Lengths, u64)> {
    RepeatCounts::of(&genome(), whole(), &reads.0).iter().collect()
}

#[test]
fn lengths_are_those_of_the_alignments() {
    let mut reads = Reads(RecordArena::new());
    for _ in 0..3 {
        reads.add(20, "90M", (0, 60), None, 0);
    }
    reads.add(20, "20M1D69M", (0, 60), None, 0);
    reads.add(20, "24M1I66M", (0, 60), None, 0);
    reads.add(20, "24M1I66M", (0, 60), None, 2);
    // Not across an end of both, of a low quality, a duplicate.
    reads.add(45, "60M", (0, 60), None, 0);
    reads.add(20, "90M", (0, 19), None, 0);
    reads.add(20, "90M", (flags::DUPLICATE, 60), None, 0);
    let homopolymer = Lengths { shorter: 1, same: 3, longer: 1 };
    let pairs = Lengths { shorter: 0, same: 7, longer: 0 };
    let kinds = [Kind { period: 1, units: 9 }, Kind { period: 2, units: 6 }];
    assert_eq!(found(&reads), [(kinds[0], homopolymer, 1), (kinds[1], pairs, 1)]);
}

#[test]
fn mates_that_overlap_count_once() {
    let pair = |reads: &mut Reads| {
        let flags = flags::PAIRED;
        reads.add(10, "100M", (flags | flags::FIRST, 60), Some((0, 20)), 0);
        reads.add(20, "90M", (flags | flags::LAST, 60), Some((0, 10)), 0);
    };
    let mut reads = Reads(RecordArena::new());
    (0..5).for_each(|_| pair(&mut reads));
    let totals: Vec<u32> = found(&reads).iter().map(|(_, lengths, _)| lengths.total()).collect();
    assert_eq!(totals, [5, 5]);
}

#[test]
fn cuts_do_not_matter() {
    let mut reads = Reads(RecordArena::new());
    for _ in 0..6 {
        reads.add(10, "100M", (0, 60), None, 0);
    }
    let all = RepeatCounts::of(&genome(), whole(), &reads.0);
    assert_eq!(all.places(), 2);
    for cut in [30, 40, 41, 45, 79, 80, 90] {
        let mut parts = RepeatCounts::of(&genome(), Interval::new(0, 0, cut), &reads.0);
        parts.add(&RepeatCounts::of(&genome(), Interval::new(0, cut, whole().end), &reads.0));
        assert_eq!(parts, all, "{cut}");
    }
}
