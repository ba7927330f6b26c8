//! Banded alignment of a 150 bp read at every level of this CPU, with `bio`'s aligner beside it.

use std::hint::black_box;

use bio::alignment::pairwise;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use rihla_kernels::{BandedAligner, Scoring, Simd, SimdLevel};

use crate::sequence;

/// A target for a band of `width` around the middle, and a read of it with 2 mismatches, a deletion of 3
/// bases and, when `clipped`, 20 foreign bases at its end.
fn pair(width: usize, clipped: bool) -> (Vec<u8>, Vec<u8>) {
    let target = sequence(150 + width, 1);
    let mut query = target[width / 2..][..153].to_vec();
    query.drain(70..73);
    query[30] ^= 1;
    query[110] ^= 2;
    if clipped {
        query[130..].copy_from_slice(&sequence(20, 2));
    }
    (query, target)
}

fn banded(c: &mut Criterion) {
    let mut group = c.benchmark_group("banded");
    for (width, clipped) in [(32, false), (32, true), (64, false), (128, false), (512, false)] {
        let (query, target) = pair(width, clipped);
        group.throughput(Throughput::Elements((query.len() * width) as u64));
        for level in SimdLevel::available() {
            let simd = Simd::new(level).expect("listed as available");
            let mut aligner = BandedAligner::new(simd, Scoring::default());
            let name = format!("{width}{}", if clipped { " clipped" } else { "" });
            group.bench_function(BenchmarkId::new(level.to_string(), name), |b| {
                b.iter(|| aligner.align(black_box(&query), black_box(&target), 0, width));
            });
        }
    }
    let (query, target) = pair(32, false);
    let rules = pairwise::Scoring::from_scores(-7, -1, 1, -4).xclip(-5).yclip(0);
    let mut aligner = pairwise::Aligner::with_scoring(rules);
    group.throughput(Throughput::Elements((query.len() * target.len()) as u64));
    group.bench_function(BenchmarkId::new("bio", "whole matrix"), |b| {
        b.iter(|| aligner.custom(black_box(&query), black_box(&target)));
    });
    group.finish();
}

criterion_group! { name = benches; config = crate::criterion(); targets = banded }
