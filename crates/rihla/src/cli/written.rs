//! How alignments are written.

use clap::{Args, ValueEnum};
use rihla_io::bam::BamIndex;
use rihla_io::records::FileFormat;
use rihla_io::sorted::SortedFormat;

/// How BAM and CRAM are written.
#[derive(Args, Clone)]
pub struct BamArgs {
    /// Compression level of BAM, and of names and texts in CRAM, 0 (none) to 12 (smallest)
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(0..=12))]
    pub compression_level: u8,
    /// Index of a BAM [default: bai; csi when a contig is longer than 2^29 bases]
    #[arg(long, value_name = "KIND", value_enum)]
    pub bam_index: Option<IndexKind>,
}

impl BamArgs {
    /// For sorted records in this format.
    #[must_use]
    pub fn sorted(&self, file: FileFormat) -> SortedFormat {
        let index = match self.bam_index {
            None => BamIndex::Fitting,
            Some(IndexKind::Bai) => BamIndex::Bai,
            Some(IndexKind::Csi) => BamIndex::Csi,
        };
        SortedFormat { file, level: self.compression_level, index }
    }
}

/// Kinds of index of a BAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IndexKind {
    /// The classic one
    Bai,
    /// For contigs of any length
    Csi,
}

/// Formats of alignments that are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum KeptFormat {
    /// Packed and compressed
    #[default]
    Bam,
    /// As differences from the reference, version 3.0: a half to two thirds of the BAM
    Cram,
}

impl From<KeptFormat> for FileFormat {
    fn from(format: KeptFormat) -> Self {
        match format {
            KeptFormat::Bam => Self::Bam,
            KeptFormat::Cram => Self::Cram,
        }
    }
}
