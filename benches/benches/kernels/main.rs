//! The SIMD kernels, each at every level that this CPU has.

mod banded;
mod mismatch;
mod pack;
mod pairhmm;
mod syncmer;

use std::time::Duration;

use criterion::{Criterion, criterion_main};

/// Kernels take microseconds: two seconds of each are enough.
fn criterion() -> Criterion {
    Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2))
}

/// Random base codes, the same for the same seed.
fn sequence(len: usize, mut state: u64) -> Vec<u8> {
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 62) as u8
    };
    (0..len).map(|_| next()).collect()
}

criterion_main!(mismatch::benches, syncmer::benches, pack::benches, banded::benches, pairhmm::benches);
