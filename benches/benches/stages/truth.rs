//! Comparison with truth: records a second, of calls that are right and of calls with errors.

use criterion::{Criterion, Throughput, criterion_group};
use rihla_benches::{Sample, Size};
use rihla_core::{Genotype, VariantRecord};
use rihla_testkit::TruthRecord;
use rihla_truth::{TruthVariant, compare};

/// Some two thousand variants; the reads are not asked for.
const WIDE: Size = Size { bases: 2_000_000, depth: 1.0 };

fn truth(sample: &Sample) -> Vec<VariantRecord> {
    sample.simulation.truth().iter().map(TruthRecord::to_variant).collect()
}

/// The truth with errors: one record in twenty missed, one with a wrong genotype, one in the wrong place.
fn with_errors(truth: &[VariantRecord]) -> Vec<VariantRecord> {
    let mut calls = Vec::with_capacity(truth.len());
    for (i, record) in truth.iter().enumerate() {
        let mut call = record.clone();
        match i % 20 {
            3 => continue,
            9 => call.sample.genotype = other_zygosity(&call.sample.genotype),
            15 if call.reference.len() == 1 => {
                call.reference = vec![if call.reference[0] == b'A' { b'C' } else { b'A' }];
                call.alternates = vec![b"T".to_vec()];
                call.sample.genotype = Genotype::diploid(0, 1);
            }
            _ => {}
        }
        calls.push(call);
    }
    calls
}

fn other_zygosity(genotype: &Genotype) -> Genotype {
    if genotype.is_het() { Genotype::diploid(1, 1) } else { Genotype::diploid(0, 1) }
}

fn comparison(c: &mut Criterion) {
    let sample = Sample::new(WIDE);
    let truth = truth(&sample);
    let calls = [("equal", truth.clone()), ("with errors", with_errors(&truth))];
    let compared = |records: &[VariantRecord]| records.iter().map(TruthVariant::from).collect::<Vec<_>>();
    let (truth, confident) = (compared(&truth), sample.simulation.confident());
    let mut group = c.benchmark_group("truth");
    for (name, calls) in calls {
        let calls = compared(&calls);
        group.throughput(Throughput::Elements((truth.len() + calls.len()) as u64));
        group.bench_function(name, |b| b.iter(|| compare(&sample.reference, &truth, &calls, &confident)));
    }
    group.finish();
}

criterion_group! { name = benches; config = crate::criterion(); targets = comparison }
