//! Reads from files that we write ourselves, whole and damaged.

use std::fs;

use md5::{Digest, Md5};
use rihla_core::record::Placement;
use rihla_core::{Cigar, Contig, RecordArena, RecordBuilder, base};

use super::*;
use crate::IoErrorKind;
use crate::bam::{BamHeader, BamWriter, compress_records};
use crate::cram::{CramEncoder, CramWriter};

/// A record to be made: name, FLAG, position on the only contig, CIGAR, read group, letters of the record.
type Sketch = (&'static str, u16, Option<u32>, &'static str, &'static str, &'static str);

const FIRST: u16 = flags::PAIRED | flags::FIRST;
const LAST: u16 = flags::PAIRED | flags::LAST;

fn reference() -> Reference {
    let sequence = b"ACGGTCATTGCAACGTTAGC".repeat(50);
    let md5 = Md5::digest(&sequence).into();
    let contig = Contig { name: "c".into(), length: sequence.len() as u32, md5 };
    Reference::from_letters(Contigs::new(vec![contig]), &[sequence])
}

fn arena(sketches: &[Sketch]) -> RecordArena {
    let mut arena = RecordArena::new();
    for (name, bits, at, cigar, group, letters) in sketches {
        let placement =
            Placement { flags: *bits, place: at.map(|at| (0, at)), mapq: 60, mate: None, template_length: 0 };
        let cigar = Cigar::parse(cigar).expect("valid");
        let mut codes = Vec::new();
        base::encode_into(letters.as_bytes(), &mut codes);
        let qualities: Vec<u8> = (0..codes.len()).map(|at| at as u8 + 2).collect();
        let mut record =
            RecordBuilder::start(&mut arena, &placement, name.as_bytes(), cigar.ops(), &codes, &qualities);
        if !group.is_empty() {
            record.text(*b"RG", group.as_bytes());
        }
        record.finish();
    }
    arena
}

struct Scene {
    directory: tempfile::TempDir,
    path: PathBuf,
}

/// A BAM or CRAM of the records, whose header has these read groups.
fn write(sketches: &[Sketch], groups: &[&str], is_cram: bool) -> Scene {
    let directory = tempfile::tempdir().expect("a folder");
    let path = directory.path().join(if is_cram { "a.cram" } else { "a.bam" });
    let group = |id: &&str| ReadGroup { id: (*id).into(), sample: "S".into(), ..ReadGroup::default() };
    let reference = reference();
    let header = BamHeader {
        contigs: reference.contigs().clone(),
        read_groups: groups.iter().map(group).collect(),
        ..BamHeader::default()
    };
    let records = arena(sketches);
    if is_cram {
        let encoder = CramEncoder::new(&reference, &header.read_groups, 5);
        let mut writer = CramWriter::create(&path, &header).expect("created");
        writer.append(&encoder.encode(records.iter())).expect("sorted");
        writer.finish().expect("finished");
    } else {
        let mut writer = BamWriter::create(&path, &header).expect("created");
        writer.append(&compress_records(records.iter(), 5)).expect("sorted");
        writer.finish().expect("finished");
    }
    Scene { directory, path }
}

/// Read group, name, letters and first quality of each read, and whether it is of a pair.
type Found = (usize, String, String, u8, bool);

fn read(scene: &Scene, batch_bases: usize) -> Result<Vec<Found>, IoError> {
    let mut reads = RecordReads::open(&scene.path)?;
    let temp_dir = scene.directory.path().to_owned();
    let options = RecordReadOptions { batch_bases, max_length: 100, temp_dir };
    reads.start(options, (3, 20), (&reference(), Path::new("none.fa")))?;
    let (mut found, mut batch) = (Vec::new(), ReadBatch::default());
    let (mut number, mut template) = (3, 20);
    while let Some(group) = reads.next_batch_into(&mut batch)? {
        assert_eq!((batch.number, batch.first_template), (number, template));
        (number, template) = (number + 1, template + batch.templates() as u64);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        let one = |read: rihla_core::ReadRef<'_>| {
            (group, text(read.name), text(read.sequence), read.qualities[0], batch.paired)
        };
        found.extend(batch.iter().map(one));
    }
    assert_eq!((reads.batches(), reads.templates()), (number, template));
    let bytes = fs::read(&scene.path).expect("there");
    assert_eq!(reads.digest(), Some(crate::digest_bytes(&bytes)));
    Ok(found)
}

fn refuse(scene: &Scene, words: &str) {
    let error = read(scene, 1000).expect_err("refused");
    assert_eq!(error.kind(), IoErrorKind::BadData, "{error}");
    let text = error.to_string();
    assert!(text.contains(words) && text.contains(&scene.path.display().to_string()), "{text}");
}

const SORTED: [Sketch; 7] = [
    ("b", LAST | flags::REVERSE, Some(3), "4M", "two", "GTCA"),
    ("a", FIRST, Some(5), "2S3M", "one", "AACAT"),
    ("a", LAST | flags::SUPPLEMENTARY, Some(8), "2H2M", "one", "TG"),
    ("c", 0, Some(9), "3M", "one", "GCA"),
    ("a", LAST | flags::REVERSE | flags::DUPLICATE, Some(9), "3M1S", "one", "GCAN"),
    ("c", flags::SECONDARY, Some(20), "3M", "one", "ACG"),
    ("b", FIRST | flags::UNMAPPED, None, "*", "two", "ACCC"),
];

#[test]
fn reads_are_as_they_were_sequenced() {
    let expected = |number: usize| {
        let all = [
            (0, "a", "AACAT", 2, true),
            (0, "a", "NTGC", 5, true),
            (1, "b", "ACCC", 2, true),
            (1, "b", "TGAC", 5, true),
            (0, "c", "GCA", 2, false),
        ];
        let (group, name, letters, quality, paired) = all[number];
        (group, name.to_owned(), letters.to_owned(), quality, paired)
    };
    for is_cram in [false, true] {
        let scene = write(&SORTED, &["one", "two"], is_cram);
        // Each batch full with its first template, and all at the end.
        assert_eq!(read(&scene, 1).expect("sound"), [4, 0, 1, 2, 3].map(expected), "CRAM: {is_cram}");
        assert_eq!(read(&scene, 1_000_000).expect("sound"), [4, 0, 1, 2, 3].map(expected));
    }
}

#[test]
fn headers_and_names_say_what_a_file_is() {
    let scene = write(&SORTED, &["one", "two"], false);
    assert!(holds_records(&scene.path));
    assert!(holds_records(&write(&SORTED, &["one", "two"], true).path));
    let reads = RecordReads::open(&scene.path).expect("sound");
    assert_eq!(reads.read_groups().iter().map(|group| &group.id[..]).collect::<Vec<_>>(), ["one", "two"]);
    let other = scene.directory.path().join("other.bam");
    for bytes in [&b"@r\nACG\n+\nIII\n"[..], b"", &crate::bgzf::compress(b"@r\nACG\n+\nIII\n", 5)] {
        fs::write(&other, bytes).expect("written");
        assert!(!holds_records(&other));
        assert!(RecordReads::open(&other).is_err());
    }
}

#[test]
fn what_would_lose_reads_is_refused() {
    let with = |changed: &[Sketch]| write(changed, &["one", "two"], false);
    refuse(&with(&SORTED[..6]), "read b: its mate is missing");
    let mut sketches = SORTED;
    sketches[6].1 = LAST;
    refuse(&with(&sketches), "it is there twice");
    sketches = SORTED;
    sketches[1].3 = "2H5M";
    refuse(&with(&sketches), "hard-clipped");
    sketches = SORTED;
    sketches[3].4 = "";
    refuse(&with(&sketches), "has no read group");
    sketches[3].4 = "three";
    refuse(&with(&sketches), "read group three is not in the header");
    sketches = SORTED;
    sketches[4].4 = "two";
    refuse(&with(&sketches), "its mate is of another read group");
    sketches = SORTED;
    sketches[6].1 = flags::PAIRED | flags::UNMAPPED;
    refuse(&with(&sketches), "not which of the two it is");
}

#[test]
fn damaged_files_are_refused() {
    for is_cram in [false, true] {
        let scene = write(&SORTED, &["one", "two"], is_cram);
        let whole = fs::read(&scene.path).expect("there");
        let marker = if is_cram { 38 } else { 28 };
        fs::write(&scene.path, &whole[..whole.len() - marker]).expect("written");
        refuse(&scene, if is_cram { "" } else { "end marker is missing" });
        fs::write(&scene.path, &whole[..whole.len() - marker - 20]).expect("written");
        refuse(&scene, "");
        for at in (30..whole.len() - marker).step_by(whole.len() / 40) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x10;
            fs::write(&scene.path, damaged).expect("written");
            // What a flipped bit changes may be a name in the header, which no checksum ties to anything.
            if let Ok(found) = read(&scene, 1000) {
                assert_eq!(found.len(), 5, "CRAM: {is_cram}, byte {at}");
            }
        }
    }
}
