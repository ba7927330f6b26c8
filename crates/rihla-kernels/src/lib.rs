//! Every SIMD kernel of Rihla, and the only home of `unsafe`.
//!
//! Each kernel is a pure function on slices with a scalar twin that defines it; every implementation
//! gives the same bits. The CPU is asked at run time: a [`Simd`] value is the proof that its level
//! can run here.

pub mod banded;
#[cfg(test)]
mod fuzz;
pub mod heap;
pub mod mismatch;
pub mod mmap;
pub mod pack;
pub mod pairhmm;
pub mod prefetch;
pub mod shifts;
pub mod simd;
pub mod syncmer;
mod word;

pub use banded::{Alignment, BandedAligner, Scoring};
pub use pairhmm::{HmmRead, PairHmm};
pub use prefetch::prefetch;
pub use simd::{Simd, SimdLevel};
