//! Against the oracle, and against itself.

use std::collections::{HashMap, HashSet};
use std::thread;

use proptest::prelude::*;
use rihla_core::record::{flags, set_flags};
use rihla_core::{Interval, RecordArena, RecordRef};
use rihla_shard::{Bin, Origin, ShardError, ShardOptions, ShardWriter, Shards};

use crate::oracle;
use crate::templates::{Batch, Choices, batches, contigs, random_choices};

pub fn options() -> ShardOptions {
    ShardOptions { bin_bases: 512, halo_bases: 100, ..ShardOptions::default() }
}

fn shard(batches: &[Batch], options: ShardOptions) -> Shards {
    let writer = ShardWriter::new(&contigs(), options);
    for batch in batches {
        batch.push_to(&writer).expect("good records");
    }
    writer.finish().expect("resolved")
}

fn load_all(shards: &Shards) -> Vec<Bin> {
    (0..shards.bins()).map(|bin| shards.load(bin).expect("loads")).collect()
}

/// The sorted file: the owned records of all bins.
pub fn file(bins: &[Bin]) -> RecordArena {
    let mut file = RecordArena::new();
    bins.iter().flat_map(Bin::owned_records).for_each(|record| file.push(record.bytes()));
    file
}

fn same(a: &[Bin], b: &[Bin]) -> bool {
    let records = |bin: &Bin| bin.records.iter().map(|r| r.bytes().to_vec()).collect::<Vec<_>>();
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| (a.interval, &a.owned) == (b.interval, &b.owned) && records(a) == records(b))
}

/// Every input record with its sort key, in the order expected of the file.
fn expected_file(batches: &[Batch]) -> Vec<RecordRef<'_>> {
    let mut records: Vec<_> = batches.iter().flat_map(|batch| batch.records.iter()).enumerate().collect();
    records.sort_by_key(|(ordinal, record)| {
        (record.contig().is_none(), record.contig(), record.position(), *ordinal)
    });
    records.into_iter().map(|(_, record)| record).collect()
}

fn unflagged(record: RecordRef<'_>) -> Vec<u8> {
    let mut bytes = record.bytes().to_vec();
    set_flags(&mut bytes, record.flags() & !flags::DUPLICATE);
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn duplicates_are_those_of_the_oracle(templates in prop::collection::vec(any::<Choices>(), 0..120)) {
        let shards = shard(&batches(&templates, 7), options());
        let file = file(&load_all(&shards));
        let flagged: Vec<usize> = file
            .iter()
            .enumerate()
            .filter(|(_, record)| record.has_any(flags::DUPLICATE))
            .map(|(i, _)| i)
            .collect();
        let (expected, metrics) = oracle::mark(&file, 100, |_| 0);
        prop_assert_eq!(flagged, expected);
        prop_assert_eq!(shards.duplicate_metrics(), [metrics]);
    }

    #[test]
    fn libraries_and_read_groups_are_kept_apart(templates in prop::collection::vec(any::<Choices>(), 0..120)) {
        const LIBRARIES: u16 = 3;
        let mut input = batches(&templates, 7);
        for (batch, number) in input.iter_mut().zip(0..) {
            batch.origin = Origin { library: number % LIBRARIES, read_group: number % 4 };
        }
        let origins: HashMap<Vec<u8>, Origin> = input
            .iter()
            .flat_map(|batch| batch.records.iter().map(|record| (record.name().to_vec(), batch.origin)))
            .collect();
        let shards = shard(&input, ShardOptions { libraries: LIBRARIES, ..options() });
        let file = file(&load_all(&shards));
        for library in 0..LIBRARIES {
            let mut part = RecordArena::new();
            let mine = file.iter().filter(|record| origins[record.name()].library == library);
            mine.for_each(|record| part.push(record.bytes()));
            let flagged: Vec<usize> =
                (0..part.len()).filter(|&i| part.get(i).has_any(flags::DUPLICATE)).collect();
            let (expected, metrics) = oracle::mark(&part, 100, |record| origins[record.name()].read_group);
            prop_assert_eq!(flagged, expected);
            prop_assert_eq!(shards.duplicate_metrics()[usize::from(library)], metrics);
        }
    }

    #[test]
    fn bins_hold_what_they_should(
        templates in prop::collection::vec(any::<Choices>(), 0..60), halo in 0u32..700, bin_bases in 50u32..900,
        part_bytes in prop_oneof![Just(u64::MAX), 200u64..20_000],
    ) {
        let input = batches(&templates, 5);
        let shards = shard(&input, ShardOptions { bin_bases, halo_bases: halo, part_bytes, ..options() });
        let bins = load_all(&shards);
        // The bins tile the genome, and are as small as they are to be unless a position alone holds more.
        let intervals: Vec<Interval> = bins.iter().filter_map(|bin| bin.interval).collect();
        let bases: u32 = intervals.iter().map(|own| own.end - own.start).sum();
        prop_assert_eq!(bases, contigs().iter().map(|contig| contig.length).sum::<u32>());
        let sorted = intervals.windows(2).all(|two| (two[0].contig, two[0].end) <= (two[1].contig, two[1].start));
        prop_assert!(sorted);
        for bin in &bins {
            let bytes: usize = bin.owned_records().map(|record| record.bytes().len()).sum();
            let places: HashSet<_> = bin.owned_records().map(|record| record.position()).collect();
            prop_assert!(bytes as u64 <= part_bytes || bin.interval.is_none() || places.len() == 1, "{} bytes", bytes);
        }
        let expected = expected_file(&input);
        let got = file(&bins);
        prop_assert_eq!(got.len(), expected.len());
        prop_assert!(got.iter().zip(&expected).all(|(got, &expected)| unflagged(got) == unflagged(expected)));
        for bin in &bins {
            let Some(own) = bin.interval else { continue };
            let seen = |record: &&RecordRef<'_>| {
                record.contig() == Some(own.contig)
                    && record.position() < Some(own.end + halo)
                    && record.reference_end() > Some(own.start.saturating_sub(halo))
            };
            let here: Vec<_> = expected.iter().filter(seen).map(|&record| unflagged(record)).collect();
            prop_assert_eq!(bin.records.iter().map(unflagged).collect::<Vec<_>>(), here);
            for (i, record) in bin.records.iter().enumerate() {
                let inside = own.contains(own.contig, record.position().expect("placed"));
                prop_assert_eq!(bin.owned.contains(&i), inside);
            }
        }
        prop_assert_eq!((shards.records_in(), shards.records_out()), (expected.len() as u64, got.len() as u64));
    }
}

#[test]
fn threads_order_and_memory_do_not_matter() {
    let input = batches(&random_choices(11, 6000), 50);
    // Some bins are cut, some are not.
    let options = || ShardOptions { part_bytes: 40_000, ..options() };
    let plain = shard(&input, options());
    let plain_bins = load_all(&plain);
    assert_eq!(plain.spilled_bytes(), 0);
    assert!(plain.bins() > shard(&input, ShardOptions { part_bytes: u64::MAX, ..options() }).bins() + 10);
    let directory = tempfile::tempdir().expect("a directory");
    for (threads, memory_bytes) in [(1, 0), (3, 60_000), (4, 1 << 30)] {
        let temp_dir = directory.path().to_owned();
        let writer = ShardWriter::new(&contigs(), ShardOptions { memory_bytes, temp_dir, ..options() });
        thread::scope(|scope| {
            for part in 0..threads {
                let (writer, input) = (&writer, &input);
                scope.spawn(move || {
                    // Every thread its own share, from the back.
                    for batch in input.iter().rev().skip(part).step_by(threads) {
                        batch.push_to(writer).expect("good records");
                    }
                });
            }
        });
        let shards = writer.finish().expect("resolved");
        assert!(same(&load_all(&shards), &plain_bins), "{threads} threads, {memory_bytes} bytes");
        assert_eq!(shards.duplicate_metrics(), plain.duplicate_metrics());
        assert_eq!(shards.spilled_bytes() > 0, memory_bytes < 1 << 30);
        assert_eq!(shards.records_out(), shards.records_in());
    }
    let left = std::fs::read_dir(directory.path()).expect("readable").count();
    assert_eq!(left, 0, "the spill file outlived the shards");
}

#[test]
fn bins_load_from_many_threads_and_twice_the_same() {
    let shards =
        shard(&batches(&random_choices(5, 2000), 100), ShardOptions { memory_bytes: 100_000, ..options() });
    let bins = load_all(&shards);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| assert!(same(&load_all(&shards), &bins)));
        }
    });
    assert_eq!(shards.records_out(), shards.records_in());
    shards.release(1);
    assert!(matches!(shards.load(1), Err(ShardError::NoBin { bin: 1, .. })));
    assert!(matches!(shards.load(shards.bins()), Err(ShardError::NoBin { .. })));
    assert!(shards.load(0).is_ok());
}

#[test]
fn an_empty_input_has_empty_bins() {
    let shards = shard(&[], options());
    let bins = load_all(&shards);
    assert_eq!(bins.len(), 6 + 1 + 5 + 1);
    assert!(bins.iter().all(|bin| bin.records.is_empty()));
    assert_eq!(bins.iter().filter(|bin| bin.interval.is_none()).count(), 1);
}

#[test]
fn duplicate_flags_of_the_input_are_cleared() {
    let mut input = batches(&random_choices(3, 1), 1);
    let records = &mut input[0].records;
    for i in 0..records.len() {
        let bits = records.get(i).flags() | flags::DUPLICATE;
        set_flags(records.get_mut(i), bits);
    }
    let file = file(&load_all(&shard(&input, options())));
    assert!(file.iter().all(|record| !record.has_any(flags::DUPLICATE)));
}

#[test]
fn records_and_batches_that_cannot_be_are_named() {
    let writer = ShardWriter::new(&contigs(), options());
    let mut batch = batches(&random_choices(1, 2), 2).remove(0);
    batch.records.get_mut(0)[4..8].copy_from_slice(&3000u32.to_le_bytes());
    batch.records.get_mut(0)[0..4].copy_from_slice(&0u32.to_le_bytes());
    let error = batch.push_to(&writer).expect_err("off the contig").to_string();
    assert!(error.contains("0:3000") && error.contains("template 0"), "{error}");
    batch.ends.pop();
    assert!(matches!(batch.push_to(&writer), Err(ShardError::Batch { first_template: 0, .. })));
    batch.ends = vec![2, 1];
    assert!(matches!(batch.push_to(&writer), Err(ShardError::Batch { .. })));
    batch.ends = vec![1_000_000];
    assert!(matches!(batch.push_to(&writer), Err(ShardError::Batch { .. })));
    batch.origin.library = 1;
    batch.ends = vec![batch.records.len() as u32];
    let error = batch.push_to(&writer).expect_err("one library").to_string();
    assert!(error.contains("library 1"), "{error}");
}

#[test]
fn template_numbers_with_large_gaps_are_refused() {
    let writer = ShardWriter::new(&contigs(), options());
    let mut batch = batches(&random_choices(1, 1), 1).remove(0);
    batch.first = 1 << 40;
    batch.push_to(&writer).expect("good records");
    assert!(matches!(writer.finish(), Err(ShardError::Batch { .. })));
}

#[test]
#[ignore = "needs RIHLA_SMALL_DISK, a directory on a disk of some 256 kB"]
fn a_full_disk_is_an_error_that_names_the_directory() {
    let directory = std::env::var("RIHLA_SMALL_DISK").expect("RIHLA_SMALL_DISK is set");
    let writer = ShardWriter::new(
        &contigs(),
        ShardOptions { memory_bytes: 0, temp_dir: directory.clone().into(), ..options() },
    );
    let failed =
        batches(&random_choices(1, 50_000), 100).iter().find_map(|batch| batch.push_to(&writer).err());
    let error = failed.expect("the disk fills");
    assert!(matches!(error, ShardError::DiskFull { .. }), "{error}");
    assert!(error.to_string().contains(&directory), "{error}");
}
