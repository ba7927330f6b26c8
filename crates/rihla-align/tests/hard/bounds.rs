//! Work per read: no kind costs without bound beside clean reads.

use std::time::Duration;

use rihla_align::{AlignOptions, AlignedBatch, Aligner};
use rihla_kernels::Simd;

use crate::genome::{Part, genome};
use crate::kinds::{Hardship, Kind};
use crate::{batch, library};

const TEMPLATES: usize = 400;

/// CPU time of this thread so far: the time on the wall is others' too.
fn cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// The least CPU time of several runs: what others do on the machine, in the caches too, only adds.
fn cost(kind: Kind) -> Duration {
    let reads: Vec<Vec<u8>> =
        kind.reads(genome(), TEMPLATES).into_iter().map(|(letters, _)| letters).collect();
    let reads = batch(&reads, kind.paired);
    let aligner = Aligner::new(&genome().index, AlignOptions::default(), Simd::best());
    let (mut scratch, mut out) = (aligner.scratch(), AlignedBatch::default());
    let mut once = || {
        let start = cpu();
        aligner.align_batch(&reads, &library(kind.mean()), &mut scratch, &mut out);
        cpu() - start
    };
    (0..5).map(|_| once()).min().expect("five runs")
}

/// Times the cost of clean reads, which take the short way, that a kind may cost at most: two to three times what was
/// measured, as clean reads cost so little that noise tells.
const CEILINGS: [(Hardship, u32); 9] = [
    (Hardship::Diverged, 25),
    (Hardship::Deletion { middle: true }, 50),
    (Hardship::Insertion { middle: true }, 65),
    (Hardship::Chimera, 90),
    (Hardship::Adapter, 50),
    (Hardship::Unknown(20), 20),
    (Hardship::Over(Part::Family), 6),
    (Hardship::Over(Part::Satellite), 110),
    (Hardship::Simple, 6),
];

#[test]
fn no_kind_is_a_cliff() {
    for paired in [true, false] {
        let clean = cost(Kind { hardship: Hardship::Clean, length: 150, paired });
        for (hardship, ceiling) in CEILINGS {
            let kind = Kind { hardship, length: 150, paired };
            let found = cost(kind);
            let times = found.as_secs_f64() / clean.as_secs_f64();
            assert!(found <= ceiling * clean, "{kind:?}: {times:.1} times what clean reads cost");
        }
    }
}
