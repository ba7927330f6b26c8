//! FASTQ in: pairs a second from plain text, gzip and BGZF.

use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group};
use flate2::Compression;
use flate2::write::GzEncoder;
use rihla_benches::Sample;
use rihla_fastq::{FastqReader, ReadOptions};

use crate::SMALL;

/// Level of the compressed inputs: gzip's default.
const LEVEL: u8 = 6;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(LEVEL.into()));
    encoder.write_all(text).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

fn bgzip(text: &[u8]) -> Vec<u8> {
    let mut bytes = rihla_io::bgzf::compress(text, LEVEL);
    bytes.extend(rihla_io::bgzf::END_MARKER);
    bytes
}

/// The bytes of two inputs.
pub type Pair = [Arc<[u8]>; 2];

/// A reader of two inputs in memory.
pub fn open(inputs: &Pair) -> FastqReader {
    let sources = ["R1", "R2"].into_iter().zip(inputs).map(|(name, bytes)| {
        let reader: Box<dyn Read + Send> = Box::new(Cursor::new(Arc::clone(bytes)));
        (name.to_owned(), reader)
    });
    FastqReader::from_readers(sources.collect(), ReadOptions::default()).expect("two inputs")
}

/// Reads two inputs to their end; returns the number of reads.
fn read(inputs: &Pair) -> usize {
    open(inputs).map(|batch| batch.expect("well-formed FASTQ").len()).sum()
}

fn decode(c: &mut Criterion) {
    let texts = Sample::new(SMALL).fastq();
    let gzipped = [0, 1].map(|mate| gzip(&texts[mate]).into());
    let blocks = [0, 1].map(|mate| bgzip(&texts[mate]).into());
    let texts = texts.map(Arc::from);
    let mut group = c.benchmark_group("fastq");
    group.throughput(Throughput::Elements(read(&texts) as u64));
    for (name, inputs) in [("plain", &texts), ("gzip", &gzipped), ("bgzip", &blocks)] {
        group.bench_function(name, |b| b.iter(|| read(inputs)));
    }
    group.finish();
}

criterion_group! { name = benches; config = crate::criterion(); targets = decode }
