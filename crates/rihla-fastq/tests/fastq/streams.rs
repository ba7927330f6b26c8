//! Compression, batching, and what is accepted.

use rihla_core::ReadBatch;
use rihla_fastq::{ErrorKind, FastqError, FastqReader, Input, ReadOptions, StreamFault, Warning};

use crate::{END_MARKER, bgzip, error, gzip, open, owned, read, record, records, skippable, zstd};

fn count(file: &[u8]) -> usize {
    owned(&read(&[file], ReadOptions::default()).expect("good").0).len()
}

#[test]
fn every_compression_gives_the_same_reads() {
    let text = records(5000, "");
    let expected = owned(&read(&[&text], ReadOptions::default()).expect("good").0);
    assert_eq!(expected.len(), 5000);
    assert_eq!(expected[4999].0, b"r5000");
    let half = text.len() / 2;
    let files = [
        gzip(&text),
        [gzip(&text[..half]), gzip(b""), gzip(&text[half..])].concat(),
        bgzip(&text, 65_280),
        bgzip(&text, 1000),
        [bgzip(&text[..half], 5000), bgzip(&text[half..], 700)].concat(),
        [bgzip(&text[..half], 5000), gzip(&text[half..])].concat(),
        [gzip(&text[..half]), bgzip(&text[half..], 5000)].concat(),
        zstd(&text),
        [zstd(&text[..half]), zstd(b""), zstd(&text[half..])].concat(),
        [skippable(b"index"), zstd(&text[..half]), skippable(b""), zstd(&text[half..]), skippable(&text)]
            .concat(),
    ];
    for (i, file) in files.iter().enumerate() {
        let (batches, warnings) = read(&[file], ReadOptions::default()).expect("good");
        assert_eq!(owned(&batches), expected, "file {i}");
        assert_eq!(warnings, [], "file {i}");
    }
}

#[test]
fn line_ends_and_last_lines_may_vary() {
    let text = "@a x\r\nACG\r\n+a x\r\nIII\r\n\r\n@b/1\r\n\r\n+\r\n\r\n@c\nT\n+\n!";
    let (batches, _) = read(&[text.as_bytes()], ReadOptions::default()).expect("good");
    let expected = [("a", "ACG", vec![40; 3]), ("b", "", vec![]), ("c", "T", vec![0])]
        .map(|(name, sequence, qualities)| (name.into(), sequence.into(), qualities));
    assert_eq!(owned(&batches), expected);
    for tail in ["@d\n\n+\n\n", "@d\n\n+\n", "@d\n\n+"] {
        assert_eq!(count(tail.as_bytes()), 1, "{tail:?}");
    }
}

#[test]
fn empty_inputs_give_no_batch_and_a_warning() {
    for (i, file) in [b"".to_vec(), b"\n\n".to_vec(), gzip(b""), bgzip(b"", 10), zstd(b"")].iter().enumerate()
    {
        let (batches, warnings) = read(&[file, b""], ReadOptions::default()).expect("empty is valid");
        assert!(batches.is_empty(), "file {i}");
        let empty = |file: &str| Warning::Empty { file: file.into() };
        assert_eq!(warnings, [empty("R1"), empty("R2")], "file {i}");
    }
}

#[test]
fn batches_end_at_whole_pairs_and_are_numbered() {
    let (one, two) = (records(10, "/1"), records(10, "/2"));
    // A pair weighs 64: its reads of 20 bases count as 32 each.
    let options = ReadOptions { batch_bases: 65, ..ReadOptions::default() };
    let (batches, _) = read(&[&one, &two], options).expect("good");
    assert_eq!(batches.len(), 5);
    for (i, batch) in batches.iter().enumerate() {
        assert_eq!((batch.number, batch.first_template), (i as u64, 2 * i as u64));
        assert_eq!((batch.len(), batch.paired), (4, true));
        assert_eq!(batch.read(0).name, batch.read(1).name);
    }
    let whole = read(&[&one, &two], ReadOptions::default()).expect("good").0;
    assert_eq!(owned(&whole), owned(&batches));
}

#[test]
fn a_batch_that_is_used_again_holds_nothing_of_before() {
    let (one, two) = (records(10, "/1"), records(10, "/2"));
    let options = ReadOptions { batch_bases: 200, ..ReadOptions::default() };
    let fresh = read(&[&one, &two], options).expect("good").0;
    let (mut reader, mut batch, mut again) = (open(&[&one, &two], options), ReadBatch::default(), Vec::new());
    batch.push(b"old", b"A", b"I");
    while reader.next_batch_into(&mut batch).expect("good") {
        again.push(batch.clone());
    }
    assert!(batch.is_empty() && !reader.next_batch_into(&mut batch).expect("still at the end"));
    assert_eq!(owned(&again), owned(&fresh));
    let labels = |batches: &[ReadBatch]| -> Vec<_> {
        batches.iter().map(|batch| (batch.number, batch.first_template, batch.paired)).collect()
    };
    assert_eq!(labels(&again), labels(&fresh));
}

#[test]
fn missing_end_marker_is_refused_where_the_file_looks_cut() {
    let text = records(3000, "");
    let record_bytes = records(1, "").len();
    // Blocks of whole records, as large as each other but the last: what is left is good text.
    let marked = bgzip(&text, 10_000);
    let unmarked = &marked[..marked.len() - END_MARKER];
    let (batches, warnings) = read(&[unmarked], ReadOptions::default()).expect("the last block is short");
    assert_eq!(owned(&batches).len(), 3000);
    assert_eq!(warnings, [Warning::NoEndMarker { file: "R1".into(), records: 3000 }]);

    let strict = ReadOptions { require_end_marker: true, ..ReadOptions::default() };
    let refused = read(&[unmarked], strict).expect_err("strict");
    assert!(matches!(refused, FastqError::Stream { records: 3000, fault: StreamFault::NoEndMarker, .. }));
    assert!(read(&[&marked], strict).is_ok());

    let even = bgzip(&records(9, ""), 3 * record_bytes);
    let cut = &even[..even.len() - END_MARKER];
    assert!(matches!(error(&[cut]), FastqError::Stream { records: 9, fault: StreamFault::NoEndMarker, .. }));
}

#[test]
fn a_reader_ends_after_its_first_error() {
    let mut reader = open(&[b"@a\nA\n+\nI\n@b\nA\n"], ReadOptions::default());
    assert!(reader.next_batch().is_err());
    assert!(reader.next().is_none());
    assert!(reader.next_batch().expect("nothing more").is_none());
}

#[test]
fn inputs_are_checked_before_anything_is_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.fq");
    std::fs::write(&path, record("a", "A", "I")).expect("written");
    let open = |inputs: &[Input]| FastqReader::open(inputs, ReadOptions::default()).err().expect("refused");
    let missing = open(&[Input::from(&folder.path().join("b.fq"))]);
    assert_eq!(missing.kind(), ErrorKind::Missing);
    assert!(missing.to_string().contains("b.fq: cannot be opened"), "{missing}");
    assert_eq!(open(&[Input::from(folder.path())]).kind(), ErrorKind::Missing);
    let dotted = folder.path().join(".").join("a.fq");
    let same = open(&[Input::from(&path), Input::from(&dotted)]);
    assert!(matches!(same, FastqError::SameInput { .. }) && same.kind() == ErrorKind::Usage);
    assert!(matches!(open(&[Input::from("-"), Input::from("-")]), FastqError::SameInput { .. }));
    assert!(matches!(open(&[]), FastqError::InputCount { count: 0 }));
    let mut reader = FastqReader::open(&[Input::from(&path)], ReadOptions::default()).expect("there");
    assert_eq!(reader.next_batch().expect("good").expect("a batch").len(), 1);
}
