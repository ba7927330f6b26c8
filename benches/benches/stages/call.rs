//! From sorted records to active regions, and on to variants: bases of the genome a second at 30x.

use criterion::{Criterion, Throughput, criterion_group};
use rihla_benches::{Sample, Size, align, shard};
use rihla_call::{CallOptions, Caller};
use rihla_kernels::{Simd, SimdLevel};
use rihla_pileup::{PileupOptions, scan};
use rihla_shard::Bin;

/// One bin at the depth that genomes are sequenced to.
const DEEP: Size = Size { bases: 200_000, depth: 30.0 };

/// The sorted, marked records of the whole genome, which is one bin.
fn bin(sample: &Sample) -> Bin {
    let aligned = align(&sample.index(), &sample.batches());
    let shards = shard(&sample.reference, &aligned).finish().expect("nothing is spilled");
    shards.load(0).expect("the first bin")
}

fn pileup_and_call(c: &mut Criterion) {
    let sample = Sample::new(DEEP);
    let bin = bin(&sample);
    let interval = bin.interval.expect("a bin of the genome");

    let mut group = c.benchmark_group("pileup");
    group.throughput(Throughput::Elements(interval.len().into()));
    let options = PileupOptions::default();
    group.bench_function("scan", |b| {
        b.iter(|| scan(&sample.reference, interval, &bin.records, &[], &options))
    });
    group.finish();

    let mut group = c.benchmark_group("call");
    group.throughput(Throughput::Elements(interval.len().into()));
    for level in SimdLevel::available() {
        let caller = Caller::new(CallOptions::default(), Simd::new(level).expect("listed as available"));
        let mut scratch = caller.scratch();
        let called = caller.call(&sample.reference, interval, &bin.records, &mut scratch).variants.len();
        assert!(called > 0, "the sample has variants");
        group.bench_function(level.to_string(), |b| {
            b.iter(|| caller.call(&sample.reference, interval, &bin.records, &mut scratch));
        });
    }
    group.finish();
}

criterion_group! { name = benches; config = crate::criterion(); targets = pileup_and_call }
