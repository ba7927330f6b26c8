//! What is written is read again, whatever the records and the cuts between batches.

use proptest::prelude::*;

use super::*;
use crate::bam::BamReader;

fn any_sketch() -> impl Strategy<Value = Sketch> {
    let cigar = prop::sample::select(vec!["50M", "5S45M", "20M3I27M", "25M400D25M", "10M20000N40M", "1M"]);
    let place = prop::option::weighted(0.9, (0u32..3, 0u32..60_000));
    (place, cigar, prop::bool::weighted(0.1), 0u32..150)
        .prop_map(|(place, cigar, is_unmapped, bases)| Sketch { place, cigar, is_unmapped, bases })
}

fn query(reader: &mut BamReader, interval: Interval) -> RecordArena {
    let mut out = RecordArena::new();
    reader.query(interval, &mut out).expect("readable");
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn records_come_back(
        sketches in prop::collection::vec(any_sketch(), 0..120),
        batch in 1usize..60,
        windows in prop::collection::vec((0u32..3, 0u32..90_000, 0u32..40_000), 8),
    ) {
        let directory = tempfile::tempdir().expect("temporary directory");
        let path = directory.path().join("a.bam");
        let contigs = contigs(&[90_000, 90_000, 90_000]);
        let records = build(sketches);
        write(&path, &contigs, &records, batch);
        let mut reader = BamReader::open(&path).expect("opened");
        prop_assert_eq!(reader.contigs(), &contigs);
        let mut seen = Vec::new();
        for contig in 0..3 {
            let found = query(&mut reader, Interval::new(contig, 0, 90_000));
            seen.extend(found.iter().map(|record| record.bytes().to_vec()));
        }
        let placed: Vec<_> = records.iter().filter(|record| record.position().is_some()).map(|r| r.bytes().to_vec()).collect();
        prop_assert_eq!(seen, placed);
        for (contig, start, length) in windows {
            let interval = Interval::new(contig, start, start + length);
            let names: Vec<_> = query(&mut reader, interval).iter().map(|record| name_of(&record)).collect();
            prop_assert_eq!(names, expected_names(&records, &interval));
        }
    }
}

#[test]
fn bytes_are_a_function_of_records_and_level() {
    let contigs = contigs(&[1_000_000]);
    let records = many(&contigs, 2_000);
    let block = compress_records(records.iter(), 1);
    assert_eq!(block, compress_records(records.iter(), 1));
    assert_eq!(block.records(), 2_000);
    assert!(compress_records(records.iter(), 9).bytes().len() < block.bytes().len());
    let nothing = compress_records(std::iter::empty(), 6);
    assert!(nothing.bytes().is_empty() && nothing.records() == 0);
}

#[test]
fn record_longer_than_a_block_comes_back() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = directory.path().join("a.bam");
    let contigs = contigs(&[1_000]);
    let sketch = |bases| Sketch { place: Some((0, 10)), cigar: "*", is_unmapped: true, bases };
    let records = build(vec![sketch(10), sketch(200_000), sketch(20)]);
    write(&path, &contigs, &records, 2);
    let found = query(&mut BamReader::open(&path).expect("opened"), Interval::new(0, 0, 1_000));
    assert!(found.iter().map(|record| record.bytes()).eq(records.iter().map(|record| record.bytes())));
}

#[test]
fn disorder_is_refused_and_leaves_nothing() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = directory.path().join("a.bam");
    let contigs = contigs(&[1_000_000]);
    let at = |position| Sketch { place: Some((0, position)), cigar: "10M", is_unmapped: false, bases: 0 };
    let unplaced = Sketch { place: None, ..at(0) };
    for (first, second) in [(at(500), at(499)), (unplaced, at(5))] {
        let mut writer = BamWriter::create(&path, &header(contigs.clone())).expect("created");
        writer.append(&compress_records(build(vec![first]).iter(), 1)).expect("sorted");
        let error = writer.append(&compress_records(build(vec![second]).iter(), 1)).expect_err("unsorted");
        assert!(error.to_string().contains("not sorted"), "{error}");
        drop(writer);
        assert_eq!(std::fs::read_dir(directory.path()).expect("directory").count(), 0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn full_device_is_told_by_name() {
    let contigs = contigs(&[1_000_000]);
    let mut writer = BamWriter::create("/dev/full", &header(contigs.clone())).expect("opened");
    let appended = writer.append(&compress_records(many(&contigs, 2_000).iter(), 1));
    let error = appended.and_then(|()| writer.finish()).expect_err("full");
    assert_eq!(error.kind(), crate::IoErrorKind::NoSpace);
    assert!(error.to_string().contains("/dev/full"), "{error}");
    assert!(!Path::new("/dev/full.bai").exists());
}

#[test]
fn handles_share_a_file_and_ids_follow_the_reference() {
    let scene = scene(&[200_000, 300_000], 3_000, 1_000);
    let mut list: Vec<_> = scene.contigs.iter().cloned().collect();
    list.reverse();
    list.push(Contig { name: "more".into(), length: 5, md5: [9; 16] });
    let reference = Contigs::new(list);
    let mut reader = BamReader::open(&scene.path).expect("opened");
    reader.check_contigs(&reference).expect("the same contigs");
    let mut other = reader.reopen().expect("reopened");
    assert!(query(&mut other, Interval::new(2, 0, 5)).is_empty());
    let interval = Interval::new(1, 0, 200_000);
    let found = query(&mut other, interval);
    assert!(found.len() > 1_000);
    for record in found.iter() {
        assert_eq!((record.contig(), record.mate_contig()), (Some(1), Some(1)));
    }
    let names: Vec<_> = found.iter().map(|record| name_of(&record)).collect();
    assert_eq!(names, expected_names(&scene.records, &Interval::new(0, 0, 200_000)));
}
