//! The short-read aligner: index, seeds, candidates, extension, pairing, mapping quality.
//!
//! A read passes through the files in this order: `query` (codes and packed words of both strands),
//! `seed` (syncmers and their occurrences, looked up for a group of reads at once by `place`), `proposal`
//! (where its unique seeds say it lies) and `certify` (the proof that no other place can matter, which
//! ends the way of most reads). The others go on: `chain` (candidates), `extend` (ungapped by popcount,
//! else banded Smith-Waterman), `place` (which candidates are worth it), `region` (rivals), `rescue` (the
//! mate's neighborhood), `pair`, `sight` and `mapq` (the choice and how sure it is), `emit` (packed records).

pub mod aligner;
pub mod alt;
mod certify;
mod chain;
mod emit;
pub mod error;
mod expected;
mod extend;
pub mod index;
pub mod insert;
mod mapq;
pub mod options;
mod packed;
mod pair;
mod place;
mod proposal;
mod query;
mod region;
mod rescue;
mod seed;
mod sight;
mod syncmer;

pub use aligner::{AlignCounts, AlignScratch, AlignWork, AlignedBatch, Aligner};
pub use alt::{AltContigs, AltError};
pub use error::IndexError;
pub use index::{Index, IndexData, SourceFingerprint};
pub use insert::{InsertSamples, InsertSize, InsertSizeError, LengthModel, Orientation};
pub use options::{AlignOptions, SupplementaryClips};
