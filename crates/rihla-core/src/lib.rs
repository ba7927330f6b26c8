//! The nouns of Rihla: bases, contigs, intervals, the reference, reads, alignments, variants.
//!
//! This crate has no I/O, no threads and no file-format types; every other crate builds on it.
//! Coordinates are 0-based and half-open throughout; they are converted at the edges only.

pub mod base;
pub mod chromosomes;
pub mod cigar;
pub mod contig;
pub mod decimal;
pub mod digest;
pub mod genotype;
pub mod gvcf;
pub mod interval;
pub mod lanes;
pub mod library;
pub mod normalize;
pub mod pack;
pub mod panel;
pub mod phred;
pub mod read;
pub mod record;
pub mod reference;
pub mod variant;

pub use chromosomes::{Chromosomes, Sex};
pub use cigar::{Cigar, CigarOp, OpKind};
pub use contig::{Contig, Contigs};
pub use digest::FileDigest;
pub use genotype::Genotype;
pub use gvcf::{AlleleReads, GvcfRecord, GvcfVariant, ReferenceBlock};
pub use interval::{Interval, IntervalSet};
pub use pack::{Pack, Unpack};
pub use panel::{Panel, PanelSite};
pub use read::{ReadBatch, ReadRef};
pub use record::{RecordArena, RecordBuilder, RecordRef};
pub use reference::Reference;
pub use variant::VariantRecord;
