//! The index and the aligner: bases, look-ups and reads a second.

use criterion::{Criterion, Throughput, criterion_group};
use rihla_align::index::{SourceFingerprint, build};
use rihla_align::{AlignOptions, AlignedBatch, Aligner};
use rihla_benches::{Sample, Size, insert_size};
use rihla_core::{Contig, Contigs, Reference};
use rihla_kernels::{Simd, SimdLevel, syncmer};

/// A larger genome than the other stages', as the cost of a seed depends on the size of the table.
const LARGE: Size = Size { bases: 2_000_000, depth: 0.6 };

fn index(c: &mut Criterion) {
    let sample = Sample::new(LARGE);
    let mut group = c.benchmark_group("index");
    group.throughput(Throughput::Elements(sample.reference.bases()));
    group.bench_function("build", |b| b.iter(|| build(&sample.reference, SourceFingerprint::default())));
    group.finish();
}

/// Bases of the reference of look-ups: a table beyond every cache.
const LOOKUP_BASES: usize = 1 << 26;
/// Seeds looked up at a time, as those of a group of reads.
const LOOKUPS: usize = 512;

/// Look-ups of seeds that occur: in batches, memory asked for ahead, and one after the other.
fn lookup(c: &mut Criterion) {
    let mut state = 1u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let letters: Vec<u8> = (0..LOOKUP_BASES).map(|_| b"ACGT"[(random() >> 29) as usize]).collect();
    let contig = Contig { name: "chr1".into(), length: LOOKUP_BASES as u32, md5: [0; 16] };
    let reference = Reference::from_letters(Contigs::new(vec![contig]), &[letters]);
    let mut mask = Vec::new();
    let mut seed = || loop {
        let start = random() % (LOOKUP_BASES as u64 - 100);
        syncmer::mask(Simd::best(), reference.words(), start, 83, &mut mask);
        if mask[0] != 0 {
            break syncmer::seed_hash(reference.words(), start + u64::from(mask[0].trailing_zeros())).0;
        }
    };
    let batches: Vec<Vec<u64>> = (0..64).map(|_| (0..LOOKUPS).map(|_| seed()).collect()).collect();
    let index = build(&reference, SourceFingerprint::default()).into_index();
    let table = index.table();
    let mut group = c.benchmark_group("lookup");
    group.throughput(Throughput::Elements(LOOKUPS as u64));
    let mut next = batches.iter().cycle();
    group.bench_function("batch", |b| {
        b.iter(|| {
            let hashes = next.next().expect("it never ends");
            hashes.iter().for_each(|&hash| table.prefetch_directory(hash));
            let find = |&hash: &u64| {
                let bucket = table.bucket(hash);
                table.prefetch_entries(&bucket);
                bucket
            };
            let buckets: Vec<_> = hashes.iter().map(find).collect();
            let found = hashes.iter().zip(buckets).map(|(&hash, bucket)| table.occurrences(bucket, hash));
            found.map(|found| table.entry(found.start).position()).sum::<u64>()
        });
    });
    group.bench_function("single", |b| {
        b.iter(|| {
            let hashes = next.next().expect("it never ends");
            let found = hashes.iter().map(|&hash| table.occurrences(table.bucket(hash), hash));
            found.map(|found| table.entry(found.start).position()).sum::<u64>()
        });
    });
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

criterion_group! { name = benches; config = crate::criterion(); targets = index, lookup, align }
