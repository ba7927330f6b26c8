//! Pairs in one file: the same batches as from two, and what can be wrong with them.

use proptest::prelude::*;
use rihla_core::ReadBatch;
use rihla_fastq::{ErrorKind, FastqError, FastqReader, ReadOptions};

use crate::{owned, record, records, trickle};

fn open(text: &[u8], options: ReadOptions) -> FastqReader {
    let input = vec![("R".to_owned(), trickle(text, 7))];
    FastqReader::from_readers(input, options).expect("one input").interleaved()
}

fn batches(reader: FastqReader) -> Result<Vec<ReadBatch>, FastqError> {
    reader.collect()
}

fn fault(text: &str) -> FastqError {
    batches(open(text.as_bytes(), ReadOptions::default())).expect_err("wrong")
}

proptest! {
    #[test]
    fn batches_are_those_of_two_files(
        lengths in prop::collection::vec((0..60usize, 0..60usize), 1..40),
        buffer_bytes in 1usize..200,
        batch_bases in 1usize..500,
    ) {
        let of = |(i, length): (usize, usize), mate: u8| {
            record(&format!("r{i}/{mate}"), &"A".repeat(length), &"I".repeat(length))
        };
        let one: String = lengths.iter().map(|l| l.0).enumerate().map(|read| of(read, 1)).collect();
        let two: String = lengths.iter().map(|l| l.1).enumerate().map(|read| of(read, 2)).collect();
        let both: String = lengths
            .iter()
            .enumerate()
            .flat_map(|(i, &(a, b))| [of((i, a), 1), of((i, b), 2)])
            .collect();
        let options = ReadOptions { batch_bases, buffer_bytes, ..ReadOptions::default() };
        let inputs = [one, two].map(|text| ("R".to_owned(), trickle(text.as_bytes(), 11)));
        let apart = batches(FastqReader::from_readers(inputs.into(), options).expect("two")).expect("good");
        let together = batches(open(both.as_bytes(), options)).expect("good");
        prop_assert_eq!(apart.len(), together.len());
        for (a, b) in apart.iter().zip(&together) {
            prop_assert_eq!((a.number, a.first_template, a.paired), (b.number, b.first_template, b.paired));
        }
        prop_assert_eq!(owned(&apart), owned(&together));
    }
}

#[test]
fn an_odd_number_of_reads_names_the_last() {
    let error = fault(&[record("a", "A", "I"), record("a", "C", "I"), record("lonely", "G", "I")].concat());
    assert!(matches!(&error, FastqError::OddRead { record: 3, .. }));
    assert_eq!(error.kind(), ErrorKind::Data);
    assert!(error.to_string().starts_with("R: record 3: 'lonely' has no mate"), "{error}");
    assert_eq!(batches(open(b"", ReadOptions::default())).expect("no read is no fault").len(), 0);
}

#[test]
fn neighbors_must_be_mates() {
    let error = fault(std::str::from_utf8(&records(4, "")).expect("text"));
    assert!(matches!(&error, FastqError::Interleaving { record: 2, .. }));
    assert!(
        error.to_string().contains("records 1 and 2") && error.to_string().contains("'r1', 'r2'"),
        "{error}"
    );
    let pair = |one: &str, two: &str| {
        fault(&[record(&format!("a{one}"), "A", "I"), record(&format!("a{two}"), "A", "I")].concat())
            .to_string()
    };
    assert!(pair("/1", "/1").contains("mate 1 twice"));
    assert!(pair(" 2:N:0:A", " 2:N:0:A").contains("mate 2 twice"));
    assert!(pair("/2", "/1").contains("mate 2, then mate 1"));
    assert!(pair(".1", ".2").contains("--readids"));
}
