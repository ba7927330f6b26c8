//! Small-variant caller for one diploid sample.
//!
//! [`Caller`] takes the sorted records of an interval. The pileup (`rihla-pileup`) finds active
//! regions; for each one [`window`] and [`reads`] lay out reference and reads, [`observed`] and
//! [`assembly`] propose haplotypes, [`likelihood`] compares reads with them, [`genotype`] weighs all
//! pairs, and [`locus`], [`annotate`], [`filters`] and [`emit`] turn the result into records.

pub mod annotate;
pub mod artifact;
pub mod assembly;
pub mod caller;
pub mod emit;
pub mod events;
pub mod filters;
pub mod gap_penalty;
pub mod genotype;
pub mod haplotype;
pub mod likelihood;
pub mod locus;
pub mod observed;
pub mod options;
pub mod prior;
pub mod rank_sum;
pub mod reads;
pub mod slippage;
pub mod strand;
pub mod window;

pub use caller::{CallCounts, CallOutput, CallScratch, Caller};
pub use filters::FILTERS;
pub use options::CallOptions;
