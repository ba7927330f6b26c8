//! How alignments and variants are written.

use clap::{Args, ValueEnum};
use rihla_io::bam::BamIndex;
use rihla_io::cram::CramVersion;
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
    /// Version of a CRAM; 3.1 has smaller names and qualities of few kinds
    #[arg(long, value_name = "VERSION", value_enum, default_value_t)]
    pub cram_version: CramVersionArg,
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
        let cram = match self.cram_version {
            CramVersionArg::V30 => CramVersion::V3_0,
            CramVersionArg::V31 => CramVersion::V3_1,
        };
        SortedFormat { file, level: self.compression_level, index, cram }
    }
}

/// Versions of CRAM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CramVersionArg {
    /// Read by everything that reads CRAM
    #[default]
    #[value(name = "3.0")]
    V30,
    /// Read by htslib and samtools from 1.12 on, and what is built on them
    #[value(name = "3.1")]
    V31,
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
    /// As differences from the reference: a half to two thirds of the BAM
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

/// Formats of variants that are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum VariantFormat {
    /// Compressed text
    #[default]
    Vcf,
    /// The same in binary form
    Bcf,
}

impl VariantFormat {
    /// What names of files end with.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Vcf => "vcf.gz",
            Self::Bcf => "bcf",
        }
    }
}
