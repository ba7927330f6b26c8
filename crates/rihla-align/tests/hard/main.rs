//! Hard input from outside: short, long, diverged, gapped, joined, repeated, unknown. Every kind of read has a floor of right
//! places, a ceiling of false certainty, and the properties that hold for all.

mod bounds;
mod copies;
mod dice;
mod gaps;
mod genome;
mod kinds;
mod lines;
mod places;

use rihla_align::{
    AlignOptions, AlignedBatch, Aligner, Index, InsertSize, LengthModel, SourceFingerprint, index,
};
use rihla_core::ReadBatch;
use rihla_kernels::Simd;
use rihla_testkit::builders::numbered_reference;

/// An index of sequences, whose names are `chr1` and up.
fn build(sequences: &[Vec<u8>]) -> Index {
    index::build(&numbered_reference(sequences), SourceFingerprint::default()).into_index()
}

/// Fragments of this mean length.
fn library(mean: u32) -> InsertSize {
    InsertSize::given(LengthModel {
        mean: f64::from(mean),
        sd: 50.0,
        low: i64::from(mean) - 200,
        high: i64::from(mean) + 200,
    })
}

/// Reads as a batch, in which mates follow each other.
fn batch(reads: &[Vec<u8>], paired: bool) -> ReadBatch {
    let mut batch = ReadBatch::new(0, 0, paired);
    for (i, read) in reads.iter().enumerate() {
        let name = format!("r{}", if paired { i / 2 } else { i });
        batch.push(name.as_bytes(), read, &vec![30; read.len()]);
    }
    batch
}

/// Aligns reads as one batch with the default options.
fn align(index: &Index, reads: &[Vec<u8>], paired: bool, mean: u32) -> AlignedBatch {
    let aligner = Aligner::new(index, AlignOptions::default(), Simd::best());
    let mut out = AlignedBatch::default();
    aligner.align_batch(&batch(reads, paired), &library(mean), &mut aligner.scratch(), &mut out);
    out
}
