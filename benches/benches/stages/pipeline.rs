//! FASTQ text to BAM blocks and variants, all on one thread: reads a second.

use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group};
use rihla_align::Index;
use rihla_benches::{Sample, align, shard};
use rihla_call::{CallOptions, Caller};
use rihla_io::bam::compress_records;
use rihla_kernels::Simd;

use crate::SMALL;
use crate::fastq::{self, Pair};

/// The pipeline's default.
const COMPRESSION_LEVEL: u8 = 5;

/// Runs it; returns the bytes of BAM and the number of variants.
fn run(index: &Index, texts: &Pair) -> (usize, usize) {
    let batches: Vec<_> = fastq::open(texts).map(|batch| batch.expect("well-formed FASTQ")).collect();
    let aligned = align(index, &batches);
    let shards = shard(index.reference(), &aligned).finish().expect("nothing is spilled");
    let caller = Caller::new(CallOptions::default(), Simd::best());
    let mut scratch = caller.scratch();
    let (mut bytes, mut variants) = (0, 0);
    for number in 0..shards.bins() {
        let bin = shards.load(number).expect("a bin");
        bytes += compress_records(bin.owned_records(), COMPRESSION_LEVEL).bytes().len();
        if let Some(interval) = bin.interval {
            variants += caller.call(index.reference(), interval, &bin.records, &mut scratch).variants.len();
        }
    }
    (bytes, variants)
}

fn pipeline(c: &mut Criterion) {
    let sample = Sample::new(SMALL);
    let (index, texts) = (sample.index(), sample.fastq().map(Arc::from));
    let reads = 2 * sample.batches().iter().map(|batch| batch.templates()).sum::<usize>();
    let mut group = c.benchmark_group("pipeline");
    group.throughput(Throughput::Elements(reads as u64));
    group.bench_function("one thread", |b| b.iter(|| run(&index, &texts)));
    group.finish();
}

criterion_group! { name = benches; config = crate::criterion(); targets = pipeline }
