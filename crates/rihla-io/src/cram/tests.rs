//! What htslib makes of our files.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use md5::{Digest, Md5};
use rihla_core::record::{Placement, flags};
use rihla_core::{Cigar, Contig, Contigs, Interval, RecordArena, RecordBuilder, RecordRef, Reference, base};
use rust_htslib::bam::record::Aux;
use rust_htslib::bam::{self as hts, Read};

use super::*;
use crate::IoErrorKind;
use crate::bam::{BamHeader, ReadGroup};

/// Numbers that look random.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

struct Scene {
    directory: tempfile::TempDir,
    fasta: PathBuf,
    reference: Reference,
}

/// Two contigs; the first has a stretch of N, the second other letters too.
fn scene() -> Scene {
    let directory = tempfile::tempdir().expect("a folder");
    let fasta = directory.path().join("ref.fa");
    let mut dice = Dice(1);
    let mut sequences: Vec<Vec<u8>> =
        [60_000, 30_000].map(|size| (0..size).map(|_| b"ACGT"[dice.roll(4) as usize]).collect()).to_vec();
    sequences[0][1000..1040].fill(b'N');
    sequences[1][700..720].fill(b'N');
    for at in (500..20_000).step_by(150) {
        sequences[1][at] = b"RYKMSWBDHV"[at / 150 % 10];
    }
    let (mut text, mut index, mut list) = (String::new(), String::new(), Vec::new());
    for (id, sequence) in sequences.iter().enumerate() {
        let name = format!("c{id}");
        writeln!(text, ">{name}").expect("text");
        writeln!(index, "{name}\t{1}\t{0}\t{1}\t{2}", text.len(), sequence.len(), sequence.len() + 1)
            .expect("text");
        writeln!(text, "{}", String::from_utf8_lossy(sequence)).expect("text");
        list.push(Contig { name, length: sequence.len() as u32, md5: Md5::digest(sequence).into() });
    }
    fs::write(&fasta, text).expect("written");
    fs::write(fasta.with_extension("fa.fai"), index).expect("written");
    let reference = Reference::from_letters(Contigs::new(list), &sequences);
    Scene { directory, fasta, reference }
}

fn header(contigs: &Contigs) -> BamHeader {
    let group = |id: &str| ReadGroup { id: id.into(), sample: "S".into(), ..ReadGroup::default() };
    BamHeader {
        contigs: contigs.clone(),
        read_groups: vec![group("one"), group("two")],
        ..BamHeader::default()
    }
}

/// One end of a template: contig, position, CIGAR.
type End = (u32, u32, &'static str);

/// What a template looks like.
#[derive(Clone, Copy)]
struct Template {
    ends: [Option<End>; 2],
    supplement: Option<End>,
}

fn any_template(dice: &mut Dice) -> Template {
    let cigars = ["100M", "10S90M", "30M5I65M", "40M7D60M", "60M40S", "50M300N50M", "1I99M", "5H95M"];
    let mut end = |contig: u64, near: u64| {
        let at = (near + dice.roll(400)).min(25_000) as u32;
        Some((contig as u32, at, cigars[dice.roll(cigars.len() as u64) as usize]))
    };
    Template { ends: [end(0, 0), end(0, 200)], supplement: end(1, 600) }
}

fn record(
    arena: &mut RecordArena,
    scene: &Scene,
    dice: &mut Dice,
    name: &str,
    (placement, cigar): (&Placement, &str),
) {
    let cigar = Cigar::parse(cigar).expect("valid");
    let bases = if cigar.is_empty() { 90 } else { cigar.read_span() };
    let mut codes = Vec::new();
    let mut at = placement.place.map_or(0, |(_, at)| at);
    for op in cigar.ops() {
        let (contig, kind, length) = (placement.place.map_or(0, |place| place.0), op.kind(), op.len());
        if kind.is_aligned() {
            codes.extend(scene.reference.fetch(contig, at, at + length));
        } else if kind.consumes_read() {
            codes.extend((0..length).map(|_| dice.roll(4) as u8));
        }
        at += if kind.consumes_reference() { length } else { 0 };
    }
    codes.resize(bases as usize, 2);
    for code in &mut codes {
        if dice.roll(20) == 0 {
            *code = dice.roll(5) as u8;
        }
    }
    let qualities: Vec<u8> = match dice.roll(30) {
        0 => vec![255; codes.len()],
        _ => codes.iter().map(|_| [2, 12, 23, 37][dice.roll(4) as usize]).collect(),
    };
    let mut record = RecordBuilder::start(arena, placement, name.as_bytes(), cigar.ops(), &codes, &qualities);
    record.int(*b"NM", dice.roll(70_000) as i32 - 300).text(*b"MD", b"10A5^AC80").float(*b"pa", 0.25);
    if dice.roll(3) == 0 {
        record.text(*b"XA", b"c1,+500,100M,2;").int(*b"AS", 93);
    }
    match dice.roll(5) {
        0 => drop(record.text(*b"RG", b"unknown")),
        1 => {}
        _ => drop(record.text(*b"RG", [b"one", b"two"][dice.roll(2) as usize])),
    }
    record.finish();
}

/// Sorted records of templates of every kind.
fn records(scene: &Scene, templates: usize) -> RecordArena {
    let mut dice = Dice(7);
    let mut arena = RecordArena::new();
    for number in 0..templates {
        let name = match number % 50 {
            // Names of every kind: numbers with and without zeros before them, very long ones, lone signs.
            0 => format!("{number:09}"),
            1 => format!("A00744:46:HV3C3:{}:{:05}:000{}", number % 4, number * 7, number * 31),
            2 => format!("{number}_{}", "a:0".repeat(80)),
            3 => format!("12345678901234567890{number}#"),
            4 => format!(":{}", number % 3 + number),
            5 => format!("S{}_0.1:{}:00", number, number % 2),
            _ => format!("read:{}:{number}", number % 7),
        };
        let Template { mut ends, supplement } = any_template(&mut dice);
        let shift = dice.roll(24_000) as u32;
        ends.iter_mut().flatten().for_each(|end| end.1 += shift);
        match dice.roll(12) {
            0 => ends = [None; 2],
            1 => ends[1] = None,
            // Both begin at one base.
            2 => ends[1] = ends[0],
            3 => ends[1] = supplement,
            _ => {}
        }
        let place = |end: Option<End>| end.map(|(contig, at, _)| (contig, at));
        let span = |(_, at, cigar): End| at + Cigar::parse(cigar).expect("valid").reference_span();
        for (which, own) in ends.into_iter().enumerate() {
            let mate = ends[1 - which];
            let mut bits = flags::PAIRED | [flags::FIRST, flags::LAST][which];
            bits |= if own.is_none() { flags::UNMAPPED } else { 0 };
            bits |= if mate.is_none() { flags::MATE_UNMAPPED } else { 0 };
            bits |= if number % 2 == which { flags::REVERSE } else { flags::MATE_REVERSE };
            let template_length = match (own, mate) {
                (Some(own), Some(mate)) if own.0 == mate.0 => {
                    let length = (span(own).max(span(mate)) - own.1.min(mate.1)) as i32;
                    // Now and then another program's idea of it.
                    let length = if number % 10 == 3 { length + 1 } else { length };
                    if own.1 < mate.1 || (own.1 == mate.1 && which == 0) { length } else { -length }
                }
                _ => 0,
            };
            let mut placement = Placement {
                flags: bits,
                place: place(own.or(mate)),
                mapq: if own.is_some() { dice.roll(61) as u8 } else { 0 },
                mate: place(mate.or(own)),
                template_length,
            };
            let cigar = own.map_or("*", |end| end.2);
            record(&mut arena, scene, &mut dice, &name, (&placement, cigar));
            if let (Some(other), 0, true) = (supplement, number % 5, own.is_some()) {
                placement.flags |= flags::SUPPLEMENTARY;
                placement.place = place(Some(other));
                record(&mut arena, scene, &mut dice, &name, (&placement, other.2));
            }
        }
    }
    let mut order: Vec<usize> = (0..arena.len()).collect();
    order.sort_by_key(|&at| {
        let record = arena.get(at);
        (record.contig().unwrap_or(u32::MAX), record.position())
    });
    let mut sorted = RecordArena::new();
    order.into_iter().for_each(|at| sorted.push(arena.get(at).bytes()));
    sorted
}

/// Writes the records in blocks of `batch`.
fn write(scene: &Scene, records: &RecordArena, batch: usize) -> PathBuf {
    write_version(scene, records, batch, CramVersion::V3_0)
}

fn write_version(scene: &Scene, records: &RecordArena, batch: usize, version: CramVersion) -> PathBuf {
    let path = scene.directory.path().join(format!("{batch}.{version:?}.cram"));
    let header = header(scene.reference.contigs());
    let encoder = CramEncoder::new(&scene.reference, &header.read_groups, 5).with_version(version);
    let mut writer = CramWriter::create_version(&path, &header, version).expect("created");
    for start in (0..records.len()).step_by(batch) {
        let part = (start..records.len().min(start + batch)).map(|at| records.get(at));
        writer.append(&encoder.encode(part)).expect("sorted");
    }
    writer.finish().expect("finished");
    path
}

fn place(contig: Option<u32>, position: Option<u32>) -> (i32, i64) {
    (contig.map_or(-1, |id| id as i32), position.map_or(-1, i64::from))
}

fn assert_same(theirs: &hts::Record, ours: &RecordRef<'_>) {
    let name = String::from_utf8_lossy(ours.name()).into_owned();
    assert_eq!(theirs.qname(), ours.name());
    assert_eq!(theirs.flags(), ours.flags(), "{name}");
    assert_eq!((theirs.tid(), theirs.pos()), place(ours.contig(), ours.position()), "{name}");
    assert_eq!((theirs.mtid(), theirs.mpos()), place(ours.mate_contig(), ours.mate_position()), "{name}");
    assert_eq!(theirs.insert_size(), i64::from(ours.template_length()), "{name}");
    assert_eq!(theirs.mapq(), ours.mapq(), "{name}");
    let cigar = ours.cigar().collect::<Cigar>().to_string();
    assert_eq!(theirs.cigar().to_string().trim_start_matches('*'), cigar.trim_start_matches('*'), "{name}");
    let letters: Vec<u8> = (0..ours.sequence_len()).map(|at| base::decode(ours.base(at))).collect();
    assert_eq!(theirs.seq().as_bytes(), letters, "{name}");
    assert_eq!(theirs.qual(), ours.qualities(), "{name}");
    assert_eq!(theirs.aux_iter().count(), ours.tag_fields().count(), "{name}");
    for field in ours.tag_fields() {
        let found = theirs.aux(&field.tag).expect("the tag");
        match (found, field.kind) {
            (Aux::String(text), b'Z') => assert_eq!(Some(text.as_bytes()), ours.tag_text(field.tag)),
            (Aux::Float(value), b'f') => assert_eq!(value.to_le_bytes(), field.value),
            (Aux::U8(value), b'C') => assert_eq!([value], field.value),
            (Aux::I8(value), b'c') => assert_eq!(value.to_le_bytes(), field.value),
            (Aux::I16(value), b's') => assert_eq!(value.to_le_bytes(), field.value),
            (Aux::I32(value), b'i') => assert_eq!(value.to_le_bytes(), field.value),
            (found, kind) => panic!("{name}: {found:?} for type {}", char::from(kind)),
        }
    }
}

#[test]
fn htslib_reads_every_record() {
    let scene = scene();
    let records = records(&scene, 9_000);
    let (old, new) = (CramVersion::V3_0, CramVersion::V3_1);
    let whole = records.len();
    for (batch, version) in [(whole, old), (whole, new), (3_000, old), (700, old), (700, new), (1, new)] {
        let path = write_version(&scene, &records, batch, version);
        let found = fs::read(&path).expect("readable");
        assert_eq!(found[4..6], version.numbers());
        let mut reader = hts::Reader::from_path(&path).expect("opened");
        reader.set_reference(&scene.fasta).expect("reference");
        let mut count = 0;
        for (theirs, ours) in reader.records().zip(records.iter()) {
            assert_same(&theirs.expect("readable"), &ours);
            count += 1;
        }
        assert_eq!(count, records.len());
        assert!(reader.records().next().is_none());
    }
}

#[test]
fn htslib_finds_regions_by_the_index() {
    let scene = scene();
    let records = records(&scene, 5_000);
    let path = write(&scene, &records, 900);
    let mut reader = hts::IndexedReader::from_path(&path).expect("indexed");
    reader.set_reference(&scene.fasta).expect("reference");
    for (contig, start, end) in [(0, 0, 60_000), (0, 7_000, 7_100), (0, 24_000, 30_000), (1, 0, 30_000)] {
        reader.fetch((contig, start, end)).expect("fetched");
        let found: Vec<_> =
            reader.records().map(|record| record.expect("readable").qname().to_vec()).collect();
        let overlaps = |record: &RecordRef<'_>| {
            let (at, last) = (record.position().map(i64::from), record.reference_end().map(i64::from));
            record.contig() == Some(contig as u32)
                && at.is_some_and(|at| at < end)
                && last.is_some_and(|last| last > start)
        };
        let expected: Vec<_> = records.iter().filter(overlaps).map(|record| record.name().to_vec()).collect();
        assert!(!expected.is_empty());
        assert!(found == expected, "{contig}:{start}-{end}");
    }
}

#[test]
fn mates_inside_a_slice_say_nothing_twice() {
    let scene = scene();
    let records = records(&scene, 3_000);
    let on_first: Vec<_> = records.iter().filter(|record| record.contig() == Some(0)).collect();
    let joined = mates::join(&on_first);
    let share = joined.iter().filter(|mate| **mate != mates::Mate::Detached).count() * 10 / joined.len();
    assert!((3..9).contains(&share), "{share} tenths");
}

#[test]
fn bytes_are_a_function_of_records_and_level() {
    let scene = scene();
    let records = records(&scene, 500);
    let encode = |level| {
        let header = header(scene.reference.contigs());
        CramEncoder::new(&scene.reference, &header.read_groups, level).encode(records.iter())
    };
    assert_eq!(encode(5), encode(5));
    assert_ne!(encode(1), encode(9));
    assert_eq!(encode(5).records(), records.len() as u64);
}

#[test]
fn a_reader_of_our_own_reads_both_versions() {
    let scene = scene();
    let records = records(&scene, 4_000);
    let read = |version| {
        let path = write_version(&scene, &records, 1_000, version);
        let mut reader = CramReader::open(&path, &scene.reference, &scene.fasta).expect("opened");
        let mut found = RecordArena::new();
        for contig in 0..2 {
            reader.query(Interval::new(contig, 0, 60_000), &mut found).expect("sound");
        }
        found.iter().map(|record| record.bytes().to_vec()).collect::<Vec<_>>()
    };
    let (old, new) = (read(CramVersion::V3_0), read(CramVersion::V3_1));
    assert!(old.len() > 4_000 && old == new);
}

#[test]
fn kept_blocks_come_back() {
    use rihla_core::Pack;
    let scene = scene();
    let records = records(&scene, 3_000);
    let header = header(scene.reference.contigs());
    for version in [CramVersion::V3_0, CramVersion::V3_1] {
        let encoder = CramEncoder::new(&scene.reference, &header.read_groups, 5).with_version(version);
        let block = encoder.encode(records.iter());
        let mut out = Vec::new();
        block.pack(&mut out);
        assert_eq!(CramBlock::of_bytes(&out[..out.len() - 1]), None);
        assert_eq!(CramBlock::of_bytes(&out), Some(block));
    }
}

#[test]
fn damage_of_the_reference_shows() {
    let scene = scene();
    let path = write(&scene, &records(&scene, 300), 1_000);
    let other = scene.directory.path().join("other.fa");
    let text = fs::read_to_string(&scene.fasta).expect("text");
    fs::write(&other, text.replace("ACG", "AGG")).expect("written");
    fs::copy(scene.fasta.with_extension("fa.fai"), other.with_extension("fa.fai")).expect("copied");
    let mut reader = hts::Reader::from_path(&path).expect("opened");
    reader.set_reference(&other).expect("reference");
    assert!(reader.records().any(|record| record.is_err()), "the digest of a slice tells");
}

#[test]
fn records_out_of_order_are_refused() {
    let scene = scene();
    let records = records(&scene, 50);
    let header = header(scene.reference.contigs());
    let encoder = CramEncoder::new(&scene.reference, &header.read_groups, 5);
    let mut writer = CramWriter::create(scene.directory.path().join("a.cram"), &header).expect("created");
    writer.append(&encoder.encode([records.get(20)])).expect("the first");
    let error = writer.append(&encoder.encode([records.get(0)])).expect_err("before it");
    assert_eq!(error.kind(), IoErrorKind::BadData);
    assert!(error.to_string().contains("not sorted"), "{error}");
}

#[test]
fn a_file_without_records_is_whole() {
    let scene = scene();
    let path = write(&scene, &RecordArena::new(), 10);
    let mut reader = hts::Reader::from_path(&path).expect("opened");
    assert_eq!(reader.header().target_count(), 2);
    assert!(reader.records().next().is_none());
    assert!(Path::new(&path).with_extension("cram.crai").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_told() {
    let scene = scene();
    let header = header(scene.reference.contigs());
    let created = CramWriter::create("/dev/full", &header).expect("opened");
    let error = created.finish().expect_err("full");
    assert_eq!(error.kind(), IoErrorKind::NoSpace);
}
