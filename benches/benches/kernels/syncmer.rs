//! The seeds of a read and of a long sequence, at every level of this CPU.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use rihla_kernels::{Simd, SimdLevel, mismatch, syncmer};

use crate::sequence;

const READ_LEN: usize = 150;
const LONG_LEN: usize = 1 << 20;
/// Where the sequence begins, as those of contigs do: not at a word.
const OFFSET: u64 = 4321;

fn syncmers(c: &mut Criterion) {
    let (mut words, mut out) = (Vec::new(), Vec::new());
    mismatch::pack(&sequence(LONG_LEN + OFFSET as usize, 7), &mut words);
    let mut group = c.benchmark_group("syncmer");
    for (name, len) in [("read", READ_LEN), ("long", LONG_LEN)] {
        group.throughput(Throughput::Elements(len as u64));
        for level in SimdLevel::available() {
            let simd = Simd::new(level).expect("listed as available");
            group.bench_function(BenchmarkId::new(name, level), |b| {
                b.iter(|| syncmer::mask(simd, black_box(&words), black_box(OFFSET), len, &mut out));
            });
        }
    }
    // One in five of a read's 20-mers is a seed.
    group.throughput(Throughput::Elements(26));
    group.bench_function("hashes", |b| {
        b.iter(|| {
            (0..26).fold(0, |sum, i| sum ^ syncmer::seed_hash(black_box(&words), black_box(OFFSET) + 5 * i).0)
        });
    });
    group.finish();
}

criterion_group! { name = benches; config = crate::criterion(); targets = syncmers }
