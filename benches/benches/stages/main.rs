//! Every stage of the pipeline on one thread, over a simulated sample, and all of them in a row.

mod align;
mod call;
mod fastq;
mod files;
mod pipeline;
mod qc;
mod shard;
mod simulate;
mod truth;

use std::time::Duration;

use criterion::{Criterion, criterion_main};
use rihla_benches::Size;

/// The sample of most stages: enough reads that a stage's start does not show.
const SMALL: Size = Size { bases: 500_000, depth: 20.0 };

/// Stages take milliseconds to a second: ten samples of each are enough.
fn criterion() -> Criterion {
    Criterion::default().sample_size(10).warm_up_time(Duration::from_secs(1))
}

criterion_main!(
    fastq::benches,
    align::benches,
    shard::benches,
    call::benches,
    truth::benches,
    files::benches,
    qc::benches,
    simulate::benches,
    pipeline::benches
);
