//! BAM in and out: packed records in blocks that any thread can compress, written in order with their
//! index; records by region from any coordinate-sorted, indexed BAM.
//!
//! Writing: [`compress_records`] (pure, on worker threads) gives a [`BamBlock`];
//! [`BamWriter::append`] takes the blocks in genome order; [`BamWriter::finish`] makes the index and
//! gives both files their names. Reading: [`BamReader::query`].

mod block;
pub(crate) mod contigs;
pub(crate) mod header;
mod index_check;
mod open;
mod packed;
mod programs;
pub(crate) mod reader;
mod writer;

pub use block::{BamBlock, compress_records};
pub use header::{BamHeader, Program, ReadGroup, RecordOrder};
pub use programs::join_programs;
pub use reader::BamReader;
pub use writer::{BamIndex, BamWriter};

#[cfg(test)]
mod tests;
