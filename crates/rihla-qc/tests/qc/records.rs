//! Which record counts as what.

use rihla_core::record::flags;
use rihla_core::{Interval, RecordArena};
use rihla_qc::{BinMetrics, Places, RecordCounts};

use crate::{Sketch, arena};

const WINDOW: Interval = Interval { contig: 0, start: 100, end: 200 };

fn of_window(records: &RecordArena) -> BinMetrics {
    BinMetrics::of(Some(WINDOW), (&Places::everywhere(WINDOW), None), records, 0)
}

#[test]
fn every_kind_counts_where_it_should() {
    let [first, second] = Sketch::pair("p", 0, (110, "10M"), (150, "10M"));
    let away = Sketch { mate: Some((3, 5)), mapq: 19, ..first.clone() };
    let lone = Sketch { mapq: 0, ..first.clone() }.flagged(flags::MATE_UNMAPPED);
    let unmapped = Sketch { flags: flags::PAIRED | flags::UNMAPPED, mapq: 0, ..first.clone() };
    let records = arena(&[
        first.clone(),
        second.clone().flagged(flags::DUPLICATE),
        Sketch { flags: flags::PAIRED, ..away },
        Sketch { flags: lone.flags & !flags::PROPER_PAIR, ..lone },
        unmapped,
        first.clone().flagged(flags::SECONDARY | flags::DUPLICATE),
        first.clone().flagged(flags::SUPPLEMENTARY),
        Sketch::single("s", 0, 199, "10M").flagged(flags::QC_FAIL),
    ]);
    let counts = of_window(&records).records;
    let expected = RecordCounts {
        primary: 6,
        mapped: 5,
        paired: 5,
        properly_paired: 2,
        duplicates: 1,
        qc_fail: 1,
        mapq_0: 1,
        mapq_20: 3,
        singletons: 1,
        mate_elsewhere: 1,
        secondary: 1,
        supplementary: 1,
    };
    assert_eq!(counts, expected);
}

#[test]
fn a_record_counts_in_the_bin_of_its_position() {
    let records = arena(&[
        Sketch::single("before", 0, 95, "20M"),
        Sketch::single("first", 0, 100, "20M"),
        Sketch::single("last", 0, 199, "20M"),
        Sketch::single("behind", 0, 200, "20M"),
        Sketch::single("other contig", 1, 150, "20M"),
    ]);
    assert_eq!(of_window(&records).records.primary, 2);
    let unplaced = Sketch { place: None, flags: flags::UNMAPPED, ..Sketch::single("u", 0, 0, "") };
    let last_bin = BinMetrics::of(None, (&Places::default(), None), &arena(&[unplaced.clone(), unplaced]), 0);
    assert_eq!((last_bin.records.primary, last_bin.records.mapped), (2, 0));
    assert_eq!(last_bin.depth.bases, 0);
}

#[test]
fn insert_sizes_count_each_proper_pair_once() {
    let pair = |name: &str, second: u32| Sketch::pair(name, 0, (100, "10M"), (second, "10M"));
    let mut sketches: Vec<Sketch> =
        [("a", 150), ("b", 160), ("c", 165)].iter().flat_map(|(name, at)| pair(name, *at)).collect();
    sketches.extend(pair("duplicate", 190).map(|half| half.flagged(flags::DUPLICATE)));
    sketches.extend(pair("improper", 190).map(|half| Sketch { flags: flags::PAIRED, ..half }));
    sketches.extend(pair("supplementary", 190).map(|half| half.flagged(flags::SUPPLEMENTARY)));
    let inserts = of_window(&arena(&sketches)).inserts;
    assert_eq!((inserts.pairs(), inserts.median(), inserts.mad()), (3, Some(70), Some(5)));
}

#[test]
fn endless_inserts_are_capped() {
    let pair = Sketch::pair("far", 0, (100, "10M"), (1_000_000, "10M"));
    let inserts = of_window(&arena(&pair)).inserts;
    assert_eq!(inserts.median(), Some(rihla_qc::LONGEST_INSERT as u32));
}
