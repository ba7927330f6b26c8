//! Counting: reads of a batch, and records of a bin, a second.

use criterion::{Criterion, Throughput, criterion_group};
use rihla_benches::{Sample, align, shard};
use rihla_fastq::ReadCounts;
use rihla_qc::{BinMetrics, Ground, Places};

use crate::SMALL;

fn counts(c: &mut Criterion) {
    let sample = Sample::new(SMALL);
    let batches = sample.batches();
    let mut group = c.benchmark_group("qc");
    group.throughput(Throughput::Elements(batches[0].len() as u64));
    group.bench_function("reads", |b| b.iter(|| ReadCounts::of(&batches[0])));

    let aligned = align(&sample.index(), &batches);
    let shards = shard(&sample.reference, &aligned).finish().expect("nothing is spilled");
    let bin = shards.load(0).expect("the first bin");
    let places = bin.interval.map_or_else(Places::default, Places::everywhere);
    group.throughput(Throughput::Elements(bin.records.len() as u64));
    let ground = bin.interval.map(|interval| Ground::of(&sample.reference, interval));
    group.bench_function("records", |b| {
        b.iter(|| BinMetrics::of(bin.interval, (&places, ground.as_ref()), &bin.records, 0));
    });
    group.finish();
}

criterion_group! { name = benches; config = crate::criterion(); targets = counts }
