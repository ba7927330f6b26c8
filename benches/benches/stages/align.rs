//! The index and the aligner: bases and reads a second.

use criterion::{Criterion, Throughput, criterion_group};
use rihla_align::index::{SourceFingerprint, build};
use rihla_align::{AlignOptions, AlignedBatch, Aligner};
use rihla_benches::{Sample, Size, insert_size};
use rihla_kernels::{Simd, SimdLevel};

/// A larger genome than the other stages', as the cost of a seed depends on the size of the table.
const LARGE: Size = Size { bases: 2_000_000, depth: 0.6 };

fn index(c: &mut Criterion) {
    let sample = Sample::new(LARGE);
    let mut group = c.benchmark_group("index");
    group.throughput(Throughput::Elements(sample.reference.bases()));
    group.bench_function("build", |b| b.iter(|| build(&sample.reference, SourceFingerprint::default())));
    group.finish();
}

fn align(c: &mut Criterion) {
    let sample = Sample::new(LARGE);
    let (index, batches) = (sample.index(), sample.batches());
    let batch = &batches[0];
    let mut group = c.benchmark_group("align");
    group.throughput(Throughput::Elements(batch.len() as u64));
    for level in SimdLevel::available() {
        let simd = Simd::new(level).expect("listed as available");
        let aligner = Aligner::new(&index, AlignOptions::default(), simd);
        let insert = insert_size(&aligner, batch);
        let (mut scratch, mut out) = (aligner.scratch(), AlignedBatch::default());
        group.bench_function(level.to_string(), |b| {
            b.iter(|| aligner.align_batch(batch, &insert, &mut scratch, &mut out));
        });
    }
    group.finish();
}

criterion_group! { name = benches; config = crate::criterion(); targets = index, align }
