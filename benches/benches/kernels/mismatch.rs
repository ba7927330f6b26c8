//! Mismatches of a 150 bp read with packed reference: their number, and their places.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use rihla_kernels::{Simd, SimdLevel, mismatch};

use crate::sequence;

const READ_LEN: usize = 150;
/// Where on the reference the read lies.
const OFFSET: u64 = 4321;
/// Mismatches at which counting stops.
const LIMIT: u32 = 20;

/// A read with three mismatches, and the reference that it comes from; both packed.
fn read_and_reference() -> (Vec<u64>, Vec<u64>) {
    let reference = sequence(10_000, 3);
    let mut read = reference[OFFSET as usize..][..READ_LEN].to_vec();
    [10, 77, 140].into_iter().for_each(|at| read[at] ^= 1);
    let (mut query, mut words) = (Vec::new(), Vec::new());
    mismatch::pack(&read, &mut query);
    mismatch::pack(&reference, &mut words);
    (query, words)
}

fn mismatches(c: &mut Criterion) {
    let mut group = c.benchmark_group("mismatch");
    group.throughput(Throughput::Elements(READ_LEN as u64));
    let (query, words) = read_and_reference();
    for level in SimdLevel::available() {
        let simd = Simd::new(level).expect("listed as available");
        group.bench_function(BenchmarkId::new("count", level), |b| {
            b.iter(|| {
                mismatch::count_mismatches(
                    simd,
                    black_box(&query),
                    &words,
                    black_box(OFFSET),
                    READ_LEN,
                    LIMIT,
                )
            });
        });
    }
    let mut places = Vec::new();
    group.bench_function("places", |b| {
        b.iter(|| {
            mismatch::mismatch_positions(black_box(&query), &words, black_box(OFFSET), READ_LEN, &mut places);
        });
    });
    group.finish();
}

criterion_group! { name = benches; config = crate::criterion(); targets = mismatches }
