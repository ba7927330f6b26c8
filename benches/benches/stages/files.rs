//! Files out and in: records of BAM and VCF a second.

use criterion::{Criterion, Throughput, criterion_group};
use rihla_benches::{Sample, Size, align, shard};
use rihla_core::RecordArena;
use rihla_io::bam::{BamHeader, BamReader, BamWriter, compress_records};
use rihla_io::vcf::{VcfHeader, VcfWriter, read_vcf};
use rihla_testkit::TruthRecord;

use crate::SMALL;

/// BAM's level in the pipeline, the fastest, and the one that deflates nothing.
const LEVELS: [u8; 3] = [5, 1, 0];

/// Some two thousand variants; the reads are not asked for.
const WIDE: Size = Size { bases: 2_000_000, depth: 1.0 };

fn bam(c: &mut Criterion) {
    let sample = Sample::new(SMALL);
    let aligned = align(&sample.index(), &sample.batches());
    let shards = shard(&sample.reference, &aligned).finish().expect("nothing is spilled");
    let bin = shards.load(0).expect("the first bin");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut group = c.benchmark_group("bam");
    group.throughput(Throughput::Elements(bin.owned.len() as u64));
    for level in LEVELS {
        group.bench_function(format!("compress, level {level}"), |b| {
            b.iter(|| compress_records(bin.owned_records(), level));
        });
    }
    let block = compress_records(bin.owned_records(), LEVELS[0]);
    let header = BamHeader { contigs: sample.reference.contigs().clone(), ..BamHeader::default() };
    group.bench_function("write and index", |b| {
        b.iter(|| {
            let mut writer = BamWriter::create(folder.path().join("bench.bam"), &header).expect("a new file");
            writer.append(&block).expect("sorted records");
            writer.finish().expect("space for the file");
        });
    });
    let interval = bin.interval.expect("a bin of the genome");
    group.bench_function("read by index", |b| {
        let mut reader = BamReader::open(folder.path().join("bench.bam")).expect("the file written above");
        b.iter(|| {
            let mut records = RecordArena::new();
            reader.query(interval, &mut records).expect("a sound file");
            records.len()
        });
    });
    group.finish();
}

fn vcf(c: &mut Criterion) {
    let sample = Sample::new(WIDE);
    let records: Vec<_> = sample.simulation.truth().iter().map(TruthRecord::to_variant).collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let header = VcfHeader {
        contigs: sample.reference.contigs().clone(),
        sample: "bench".to_owned(),
        ..VcfHeader::default()
    };
    let mut group = c.benchmark_group("vcf");
    group.throughput(Throughput::Elements(records.len() as u64));
    for name in ["bench.vcf", "bench.vcf.gz"] {
        let path = folder.path().join(name);
        let form = name.trim_start_matches("bench.");
        group.bench_function(format!("write {form}"), |b| {
            b.iter(|| {
                let mut writer = VcfWriter::create(&path, &header).expect("a new file");
                records.iter().for_each(|record| writer.write(record).expect("sorted records"));
                writer.finish().expect("space for the file");
            });
        });
        group.bench_function(format!("read {form}"), |b| {
            b.iter(|| read_vcf(&path, sample.reference.contigs()).expect("a sound file").len());
        });
    }
    group.finish();
}

criterion_group! { name = benches; config = crate::criterion(); targets = bam, vcf }
