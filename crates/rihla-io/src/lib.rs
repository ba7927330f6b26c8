//! Files in and out: FASTA, BAM, CRAM, VCF and BED, their indexes, and outputs that appear whole or not at all.
//!
//! Formats end here: what goes in and out are the nouns of `rihla-core` and plain structs. Text inputs
//! may be plain, gzip or BGZF, told apart by content. Every error is an [`IoError`] that names the file
//! and the place in it, and says what would be right.

pub mod alignments;
pub mod atomic;
pub mod bam;
pub mod bed;
pub mod bgzf;
pub mod cram;
mod damage;
mod digest;
pub mod error;
pub mod fasta;
mod index;
mod lines;
pub mod reads;
pub mod records;
pub mod sam;
pub mod sites;
pub mod sorted;
mod text;
pub mod vcf;

pub use atomic::{AtomicFile, AtomicSet};
pub use damage::panic_is_damage;
pub use digest::{digest_bytes, digest_file};
pub use error::{IoError, IoErrorKind};
