//! Reads of one file, in whatever compression the bytes claim: batches or one error, and no read lost on the way.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use rihla_fastq::{FastqReader, ReadOptions};

fuzz_target!(|bytes: &[u8]| {
    let options = ReadOptions { batch_bases: 100, ..ReadOptions::default() };
    let open = |options| {
        FastqReader::from_readers(vec![("fuzz".to_owned(), Box::new(Cursor::new(bytes.to_vec())))], options)
            .expect("one input")
    };
    let (mut reads, mut templates) = (0, 0);
    let mut reader = open(options);
    let outcome = loop {
        match reader.next_batch() {
            Ok(Some(batch)) => {
                assert_eq!(batch.first_template, templates);
                templates += batch.templates() as u64;
                for i in 0..batch.len() {
                    let read = batch.read(i);
                    assert_eq!(read.sequence.len(), read.qualities.len());
                    assert!(!read.name.is_empty());
                }
                reads += batch.len();
            }
            other => break other.is_ok(),
        }
    };
    // Batches of another size hold the same reads.
    let mut again = open(ReadOptions::default());
    let mut same = 0;
    let second = loop {
        match again.next_batch() {
            Ok(Some(batch)) => same += batch.len(),
            other => break other.is_ok(),
        }
    };
    assert_eq!(outcome, second);
    if outcome {
        assert_eq!(reads, same);
    }
});
