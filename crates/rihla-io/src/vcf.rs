//! VCF out, with its index, and in, for truth sets and comparison (VCF 4.2).

mod header;
mod reader;
mod record;
mod writer;

pub use header::{FilterLine, VcfHeader};
pub use reader::{VcfRecord, read_vcf};
pub use writer::VcfWriter;

#[cfg(test)]
mod tests;
