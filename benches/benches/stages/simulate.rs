//! The simulator: pairs a second, and bases of a genome a second on which variants are drawn.

use criterion::{Criterion, Throughput, criterion_group};
use rihla_benches::Sample;
use rihla_testkit::{SimulateOptions, Simulation};

use crate::SMALL;

fn simulate(c: &mut Criterion) {
    let sample = Sample::new(SMALL);
    let count = || {
        let mut bytes = 0;
        let given: Result<u64, ()> = sample.simulation.pairs(|pair| {
            bytes += pair.reads[0].sequence.len() + pair.reads[1].sequence.len();
            Ok(())
        });
        (given.expect("the sink has no error"), bytes)
    };
    let mut group = c.benchmark_group("simulate");
    group.throughput(Throughput::Elements(count().0));
    group.bench_function("pairs", |b| b.iter(count));
    group.throughput(Throughput::Elements(sample.reference.bases()));
    let options = SimulateOptions::default();
    group.bench_function("variants", |b| {
        b.iter(|| Simulation::new(&sample.reference, &options).expect("the options are in range"));
    });
    group.finish();
}

criterion_group! { name = benches; config = crate::criterion(); targets = simulate }
