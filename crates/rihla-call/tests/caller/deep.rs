//! Places of extreme depth are called from a part of their reads, the same part however the genome is cut.

use rihla_core::record::Placement;
use rihla_core::{Cigar, Interval, RecordArena, RecordBuilder, Reference};
use rihla_kernels::Simd;
use rihla_pileup::{PileupOptions, ReadSet};

use crate::support::{call, call_whole, describe, letters, reference};

const LENGTH: u32 = 4000;
const READ: usize = 100;

/// 10,000 reads that start within 50 bases, every second one with another base at `site`, and a few
/// elsewhere.
fn pile(reference: &Reference, site: u32) -> RecordArena {
    let mut arena = RecordArena::new();
    let cigar = Cigar::parse("100M").expect("valid");
    let few = (0..38u32).map(|i| 100 * i);
    let mut starts: Vec<u32> = (0..10_000u32).map(|i| 1950 + i / 200).chain(few).collect();
    starts.sort_unstable();
    for (i, start) in starts.into_iter().enumerate() {
        let placement = Placement {
            flags: if i % 3 == 0 { 0x10 } else { 0 },
            place: Some((0, start)),
            mapq: 60,
            mate: None,
            template_length: 0,
        };
        let mut codes = reference.fetch(0, start, start + READ as u32);
        if i % 2 == 0 && (start..start + READ as u32).contains(&site) {
            let base = &mut codes[(site - start) as usize];
            *base = (*base + 1) % 4;
        }
        let name = format!("read{i}");
        RecordBuilder::start(&mut arena, &placement, name.as_bytes(), cigar.ops(), &codes, &[30; READ])
            .finish();
    }
    arena
}

#[test]
fn a_heterozygote_under_ten_thousand_reads_is_called_from_a_part_of_them() {
    let reference = reference(&letters(7, LENGTH));
    let records = pile(&reference, 2010);
    let options = PileupOptions::default();
    let prepared = ReadSet::prepare(&records, Interval::new(0, 0, LENGTH), &[], &options);
    let kept = prepared.reads().len() as u32;
    assert!((options.max_starts..options.max_starts + 40).contains(&kept), "{kept} reads are kept");
    let whole: Vec<String> = call_whole(&reference, &records).iter().map(describe).collect();
    assert_eq!(whole.len(), 1);
    assert!(whole[0].starts_with("2011\t") && whole[0].ends_with("0/1"), "{}", whole[0]);
    for cut in [1000, 2000, 2011] {
        let parts = [Interval::new(0, 0, cut), Interval::new(0, cut, LENGTH)];
        let called: Vec<String> = parts
            .iter()
            .flat_map(|&part| call(&reference, part, &records, Simd::best()))
            .map(|record| describe(&record))
            .collect();
        assert_eq!(called, whole, "cut at {cut}");
    }
}
