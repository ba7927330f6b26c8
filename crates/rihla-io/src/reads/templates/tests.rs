//! Templates out of files that we write ourselves.

use rihla_core::record::{Placement, flags};
use rihla_core::{Cigar, Contig, Contigs, RecordBuilder};

use super::*;
use crate::bam::{BamHeader, BamWriter, ReadGroup, compress_records};
use crate::reads::RecordReads;

const FIRST: u16 = flags::PAIRED | flags::FIRST;
const LAST: u16 = flags::PAIRED | flags::LAST;

/// Name, FLAG, contig and position, CIGAR, read group.
type Sketch = (&'static str, u16, Option<(u32, u32)>, &'static str, &'static str);

/// The file's contigs; the reference has them the other way round, and one more.
fn contigs(names: &[&str]) -> Contigs {
    Contigs::new(
        names.iter().map(|&name| Contig { name: name.into(), length: 1_000, md5: [0; 16] }).collect(),
    )
}

fn reference() -> Reference {
    Reference::from_letters(
        contigs(&["x", "b", "a"]),
        &[vec![b'A'; 1_000], vec![b'C'; 1_000], vec![b'G'; 1_000]],
    )
}

fn push(arena: &mut RecordArena, (name, bits, place, cigar, group): Sketch) {
    let placement = Placement { flags: bits, place, mapq: 60, mate: place, template_length: 0 };
    let cigar = Cigar::parse(cigar).expect("valid");
    let codes = vec![1; cigar.read_span().max(4) as usize];
    let qualities = vec![30; codes.len()];
    let mut record =
        RecordBuilder::start(arena, &placement, name.as_bytes(), cigar.ops(), &codes, &qualities);
    if !group.is_empty() {
        record.text(*b"RG", group.as_bytes());
    }
    record.int(*b"NM", 3);
    record.finish();
}

/// Name, group, number and positions of each template's records, sorted by number.
type Found = (String, usize, u64, Vec<Option<(u32, u32)>>);

fn read(sketches: &[Sketch], groups: &[&str]) -> Result<Vec<Found>, IoError> {
    let directory = tempfile::tempdir().expect("a folder");
    let path = directory.path().join("a.bam");
    let group = |id: &&str| ReadGroup { id: (*id).into(), sample: "S".into(), ..ReadGroup::default() };
    let read_groups = groups.iter().map(group).collect();
    let header = BamHeader { contigs: contigs(&["a", "b"]), read_groups, ..BamHeader::default() };
    let mut arena = RecordArena::new();
    sketches.iter().for_each(|&sketch| push(&mut arena, sketch));
    let mut writer = BamWriter::create(&path, &header).expect("created");
    for record in arena.iter() {
        // Each in a block of its own, so that their order is nobody's business.
        let _ = writer.append(&compress_records([record], 1));
    }
    writer.finish().expect("finished");
    let reads = RecordReads::open(&path)?;
    let mut templates =
        reads.into_templates(directory.path().to_owned(), 100, (&reference(), Path::new("none.fa")))?;
    let mut found = Vec::new();
    while let Some(batch) = templates.next_batch()? {
        let mut start = 0;
        for (&number, &end) in batch.numbers.iter().zip(&batch.ends) {
            let records: Vec<_> = (start..end as usize).map(|i| batch.records.get(i)).collect();
            let name = String::from_utf8_lossy(records[0].name()).into_owned();
            let places = records.iter().map(|record| record.contig().zip(record.position())).collect();
            found.push((name, batch.group, number, places));
            start = end as usize;
        }
    }
    assert_eq!(templates.records(), sketches.len() as u64);
    assert!(templates.digest().is_some());
    found.sort_by_key(|found| found.2);
    Ok(found)
}

#[test]
fn templates_have_the_numbers_of_their_first_records_and_the_references_contigs() {
    let found = read(
        &[
            ("p", FIRST, Some((0, 10)), "4M", "one"),
            ("q", LAST, Some((0, 20)), "4M", "two"),
            ("s", 0, Some((0, 30)), "4M", "two"),
            ("p", FIRST | flags::SUPPLEMENTARY, Some((0, 40)), "2H4M", "one"),
            ("p", LAST, Some((1, 5)), "4M", "one"),
            ("q", FIRST | flags::UNMAPPED, Some((1, 20)), "*", "two"),
            ("alone", LAST, Some((1, 30)), "4M", "one"),
        ],
        &["one", "two"],
    );
    let (a, b) = (2, 1);
    let expected: Vec<Found> = vec![
        ("p".into(), 0, 100, vec![Some((a, 10)), Some((b, 5))]),
        ("q".into(), 1, 101, vec![Some((a, 20)), Some((b, 20))]),
        ("s".into(), 1, 102, vec![Some((a, 30))]),
        ("p".into(), 0, 103, vec![Some((a, 40))]),
        ("alone".into(), 0, 106, vec![Some((b, 30))]),
    ];
    assert_eq!(found.expect("sound"), expected);
}

#[test]
fn records_that_cannot_be_are_refused() {
    let refuse = |sketches: &[Sketch], words: &str| {
        let error = read(sketches, &["one", "two"]).expect_err("refused");
        assert!(error.to_string().contains(words), "{error}");
    };
    let sound = ("p", FIRST, Some((0, 10)), "4M", "one");
    refuse(&[sound, ("p", FIRST, Some((0, 10)), "4M", "one")], "it is there twice");
    refuse(&[sound, ("p", LAST, Some((0, 10)), "4M", "two")], "its mate is of another read group");
    refuse(&[sound, ("p", flags::PAIRED, Some((0, 10)), "4M", "one")], "which of the two");
    refuse(&[("p", 0, Some((0, 998)), "4M", "one")], "record 1 (p): it ends behind the contig's end");
    refuse(&[("p", 0, Some((0, 998)), "*", "one")], "no CIGAR");
    refuse(&[("p", 0, None, "4M", "one")], "but not both");
    refuse(&[("p", 0, Some((0, 1)), "4M", "")], "it has no read group");
}

#[test]
fn a_read_group_is_named_last_and_once_and_old_marks_go() {
    let mut arena = RecordArena::new();
    push(&mut arena, ("a", 0, Some((0, 1)), "4M", "one"));
    push(&mut arena, ("a", 0, Some((0, 1)), "4M", ""));
    let marked = [arena.get(0).bytes(), b"DTZSQ\0doZr1\0RGZnew\0"].concat();
    arena.push(&marked);
    let mut out = RecordArena::new();
    arena.iter().for_each(|record| take_record(&record, "new", &mut out));
    let mut again = RecordArena::new();
    out.iter().for_each(|record| take_record(&record, "new", &mut again));
    assert!(out.len() == 3 && again.iter().map(|one| one.bytes()).eq(out.iter().map(|one| one.bytes())));
    for record in out.iter() {
        assert!(RecordRef::parse(record.bytes()).is_some() && record.bytes().ends_with(b"RGZnew\0"));
        assert_eq!((record.tag_int(*b"NM"), record.tag_fields().count()), (Some(3), 2));
        assert_eq!(record.sequence_len(), 4);
    }
}
