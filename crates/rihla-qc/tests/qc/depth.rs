//! Depth: the definition case by case, and against a naive count over any cut of the genome.

use std::collections::{HashMap, HashSet};

use proptest::collection::vec;
use proptest::prelude::*;
use rihla_core::record::flags;
use rihla_core::{Contig, Contigs, Interval, OpKind, Pack, RecordArena, Reference};
use rihla_qc::{BinMetrics, DEPTH_CAP, DepthCounts, Ground, Places};

use crate::{Sketch, arena, cigar, span};

/// Depth histogram of `[0, 30)`, without the zeros at its end.
fn histogram(sketches: &[Sketch]) -> Vec<u64> {
    let window = Interval::new(0, 0, 30);
    trimmed(DepthCounts::of(window, &[window], &arena(sketches)))
}

fn trimmed(counts: DepthCounts) -> Vec<u64> {
    let last = counts.histogram.iter().rposition(|&bases| bases > 0).map_or(0, |at| at + 1);
    counts.histogram[..last].to_vec()
}

#[test]
fn aligned_bases_count_and_gaps_do_not() {
    let one = |cigar| histogram(&[Sketch::single("r", 0, 5, cigar)]);
    assert_eq!(one("10M"), [20, 10]);
    assert_eq!(one("3S4M2D3M5I1=1X2S"), [21, 9]);
    assert_eq!(one("2M10N2M"), [26, 4]);
    assert_eq!(one("100M"), [5, 25]);
    assert_eq!(histogram(&[Sketch::single("r", 1, 5, "10M")]), [30]);
}

#[test]
fn flags_decide_and_mapping_quality_does_not() {
    let read = Sketch::single("r", 0, 0, "10M");
    for bits in [flags::UNMAPPED, flags::SECONDARY, flags::QC_FAIL, flags::DUPLICATE] {
        assert_eq!(histogram(&[read.clone().flagged(bits)]), [30], "{bits:#x}");
    }
    assert_eq!(histogram(&[read.clone().flagged(flags::SUPPLEMENTARY)]), [20, 10]);
    assert_eq!(histogram(&[Sketch { mapq: 0, ..read }]), [20, 10]);
}

#[test]
fn overlapping_mates_count_once() {
    assert_eq!(histogram(&Sketch::pair("p", 0, (0, "10M"), (4, "10M"))), [16, 14]);
    assert_eq!(histogram(&Sketch::pair("p", 0, (4, "10M"), (4, "10M"))), [20, 10]);
    assert_eq!(histogram(&Sketch::pair("p", 0, (0, "10M"), (10, "10M"))), [10, 20]);
    // The second mate covers what the first one lacks by its deletion.
    assert_eq!(histogram(&Sketch::pair("p", 0, (0, "4M4D4M"), (2, "8M"))), [18, 12]);
    // Two reads of different templates on one place are two.
    let two = [Sketch::single("a", 0, 0, "10M"), Sketch::single("b", 0, 0, "10M")];
    assert_eq!(histogram(&two), [20, 0, 10]);
    // A mate that does not count takes nothing away.
    let [first, second] = Sketch::pair("p", 0, (0, "10M"), (4, "10M"));
    assert_eq!(histogram(&[first, second.flagged(flags::QC_FAIL)]), [20, 10]);
}

#[test]
fn only_proper_pairs_count_as_one() {
    let pair = Sketch::pair("p", 0, (0, "10M"), (4, "10M"));
    let improper = pair.map(|half| Sketch { flags: half.flags & !flags::PROPER_PAIR, ..half });
    assert_eq!(histogram(&improper), [16, 8, 6]);
}

#[test]
fn regions_limit_the_bases_and_the_cap_keeps_the_sum() {
    let reads: Vec<Sketch> = (0..300).map(|i| Sketch::single(&format!("r{i}"), 0, 10, "10M")).collect();
    let window = Interval::new(0, 0, 30);
    let regions = [Interval::new(0, 0, 3), Interval::new(0, 9, 12)];
    let counts = DepthCounts::of(window, &regions, &arena(&reads));
    assert_eq!((counts.bases, counts.depth_sum), (6, 600));
    assert_eq!((counts.histogram[0], counts.histogram[DEPTH_CAP]), (4, 2));
    assert_eq!((counts.bases_at_least(1), counts.bases_at_least(250), counts.median()), (2, 2, Some(0)));
}

const GENOME: u32 = 400;

fn op() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["20M", "5S15M", "8M4D8M", "6M3I9M2S", "10M30N10M", "60M", "1M"])
}

/// Pairs and single reads anywhere, some of them flagged.
fn sketches() -> impl Strategy<Value = Vec<Sketch>> {
    let one = (0..GENOME - 90, 0u32..60, op(), op(), 0usize..8);
    vec(one, 0..25).prop_map(|list| {
        let bits = [0, 0, 0, 0, flags::DUPLICATE, flags::SECONDARY, flags::QC_FAIL, flags::SUPPLEMENTARY];
        let pairs = list.iter().enumerate().flat_map(|(i, &(at, gap, one, two, kind))| {
            let name = format!("t{i}");
            if i % 3 == 0 {
                return vec![Sketch::single(&name, 0, at, one).flagged(bits[kind])];
            }
            Sketch::pair(&name, 0, (at, one), (at + gap, two)).map(|half| half.flagged(bits[kind])).to_vec()
        });
        pairs.collect()
    })
}

/// Depth by its words: the templates that have a base on each position.
fn naive(sketches: &[Sketch]) -> Vec<usize> {
    let mut templates: HashMap<u32, HashSet<String>> = HashMap::new();
    let excluded = flags::UNMAPPED | flags::SECONDARY | flags::QC_FAIL | flags::DUPLICATE;
    for (i, sketch) in sketches.iter().enumerate().filter(|(_, sketch)| sketch.flags & excluded == 0) {
        // A supplementary record is not joined with its mate.
        let alone = sketch.flags & flags::SUPPLEMENTARY != 0;
        let name = if alone { format!("{i}") } else { sketch.name.clone() };
        let mut at = sketch.place.expect("placed").1;
        for op in cigar(&sketch.cigar).ops() {
            if op.kind() == OpKind::Match {
                (at..at + op.len()).for_each(|base| {
                    templates.entry(base).or_default().insert(name.clone());
                });
            }
            at += if op.kind().consumes_reference() { op.len() } else { 0 };
        }
    }
    (0..GENOME).map(|base| templates.get(&base).map_or(0, HashSet::len)).collect()
}

fn of_window(window: Interval, records: &RecordArena) -> BinMetrics {
    let letters: Vec<u8> = (0..GENOME).map(|at| b"ACGTTNAC"[(at * at / 7 % 8) as usize]).collect();
    let contig = Contig { name: "c".to_owned(), length: GENOME, md5: [0; 16] };
    let reference = Reference::from_letters(Contigs::new(vec![contig]), &[letters]);
    let ground = Ground::of(&reference, window);
    BinMetrics::of(Some(window), (&Places::everywhere(window), Some(&ground)), records, 0)
}

proptest! {
    #[test]
    fn cutting_the_genome_changes_nothing(sketches in sketches(), mut cuts in vec(1..GENOME, 0..6)) {
        cuts.extend([0, GENOME]);
        cuts.sort_unstable();
        let mut merged = BinMetrics::default();
        for two in cuts.windows(2) {
            let bin = Interval::new(0, two[0], two[1]);
            let reaches = |sketch: &&Sketch| {
                let start = sketch.place.expect("placed").1;
                start < bin.end && start + span(&sketch.cigar) > bin.start
            };
            merged.merge(&of_window(bin, &arena(sketches.iter().filter(reaches))));
        }
        let whole = Interval::new(0, 0, GENOME);
        prop_assert_eq!(&merged, &of_window(whole, &arena(&sketches)));

        let mut kept = Vec::new();
        merged.pack(&mut kept);
        prop_assert_eq!(BinMetrics::of_bytes(&kept), Some(merged.clone()), "kept for a later run");

        let alone = DepthCounts::of(whole, &[whole], &arena(&sketches));
        prop_assert_eq!(&merged.depth, &alone, "depth by itself");
        let expected = naive(&sketches);
        prop_assert_eq!(merged.depth.depth_sum, expected.iter().sum::<usize>() as u64);
        for (depth, &bases) in merged.depth.histogram.iter().enumerate() {
            prop_assert_eq!(bases as usize, expected.iter().filter(|&&d| d == depth).count());
        }
    }
}
