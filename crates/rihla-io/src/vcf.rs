//! VCF and BCF out, with their index, and in, for truth sets, comparison and panels (VCF 4.2 to 4.4, BCF 2).
//!
//! In: [`VcfLines`] streams raw lines on one thread, [`RecordHead`] says where a line lies, and
//! [`parse_site`] is a pure function of one line, for many threads. Out: [`VcfWriter`] formats calls, [`GvcfWriter`] those
//! and reference blocks,
//! [`WholeRecords`] gives the records of a VCF or BCF as they are. [`RawVcfWriter`] takes ready lines, compressed elsewhere if wished ([`VcfChunk`]).

mod bcf;
mod chunk;
mod evidence;
mod genotype;
mod gvcf;
mod head;
mod header;
mod lines;
mod raw;
mod reader;
mod record;
mod site;
mod whole;
mod writer;

pub(crate) use bcf::text::VariantText;

pub use crate::lines::find_contig;
pub use chunk::{Packing, VcfChunk};
pub use evidence::{EvidenceLine, SampleEvidence};
pub use gvcf::{GvcfWriter, SymbolicAllele};
pub use head::RecordHead;
pub use header::{FilterLine, VcfHeader};
pub use lines::{VcfLines, VcfText};
pub use raw::RawVcfWriter;
pub use reader::{VcfRecord, read_vcf};
pub use site::{PhaseSet, VcfSite, parse_site};
pub use whole::WholeRecords;
pub use writer::VcfWriter;

#[cfg(test)]
mod tests;
