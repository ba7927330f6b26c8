//! The gVCF of reads from known haplotypes: every base stands in one line, whatever was cut.

use rihla_call::{Bands, CallOptions, Caller, GvcfJoiner, GvcfPart};
use rihla_core::{GvcfRecord, GvcfVariant, Interval, Pack, ReferenceBlock, VariantRecord};
use rihla_kernels::Simd;

use crate::synthetic::{LENGTH, World, world};

/// The gVCF of `pieces`, called in intervals of `size` bases; and the calls.
fn gvcf(
    world: &World,
    size: u32,
    pieces: &[Interval],
    bands: &Bands,
) -> (Vec<GvcfRecord>, Vec<VariantRecord>) {
    let caller = Caller::new(CallOptions::default(), Simd::best());
    let (mut joiner, mut scratch) = (GvcfJoiner::new(bands.clone()), caller.scratch());
    let (mut lines, mut calls) = (Vec::new(), Vec::new());
    for start in (0..LENGTH as u32).step_by(size as usize) {
        let interval = Interval::new(0, start, (start + size).min(LENGTH as u32));
        let inside: Vec<Interval> = pieces
            .iter()
            .map(|piece| Interval::new(0, piece.start.max(interval.start), piece.end.min(interval.end)))
            .filter(|piece| !piece.is_empty())
            .collect();
        let records = world.records_around(interval);
        let form = (&inside[..], bands);
        let (output, part) = caller.call_gvcf(&world.reference, interval, form, &records, &mut scratch);
        // As a run that is resumed reads it back.
        let mut bytes = Vec::new();
        part.pack(&mut bytes);
        assert_eq!(GvcfPart::of_bytes(&bytes).as_ref(), Some(&part));
        lines.extend(joiner.push(part));
        calls.extend(output.variants);
    }
    lines.extend(joiner.finish());
    (lines, calls)
}

fn whole() -> [Interval; 1] {
    [Interval::new(0, 0, LENGTH as u32)]
}

fn variants(lines: &[GvcfRecord]) -> impl Iterator<Item = &GvcfVariant> {
    lines.iter().filter_map(|line| match line {
        GvcfRecord::Variant(variant) => Some(&**variant),
        GvcfRecord::Block(_) => None,
    })
}

fn blocks(lines: &[GvcfRecord]) -> impl Iterator<Item = &ReferenceBlock> {
    lines.iter().filter_map(|line| match line {
        GvcfRecord::Block(block) => Some(block),
        GvcfRecord::Variant(_) => None,
    })
}

/// How many lines have each position, but for variants inside of a deletion before them.
fn cover(lines: &[GvcfRecord]) -> Vec<u32> {
    let mut cover = vec![0; LENGTH];
    let mut reach = 0;
    for line in lines {
        let (start, end) = match line {
            GvcfRecord::Block(block) => (block.start, block.end),
            GvcfRecord::Variant(variant) => {
                let start = variant.record.position.max(reach);
                reach = reach.max(variant.record.end());
                (start, variant.record.end())
            }
        };
        (start..end).for_each(|at| cover[at as usize] += 1);
    }
    cover
}

#[test]
fn lines_tile_the_genome_however_it_is_cut() {
    let (world, bands) = (world(9), Bands::default());
    let (lines, _) = gvcf(&world, LENGTH as u32, &whole(), &bands);
    assert!(lines.len() > 150);
    assert_eq!(cover(&lines), vec![1; LENGTH]);
    for size in [500, 1_777, 5_000] {
        assert!(gvcf(&world, size, &whole(), &bands).0 == lines, "cut every {size} bases");
    }
}

#[test]
fn only_the_regions_are_covered() {
    let world = world(9);
    let pieces =
        [Interval::new(0, 700, 701), Interval::new(0, 1_000, 4_000), Interval::new(0, 6_100, 11_000)];
    let (lines, _) = gvcf(&world, 5_000, &pieces, &Bands::default());
    let wanted = |at: u32| pieces.iter().any(|piece| (piece.start..piece.end).contains(&at));
    let deleted = |at: u32| {
        variants(&lines)
            .any(|v| wanted(v.record.position) && (v.record.position..v.record.end()).contains(&at))
    };
    for (at, lines) in (0..).zip(cover(&lines)) {
        assert_eq!(lines, u32::from(wanted(at) || deleted(at)), "position {at}");
    }
    assert!(gvcf(&world, 2_300, &pieces, &Bands::default()).0 == lines);
}

#[test]
fn the_calls_are_in_it_and_the_rest_is_sure() {
    let world = world(2);
    let (lines, calls) = gvcf(&world, LENGTH as u32, &whole(), &Bands::default());
    let kept: Vec<&VariantRecord> = variants(&lines).map(|variant| &variant.record).collect();
    assert!(calls.len() > 50 && calls.iter().all(|call| kept.contains(&call)));
    assert!(kept.len() < calls.len() + 30, "{} records for {} calls", kept.len(), calls.len());
    for variant in variants(&lines) {
        let alleles = variant.record.alternates.len() + 2;
        assert_eq!(variant.likelihoods.len(), alleles * (alleles + 1) / 2);
        assert!(variant.likelihoods.contains(&0));
    }
    let sure: u32 = blocks(&lines).filter(|b| b.genotype_quality() >= 30).map(|b| b.end - b.start).sum();
    assert!(sure as usize > LENGTH * 9 / 10, "{sure} bases of GQ 30 and more");
    assert!(blocks(&lines).all(|block| block.min_depth <= block.depth));
    assert!(blocks(&lines).any(|block| !block.is_called()), "no read reaches the ends");
}

#[test]
fn blocks_keep_to_their_bands() {
    let world = world(2);
    let bands = Bands::new(vec![30, 60]).expect("ascending");
    let (lines, _) = gvcf(&world, 3_000, &whole(), &bands);
    let class =
        |quality: u8| if quality == 0 { 0 } else { 1 + u8::from(quality >= 30) + u8::from(quality >= 60) };
    for two in lines.windows(2) {
        if let [GvcfRecord::Block(one), GvcfRecord::Block(two)] = two {
            assert_ne!(class(one.genotype_quality()), class(two.genotype_quality()), "{one:?} {two:?}");
        }
    }
    let fine = gvcf(&world, 3_000, &whole(), &Bands::new((1..100).collect()).expect("ascending")).0;
    assert!(fine.len() > 2 * lines.len());
}
