//! Records into genome bins; duplicates found; bins sorted and marked: records a second.

use criterion::{BatchSize, Criterion, Throughput, criterion_group};
use rihla_benches::{Sample, align, shard};

use crate::SMALL;

fn stages(c: &mut Criterion) {
    let sample = Sample::new(SMALL);
    let aligned = align(&sample.index(), &sample.batches());
    let records: usize = aligned.iter().map(|batch| batch.records.len()).sum();
    let mut group = c.benchmark_group("shard");
    group.throughput(Throughput::Elements(records as u64));
    group.bench_function("file into bins", |b| b.iter(|| shard(&sample.reference, &aligned)));
    group.bench_function("find duplicates", |b| {
        b.iter_batched(
            || shard(&sample.reference, &aligned),
            |writer| writer.finish().expect("nothing is spilled"),
            BatchSize::LargeInput,
        );
    });
    let shards = shard(&sample.reference, &aligned).finish().expect("nothing is spilled");
    group.bench_function("sort and mark", |b| {
        b.iter(|| (0..shards.bins()).map(|bin| shards.load(bin).expect("a bin").owned.len()).sum::<usize>());
    });
    group.finish();
}

criterion_group! { name = benches; config = crate::criterion(); targets = stages }
