//! Alignments by genome bin: from batches in any order to sorted, duplicate-marked records.
//!
//! [`ShardWriter`] takes the records of aligned batches from many threads and files them by genome
//! bin, in memory or, past a budget, in a temporary file. Beside the records it files a short key for
//! every end that takes part in duplicate marking. [`ShardWriter::finish`] resolves the keys, bin by
//! bin, into one bit per read; [`Shards::load`] then gives any bin sorted and marked, with the records
//! of its neighbors that reach into its halo.
//!
//! What comes out depends on the records and their ordinals alone: not on the number of threads, the
//! order of the batches or the memory budget.
//!
//! The sort order inside a contig is (position, ordinal), where the ordinal of a record is its
//! template's number in the input and its place in the template. It is one of the orders that a
//! coordinate-sorted BAM file may have; unlike an order by strand it needs nothing but the input.

mod bins;
mod duplicates;
mod error;
mod frame;
mod keys;
mod library_metrics;
mod optical;
mod options;
mod parts;
mod shards;
mod store;
mod writer;

pub use error::ShardError;
pub use library_metrics::{DuplicateMetrics, picard_metrics};
pub use options::ShardOptions;
pub use shards::{Bin, Shards};
pub use writer::{Origin, ShardWriter};
