//! The index and the aligner on a simulated genome of two megabases: bases and reads a second.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rihla_align::index::{SourceFingerprint, build};
use rihla_align::{AlignOptions, AlignedBatch, Aligner, InsertSamples, InsertSize};
use rihla_core::{ReadBatch, Reference};
use rihla_kernels::{Simd, SimdLevel};
use rihla_testkit::{Genome, GenomeOptions, SimulateOptions, Simulation};

/// Pairs of the batch that is aligned.
const PAIRS: usize = 2_000;

fn genome() -> Reference {
    let options = GenomeOptions { bases: 2_000_000, contigs: 1, seed: 11 };
    Genome::random(&options).expect("options in range").reference()
}

fn reads(reference: &Reference) -> ReadBatch {
    let options = SimulateOptions { depth: 1.0, ..SimulateOptions::default() };
    let simulation = Simulation::new(reference, &options).expect("options in range");
    let mut batch = ReadBatch::new(0, 0, true);
    // The sink's error is the sign that there are enough.
    let _ = simulation.pairs(|pair| {
        for read in pair.reads {
            batch.push(pair.name, read.sequence, read.qualities);
        }
        if batch.templates() < PAIRS { Ok(()) } else { Err(()) }
    });
    batch
}

fn bench(criterion: &mut Criterion) {
    let reference = genome();
    let mut group = criterion.benchmark_group("index");
    group.sample_size(10).throughput(Throughput::Elements(reference.bases()));
    group.bench_function("build", |bencher| bencher.iter(|| build(&reference, SourceFingerprint::default())));
    group.finish();

    let index = build(&reference, SourceFingerprint::default()).into_index();
    let batch = reads(&reference);
    let mut group = criterion.benchmark_group("align");
    group.sample_size(10).throughput(Throughput::Elements(batch.len() as u64));
    for level in SimdLevel::available() {
        let simd = Simd::new(level).expect("an available level");
        let aligner = Aligner::new(&index, AlignOptions::default(), simd);
        let mut samples = InsertSamples::default();
        samples.merge(&aligner.learn_insert_size(&batch));
        let insert = InsertSize::from_samples(&samples);
        let (mut scratch, mut out) = (aligner.scratch(), AlignedBatch::default());
        group.bench_function(level.to_string(), |bencher| {
            bencher.iter(|| aligner.align_batch(&batch, &insert, &mut scratch, &mut out));
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
