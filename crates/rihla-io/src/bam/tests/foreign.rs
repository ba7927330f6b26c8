//! What others make of our files, and we of theirs: htslib, noodles, samtools.

use std::process::Command;

use noodles::core::Region;
use rust_htslib::bam::{self as hts, Read};

use super::*;
use crate::bam::BamReader;

/// Contigs for a BAI, and for a CSI.
const SIZES: [&[u32]; 2] = [&[1_000_000, 40_000_000, 50_000], &[700_000_000, 60_000]];

#[test]
fn htslib_reads_every_record_and_region() {
    for lengths in SIZES {
        let scene = scene(lengths, 6_000, 700);
        let mut all = hts::Reader::from_path(&scene.path).expect("opened");
        let mut count = 0;
        for (theirs, ours) in all.records().map(|record| record.expect("valid")).zip(scene.records.iter()) {
            assert_same(&theirs, &ours);
            count += 1;
        }
        assert_eq!(count, scene.records.len());
        let mut indexed = hts::IndexedReader::from_path(&scene.path).expect("indexed");
        for interval in intervals(&scene.contigs) {
            indexed
                .fetch((interval.contig as i32, i64::from(interval.start), i64::from(interval.end)))
                .expect("fetched");
            let names: Vec<_> =
                indexed.records().map(|record| text(record.expect("valid").qname())).collect();
            assert_eq!(names, expected_names(&scene.records, &interval), "{interval:?}");
        }
        check_counts(&mut indexed, &scene);
    }
}

fn check_counts(indexed: &mut hts::IndexedReader, scene: &Scene) {
    for (contig, _, mapped, unmapped) in indexed.index_stats().expect("counts") {
        let here = |is_unmapped: bool| {
            let wanted = |record: &RecordRef<'_>| {
                record.contig().map_or(-1, i64::from) == contig
                    && record.has_any(flags::UNMAPPED) == is_unmapped
            };
            scene.records.iter().filter(wanted).count() as u64
        };
        assert_eq!((mapped, unmapped), (here(false), here(true)), "contig {contig}");
    }
}

fn assert_same(theirs: &hts::Record, ours: &RecordRef<'_>) {
    let id = |id: Option<u32>| id.map_or(-1, |id| id as i32);
    assert_eq!(theirs.qname(), ours.name());
    assert_eq!((theirs.tid(), theirs.mtid()), (id(ours.contig()), id(ours.mate_contig())));
    assert_eq!(theirs.pos(), ours.position().map_or(-1, i64::from));
    assert_eq!((theirs.mapq(), theirs.flags()), (ours.mapq(), ours.flags()));
    assert_eq!(theirs.insert_size(), i64::from(ours.template_length()));
    assert_eq!(
        theirs.cigar().to_string().trim_start_matches('*'),
        ours.cigar().collect::<Cigar>().to_string().trim_start_matches('*')
    );
    let mut codes = Vec::new();
    ours.sequence_into(&mut codes);
    assert_eq!(theirs.seq().as_bytes(), rihla_core::base::decode_all(&codes));
    assert_eq!(theirs.qual(), ours.qualities());
    assert_eq!(theirs.aux(b"RG"), Ok(hts::record::Aux::String("rg1")));
}

#[test]
fn noodles_reads_header_and_regions() {
    let scene = scene(SIZES[0], 4_000, 900);
    let mut reader =
        noodles::bam::io::indexed_reader::Builder::default().build_from_path(&scene.path).expect("opened");
    let header = reader.read_header().expect("valid header");
    assert_eq!(header.reference_sequences().len(), 3);
    assert_eq!(header.read_groups().len(), 1);
    assert_eq!(header.programs().as_ref().len(), 1);
    for interval in intervals(&scene.contigs).into_iter().filter(|interval| !interval.is_empty()) {
        let name = &scene.contigs.get(interval.contig).name;
        let region: Region =
            format!("{name}:{}-{}", interval.start + 1, interval.end).parse().expect("region");
        let found = reader.query(&header, &region).expect("queried").records();
        let names: Vec<_> =
            found.map(|record| record.expect("valid").name().expect("named").to_string()).collect();
        // Unmapped records at their mate's place are left out: noodles gives them no extent.
        let wanted = |record: &RecordRef<'_>| overlaps(record, &interval) && !record.has_any(flags::UNMAPPED);
        let names: Vec<_> = names.into_iter().filter(|name| !is_unmapped(&scene, name)).collect();
        let expected: Vec<_> = scene.records.iter().filter(wanted).map(|record| name_of(&record)).collect();
        assert_eq!(names, expected, "{interval:?}");
    }
}

fn is_unmapped(scene: &Scene, name: &str) -> bool {
    let number: usize = name.trim_start_matches("read").parse().expect("numbered");
    scene.records.get(number).has_any(flags::UNMAPPED)
}

#[test]
fn we_read_what_htslib_wrote() {
    for lengths in SIZES {
        let scene = scene(lengths, 4_000, 800);
        let directory = tempfile::tempdir().expect("temporary directory");
        let copy = directory.path().join("copy.bam");
        copy_with_htslib(&scene.path, &copy);
        let (kind, name) = if lengths == SIZES[0] {
            (hts::index::Type::Bai, "copy.bai")
        } else {
            (hts::index::Type::Csi(14), "copy.bam.csi")
        };
        hts::index::build(&copy, Some(&directory.path().join(name)), kind, 1).expect("indexed");
        let mut reader = BamReader::open(&copy).expect("opened");
        reader.check_contigs(&scene.contigs).expect("the same contigs");
        assert_eq!(reader.sample().expect("one sample"), Some("NA1"));
        assert_eq!(reader.read_groups(), header(Contigs::default()).read_groups);
        for interval in intervals(&scene.contigs) {
            let mut out = RecordArena::new();
            reader.query(interval, &mut out).expect("readable");
            let names: Vec<_> = out.iter().map(|record| name_of(&record)).collect();
            assert_eq!(names, expected_names(&scene.records, &interval), "{interval:?}");
        }
    }
}

/// The records on each contig, counted by the index, ours and htslib's, BAI and CSI.
#[test]
fn indexes_count_the_records_of_each_contig() {
    for lengths in SIZES {
        let mut contigs = contigs(lengths);
        let records = many(&contigs, 3_000);
        // A contig that holds nothing.
        let mut list: Vec<_> = contigs.iter().cloned().collect();
        list.push(Contig { name: "bare".into(), length: 900, md5: [8; 16] });
        contigs = Contigs::new(list.clone());
        let directory = tempfile::tempdir().expect("temporary directory");
        let path = directory.path().join("a.bam");
        write(&path, &contigs, &records, 800);
        check_record_counts(&path, &records, &list);
        let ours = index_beside(&path);
        for kind in [hts::index::Type::Bai, hts::index::Type::Csi(14), hts::index::Type::Csi(12)] {
            let extension = if matches!(kind, hts::index::Type::Bai) { "bai" } else { "csi" };
            if extension == "bai" && lengths != SIZES[0] {
                continue;
            }
            let _ = std::fs::remove_file(&ours);
            let index = path.with_extension(extension);
            hts::index::build(&path, Some(&index), kind, 1).expect("indexed");
            check_record_counts(&path, &records, &list);
            std::fs::remove_file(index).expect("there");
        }
    }
}

fn check_record_counts(path: &Path, records: &RecordArena, list: &[Contig]) {
    let on = |contig| records.iter().filter(|record| record.contig() == contig).count() as u64;
    let mut reader = BamReader::open(path).expect("opened");
    for id in 0..list.len() as u32 {
        assert_eq!(reader.record_count(id), Some(on(Some(id))), "contig {id}");
    }
    // In the reference's ids, where another contig comes first and one is not in the file.
    let mut other: Vec<_> = list.iter().rev().cloned().collect();
    other.push(Contig { name: "more".into(), length: 5, md5: [9; 16] });
    reader.check_contigs(&Contigs::new(other)).expect("the same contigs");
    let last = list.len() as u32 - 1;
    for id in 0..=last {
        assert_eq!(reader.record_count(id), Some(on(Some(last - id))), "contig {id}");
        let mut out = RecordArena::new();
        let length = list[(last - id) as usize].length;
        reader.query(Interval::new(id, 0, length), &mut out).expect("readable");
        assert_eq!(reader.record_count(id), Some(out.len() as u64), "contig {id}");
    }
    assert_eq!(reader.record_count(last + 1), Some(0));
}

/// An index without the pseudo-bins that count.
#[test]
fn an_index_that_does_not_count_says_so() {
    use noodles::csi::binning_index::index::{Index, ReferenceSequence};
    let scene = scene(&[1_000_000, 50_000], 500, 100);
    let path = index_beside(&scene.path);
    let index = noodles::bam::bai::fs::read(&path).expect("valid");
    let bare = index
        .reference_sequences()
        .iter()
        .map(|contig| ReferenceSequence::new(contig.bins().clone(), contig.index().clone(), None));
    let bare = Index::builder().set_reference_sequences(bare.collect()).build();
    noodles::bam::bai::fs::write(&path, &bare).expect("written");
    let mut reader = BamReader::open(&scene.path).expect("opened");
    assert_eq!((reader.record_count(0), reader.record_count(1), reader.record_count(9)), (None, None, None));
    let mut out = RecordArena::new();
    reader.query(Interval::new(0, 0, 1_000_000), &mut out).expect("readable");
    assert!(out.len() > 200);
}

fn copy_with_htslib(from: &Path, to: &Path) {
    let mut reader = hts::Reader::from_path(from).expect("opened");
    let header = hts::Header::from_template(reader.header());
    let mut writer = hts::Writer::from_path(to, &header, hts::Format::Bam).expect("created");
    for record in reader.records() {
        writer.write(&record.expect("valid")).expect("written");
    }
}

#[test]
fn samtools_accepts_and_counts() {
    for lengths in SIZES {
        let scene = scene(lengths, 3_000, 500);
        let Some(()) = samtools(&["quickcheck", "-v"], &scene.path, &[]).map(|text| assert_eq!(text, ""))
        else {
            return;
        };
        for interval in
            intervals(&scene.contigs).into_iter().step_by(9).filter(|interval| !interval.is_empty())
        {
            let name = &scene.contigs.get(interval.contig).name;
            let region = format!("{name}:{}-{}", interval.start + 1, interval.end);
            let count = samtools(&["view", "-c"], &scene.path, &[&region]).expect("installed");
            assert_eq!(count.trim(), expected_names(&scene.records, &interval).len().to_string(), "{region}");
        }
        let stats = samtools(&["idxstats"], &scene.path, &[]).expect("installed");
        let unplaced = scene.records.iter().filter(|record| record.contig().is_none()).count();
        assert_eq!(stats.lines().last(), Some(format!("*\t0\t0\t{unplaced}").as_str()));
        let header = samtools(&["view", "-H", "--no-PG"], &scene.path, &[]).expect("installed");
        assert_eq!(header, super::header(scene.contigs.clone()).to_text().expect("plain"));
    }
}

/// Standard output of samtools; `None` when it is not installed.
fn samtools(before: &[&str], path: &Path, after: &[&str]) -> Option<String> {
    let Ok(output) = Command::new("samtools").args(before).arg(path).args(after).output() else {
        let mut stderr = std::io::stderr();
        let _ = std::io::Write::write_all(&mut stderr, b"skipped: samtools is not installed\n");
        return None;
    };
    assert!(output.status.success(), "{}", text(&output.stderr));
    Some(text(&output.stdout))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}
