//! The short-read aligner: index, seeds, candidates, extension, pairing, mapping quality.

pub mod error;
pub mod index;
mod syncmer;
