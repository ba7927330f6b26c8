//! Whatever reads there are and however the bytes come in pieces, the same reads come out.

use proptest::collection::vec;
use proptest::prelude::*;
use rihla_fastq::{FastqReader, ReadCounts, ReadOptions};

use crate::{OwnedRead, bgzip, gzip, owned, trickle, zstd};

fn reads() -> impl Strategy<Value = Vec<(String, String)>> {
    vec(("[!-.0-?A-~]{1,12}", "[ACGTN]{0,90}"), 1..30)
}

/// Text of one file, and the reads that must come of it. Qualities follow from position and salt.
fn file(reads: &[(String, String)], suffix: &str, salt: usize) -> (Vec<u8>, Vec<OwnedRead>) {
    let (mut text, mut expected) = (Vec::new(), Vec::new());
    for (name, sequence) in reads {
        let phred: Vec<u8> = (0..sequence.len()).map(|i| ((i * 31 + salt * 7) % 94) as u8).collect();
        let line: Vec<u8> = phred.iter().map(|q| q + 33).collect();
        text.extend_from_slice(format!("@{name}{suffix}\n{sequence}\n+\n").as_bytes());
        text.extend_from_slice(&line);
        text.push(b'\n');
        expected.push((name.clone().into_bytes(), sequence.clone().into_bytes(), phred));
    }
    (text, expected)
}

fn compress(text: &[u8], how: usize, piece: usize) -> Vec<u8> {
    match how {
        0 => text.to_vec(),
        1 => gzip(text),
        2 => text.chunks(piece * 8).flat_map(gzip).collect(),
        3 => text.chunks(piece * 8).flat_map(zstd).collect(),
        _ => bgzip(text, piece * 8),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn pairs_come_out_as_they_went_in(
        reads in reads(),
        how in (0usize..5, 0usize..5),
        piece in 1usize..200,
        buffer_bytes in 1usize..300,
        batch_bases in 1usize..2000,
    ) {
        let (first, expected_first) = file(&reads, "/1", 1);
        let (second, expected_second) = file(&reads, " 2:N:0:GATTACA", 2);
        let inputs = vec![
            ("R1".to_owned(), trickle(&compress(&first, how.0, piece), piece)),
            ("R2".to_owned(), trickle(&compress(&second, how.1, piece), piece + 3)),
        ];
        let options = ReadOptions { batch_bases, buffer_bytes, require_end_marker: true, ..ReadOptions::default() };
        let mut reader = FastqReader::from_readers(inputs, options).expect("two inputs");
        let batches = reader.by_ref().collect::<Result<Vec<_>, _>>().expect("good files");
        prop_assert_eq!(reader.warnings(), []);
        prop_assert_eq!(reader.templates() as usize, reads.len());
        let expected: Vec<_> =
            expected_first.into_iter().zip(expected_second).flat_map(|(a, b)| [a, b]).collect();
        prop_assert_eq!(owned(&batches), expected.clone());

        let mut counts = ReadCounts::default();
        batches.iter().for_each(|batch| counts.merge(&ReadCounts::of(batch)));
        let over = |least: u8| {
            expected.iter().flat_map(|read| &read.2).filter(|&&q| q >= least).count() as u64
        };
        prop_assert_eq!(counts.reads as usize, expected.len());
        prop_assert_eq!(counts.q20_bases, over(20));
        prop_assert_eq!(counts.q30_bases, over(30));
    }

    #[test]
    fn no_bytes_make_it_panic(
        bytes in vec(any::<u8>(), 0..400),
        text in "[@+ACGTI\n\r ]{0,80}",
        how in 0usize..4,
        at in 0usize..100,
    ) {
        let mut file = compress(&[text.as_bytes(), &bytes].concat(), how, 10);
        if let Some(byte) = file.get_mut(at) {
            *byte ^= 0x55;
        }
        for content in [text.as_bytes(), &bytes, &file] {
            let options = ReadOptions { buffer_bytes: 7, ..ReadOptions::default() };
            let inputs = vec![("R1".to_owned(), trickle(content, 13))];
            let reader = FastqReader::from_readers(inputs, options).expect("one input");
            let _ = reader.count();
        }
    }
}
