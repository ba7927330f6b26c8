//! What scans count does not depend on how the genome is cut.

use rihla_call::ScanCounts;
use rihla_core::record::Placement;
use rihla_core::{Cigar, Interval, RecordArena, RecordBuilder, Reference};

use crate::support::{letters, reference};

const LENGTH: u32 = 6000;
const READ: u32 = 100;

/// What some reads show.
struct Shown {
    place: u32,
    /// Every so many reads do.
    every: u32,
    is_gap: bool,
    quality: u8,
    mapq: u8,
}

/// Reads of both strands, 33 deep; what one shows has its quality and its mapping quality.
fn reads(reference: &Reference, shown: &[Shown]) -> RecordArena {
    let mut arena = RecordArena::new();
    for number in 0..(LENGTH - READ) / 3 {
        let start = 3 * number;
        let of_read = shown
            .iter()
            .find(|shown| (start + 5..start + READ - 5).contains(&shown.place) && number % shown.every == 0);
        let mut placement = Placement {
            flags: if number % 2 == 0 { 0x10 } else { 0 },
            place: Some((0, start)),
            mapq: 60,
            mate: None,
            template_length: 0,
        };
        let (mut codes, mut qualities) = (reference.fetch(0, start, start + READ), vec![37; READ as usize]);
        let mut cigar = format!("{READ}M");
        if let Some(Shown { place, is_gap, quality, mapq, .. }) = of_read {
            let at = (place - start) as usize;
            placement.mapq = *mapq;
            qualities[at] = *quality;
            if *is_gap {
                codes.drain(at..at + 2);
                qualities.truncate(codes.len());
                cigar = format!("{at}M2D{}M", codes.len() - at);
            } else {
                codes[at] = (codes[at] + 1) % 4;
            }
        }
        let cigar = Cigar::parse(&cigar).expect("valid");
        let name = format!("read{number}");
        RecordBuilder::start(&mut arena, &placement, name.as_bytes(), cigar.ops(), &codes, &qualities)
            .finish();
    }
    arena
}

fn snp(place: u32, every: u32) -> Shown {
    Shown { place, every, is_gap: false, quality: 37, mapq: 60 }
}

/// Cases that look like SNPs and like gaps; the same for all cuts.
fn cases(shown: &[Shown]) -> [u64; 2] {
    let reference = reference(&letters(11, LENGTH));
    let records = reads(&reference, shown);
    let of = |start, end| ScanCounts::of(&reference, Interval::new(0, start, end), &records);
    let whole = of(0, LENGTH);
    for cut in [1500, 2999, 3000, 3001, 3002, 4100] {
        let mut parts = of(0, cut);
        parts.add(&of(cut, LENGTH));
        assert_eq!(parts, whole, "cut at {cut}");
    }
    whole.artifacts.cases()
}

#[test]
fn a_small_share_of_good_bases_is_a_case_and_heterozygotes_are_none() {
    assert_eq!(cases(&[snp(3000, 7)]), [1, 0]);
    assert_eq!(cases(&[Shown { is_gap: true, ..snp(3000, 7) }]), [0, 1]);
    assert_eq!(cases(&[snp(2990, 7), snp(3000, 7)]), [1, 0], "one artifact");
    assert_eq!(cases(&[snp(3000, 1)]), [0, 0], "on both copies");
    assert_eq!(cases(&[snp(3000, 2), Shown { is_gap: true, ..snp(1500, 2) }]), [0, 0]);
}

#[test]
fn ends_that_a_fold_made_are_counted() {
    let reference = reference(&letters(11, LENGTH));
    let mut records = reads(&reference, &[]);
    for (number, start) in [1000u32, 2990, 3010].into_iter().enumerate() {
        let inside = reference.fetch(0, start, start + READ - 20);
        let copy = inside[10..30].iter().rev().map(|&code| 3 - code);
        let codes: Vec<u8> = copy.chain(inside.iter().copied()).collect();
        let placement =
            Placement { flags: 0, place: Some((0, start)), mapq: 60, mate: None, template_length: 0 };
        let cigar = Cigar::parse(&format!("20S{}M", inside.len())).expect("valid");
        let name = format!("folded{number}");
        RecordBuilder::start(
            &mut records,
            &placement,
            name.as_bytes(),
            cigar.ops(),
            &codes,
            &[37; READ as usize],
        )
        .finish();
    }
    let of = |start, end| ScanCounts::of(&reference, Interval::new(0, start, end), &records);
    let (whole, before) = (of(0, LENGTH), of(0, 3000));
    assert_eq!((whole.folded, before.folded), (3, 2));
    assert_eq!(whole.reads, u64::from((LENGTH - READ) / 3) + 3);
}

#[test]
fn errors_and_reads_from_elsewhere_are_no_cases() {
    assert_eq!(cases(&[Shown { quality: 15, ..snp(3000, 7) }]), [0, 0]);
    assert_eq!(cases(&[Shown { mapq: 40, ..snp(3000, 7) }]), [0, 0]);
    assert_eq!(cases(&[snp(3000, 7), Shown { is_gap: true, ..snp(3012, 2) }]), [0, 0], "beside a gap");
}
