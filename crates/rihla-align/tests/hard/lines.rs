//! What holds for the lines of any read: lengths, places, the same bytes however the work is cut up.

use proptest::prelude::*;
use rihla_align::{AlignOptions, AlignedBatch, Aligner};
use rihla_core::record::flags;
use rihla_core::{RecordArena, RecordRef};
use rihla_kernels::{Simd, SimdLevel};

use crate::genome::{Part, genome};
use crate::kinds::{Hardship, Kind};
use crate::{align, batch, library};

const TEMPLATES: usize = 120;

/// Every kind at some length, single and paired.
fn kinds() -> Vec<Kind> {
    let mut hardships = vec![Hardship::Clean, Hardship::Diverged, Hardship::Chimera, Hardship::Adapter];
    for middle in [true, false] {
        hardships.extend([Hardship::Deletion { middle }, Hardship::Insertion { middle }]);
    }
    hardships.extend([Hardship::Unknown(10), Hardship::Unknown(30), Hardship::Simple, Hardship::Foreign]);
    let parts = [Part::Family, Part::Microsatellite, Part::Copies, Part::Satellite];
    hardships.extend(parts.map(Hardship::Over));
    let both = |hardship| [true, false].map(|paired| Kind { hardship, length: 150, paired });
    let lengths = [35, 50, 300].map(|length| Kind { hardship: Hardship::Clean, length, paired: true });
    hardships.into_iter().flat_map(both).chain(lengths).collect()
}

fn letters(kind: &Kind) -> Vec<Vec<u8>> {
    kind.reads(genome(), TEMPLATES).into_iter().map(|(letters, _)| letters).collect()
}

/// Asserts what every line promises.
fn check(record: &RecordRef<'_>, length: usize) {
    assert_eq!(record.sequence_len(), length);
    let cigar = record.cigar();
    if record.has_any(flags::UNMAPPED) {
        assert_eq!((cigar.len(), record.mapq()), (0, 0));
        return;
    }
    let consumed: u32 = cigar.filter(|op| op.kind().consumes_read()).map(|op| op.len()).sum();
    assert_eq!(consumed as usize, length, "the CIGAR is as long as the read");
    assert!(record.mapq() <= 60);
    let (start, end) = (record.position().expect("placed"), record.reference_end().expect("placed"));
    assert!(start < end && end as usize <= genome().letters.len());
}

#[test]
fn lines_of_every_kind_are_whole() {
    for kind in kinds() {
        let reads = letters(&kind);
        let found = align(&genome().index, &reads, kind.paired, kind.mean());
        let ends = if kind.paired { 2 } else { 1 };
        let mut first = 0;
        for (template, &end) in found.template_ends.iter().enumerate() {
            for record in (first..end as usize).map(|i| found.records.get(i)) {
                let mate = usize::from(record.has_any(flags::LAST));
                check(&record, reads[ends * template + mate].len());
            }
            first = end as usize;
        }
        assert_eq!(found.template_ends.len(), TEMPLATES);
    }
}

/// The records of batches of so many templates: all by one scratch, but single templates each by its own.
fn in_pieces(kind: &Kind, reads: &[Vec<u8>], simd: Simd, templates: usize) -> RecordArena {
    let aligner = Aligner::new(&genome().index, AlignOptions::default(), simd);
    let (mut scratch, mut out) = (aligner.scratch(), AlignedBatch::default());
    let (mut all, mut first) = (RecordArena::default(), 0);
    for piece in reads.chunks(templates * if kind.paired { 2 } else { 1 }) {
        // Names are those in the whole.
        let mut part = rihla_core::ReadBatch::new(0, 0, kind.paired);
        let whole = batch(reads, kind.paired);
        for i in first..first + piece.len() {
            let read = whole.read(i);
            part.push(read.name, read.sequence, read.qualities);
        }
        first += piece.len();
        if templates == 1 {
            scratch = aligner.scratch();
        }
        aligner.align_batch(&part, &library(kind.mean()), &mut scratch, &mut out);
        out.records.iter().for_each(|record| all.push(record.bytes()));
    }
    all
}

fn same(a: &RecordArena, b: &RecordArena) -> bool {
    a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.bytes() == b.bytes())
}

#[test]
fn batches_levels_and_threads_change_no_byte() {
    for kind in kinds() {
        let reads = letters(&kind);
        let whole = in_pieces(&kind, &reads, Simd::best(), TEMPLATES);
        for templates in [1, 7, 50] {
            assert!(
                same(&whole, &in_pieces(&kind, &reads, Simd::best(), templates)),
                "{kind:?} by {templates}"
            );
        }
        for simd in SimdLevel::available().into_iter().filter_map(Simd::new) {
            assert!(same(&whole, &in_pieces(&kind, &reads, simd, TEMPLATES)), "{kind:?} at {simd:?}");
        }
    }
    let kinds = kinds();
    let alone: Vec<_> = kinds.iter().map(|kind| in_pieces(kind, &letters(kind), Simd::best(), 30)).collect();
    std::thread::scope(|scope| {
        for shift in 0..3 {
            let (kinds, alone) = (&kinds, &alone);
            scope.spawn(move || {
                for i in 0..kinds.len() {
                    let i = (i + shift * 5) % kinds.len();
                    let found = in_pieces(&kinds[i], &letters(&kinds[i]), Simd::best(), 30);
                    assert!(same(&alone[i], &found), "{:?} beside other threads", kinds[i]);
                }
            });
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Pieces of the genome, of repeats, and of any bytes, in any order: no panic, and whole lines.
    #[test]
    fn any_letters_give_whole_lines(
        pieces in prop::collection::vec(
            prop_oneof![
                (0usize..100_000, 1usize..150, any::<bool>()).prop_map(|(at, length, backward)| {
                    let letters = &genome().letters[at..at + length];
                    if backward { crate::dice::reverse(letters) } else { letters.to_vec() }
                }),
                (prop::collection::vec(prop::sample::select(b"ACGTNacgtn".as_slice()), 1..7), 1usize..40)
                    .prop_map(|(unit, times)| unit.repeat(times)),
                prop::collection::vec(b'!'..=b'~', 0..30), // what a line of FASTQ may hold
            ],
            0..12,
        ),
        cut in 0usize..400,
    ) {
        let letters = pieces.concat();
        let (a, b) = letters.split_at(cut.min(letters.len()));
        let mates = [a.to_vec(), b.to_vec()];
        for paired in [true, false] {
            let found = align(&genome().index, &mates, paired, 400);
            let mut first = 0;
            for (template, &end) in found.template_ends.iter().enumerate() {
                for record in (first..end as usize).map(|i| found.records.get(i)) {
                    let mate = if paired { usize::from(record.has_any(flags::LAST)) } else { template };
                    check(&record, mates[mate].len());
                }
                first = end as usize;
            }
        }
    }
}
