//! Pairs from two files: as many of each, names that pair, or one error. A zero byte parts the files.
#![no_main]

use std::io::{Cursor, Read};

use libfuzzer_sys::fuzz_target;
use rihla_fastq::{FastqReader, ReadOptions};

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |&byte| byte == 0);
    let mut input = |name: &str| -> (String, Box<dyn Read + Send>) {
        (name.to_owned(), Box::new(Cursor::new(parts.next().unwrap_or_default().to_vec())))
    };
    let inputs = vec![input("one"), input("two")];
    let mut reader = FastqReader::from_readers(inputs, ReadOptions::default()).expect("two inputs");
    while let Ok(Some(batch)) = reader.next_batch() {
        assert!(batch.paired && batch.len() == 2 * batch.templates());
    }
});
