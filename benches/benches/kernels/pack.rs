//! The forms of a 150 bp read: letters to words, the other strand, codes, the bases of BAM.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use rihla_kernels::{Simd, SimdLevel, pack};

use crate::sequence;

const READ_LEN: usize = 150;

fn forms(c: &mut Criterion) {
    let letters: Vec<u8> = sequence(READ_LEN, 11).iter().map(|&code| b"ACGT"[usize::from(code)]).collect();
    let (mut words, mut unknown) = (Vec::new(), Vec::new());
    pack::pack_letters(Simd::best(), &letters, &mut words, &mut unknown);
    let mut group = c.benchmark_group("pack");
    group.throughput(Throughput::Elements(READ_LEN as u64));
    let (mut packed, mut marks, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    for level in SimdLevel::available() {
        let simd = Simd::new(level).expect("listed as available");
        group.bench_function(BenchmarkId::new("letters", level), |b| {
            b.iter(|| pack::pack_letters(simd, black_box(&letters), &mut packed, &mut marks));
        });
        group.bench_function(BenchmarkId::new("codes", level), |b| {
            b.iter(|| pack::unpack(simd, black_box(&words), &unknown, READ_LEN, &mut bytes));
        });
        group.bench_function(BenchmarkId::new("nibbles", level), |b| {
            b.iter(|| {
                bytes.clear();
                pack::append_nibbles(simd, black_box(&words), &unknown, READ_LEN, &mut bytes);
            });
        });
    }
    group.bench_function("reverse complement", |b| {
        b.iter(|| pack::reverse_complement_words(black_box(&words), READ_LEN, &mut packed));
    });
    group.bench_function("reverse mask", |b| {
        b.iter(|| pack::reverse_mask(black_box(&unknown), READ_LEN, &mut marks));
    });
    group.finish();
}

criterion_group! { name = benches; config = crate::criterion(); targets = forms }
