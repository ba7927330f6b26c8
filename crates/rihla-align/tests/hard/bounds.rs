//! Work per read: no kind of read is looked at without bound.

use rihla_align::{AlignOptions, AlignWork, AlignedBatch, Aligner};
use rihla_kernels::Simd;

use crate::genome::{Part, genome};
use crate::kinds::{Hardship, Kind};
use crate::{batch, library};

const TEMPLATES: usize = 400;

/// What a kind takes per read.
fn work(kind: Kind) -> [u64; 3] {
    let reads: Vec<Vec<u8>> =
        kind.reads(genome(), TEMPLATES).into_iter().map(|(letters, _)| letters).collect();
    let aligner = Aligner::new(&genome().index, AlignOptions::default(), Simd::best());
    let (mut scratch, mut out) = (aligner.scratch(), AlignedBatch::default());
    aligner.align_batch(&batch(&reads, kind.paired), &library(kind.mean()), &mut scratch, &mut out);
    let AlignWork { diagonals, cells, searched } = out.counts.work;
    [diagonals, cells, searched].map(|work| work / reads.len() as u64)
}

/// Diagonals, cells and searched bases per read that a kind may take at most: half again what was measured for pairs
/// or single reads, whichever took more.
const CEILINGS: [(Hardship, [u64; 3]); 10] = [
    (Hardship::Clean, [2, 200, 1]),
    (Hardship::Diverged, [8, 40_000, 130]),
    (Hardship::Deletion { middle: true }, [9, 95_000, 100]),
    (Hardship::Insertion { middle: true }, [7, 98_000, 100]),
    (Hardship::Chimera, [12, 147_000, 420]),
    (Hardship::Adapter, [11, 105_000, 720]),
    (Hardship::Unknown(20), [2, 33_000, 400]),
    (Hardship::Over(Part::Family), [3, 120, 1]),
    (Hardship::Over(Part::Satellite), [162, 3_400, 40]),
    (Hardship::Simple, [1, 410, 10]),
];

#[test]
fn no_kind_is_a_cliff() {
    for (hardship, most) in CEILINGS {
        for paired in [true, false] {
            let kind = Kind { hardship, length: 150, paired };
            let found = work(kind);
            let within = found.iter().zip(most).all(|(&found, most)| found <= most);
            assert!(within, "{kind:?}: {found:?} diagonals, cells and searched bases a read, of {most:?}");
        }
    }
}
