//! `rihla align`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use rihla_io::records::FileFormat;

use super::{AlignmentArgs, BamArgs, DuplicateArgs, ReferenceArgs, ResumeArgs, RunArgs, SampleArgs};

/// `rihla align`.
#[derive(Args)]
pub struct AlignArgs {
    /// The reference.
    #[command(flatten)]
    pub reference: ReferenceArgs,
    /// The reads.
    #[command(flatten)]
    pub sample: SampleArgs,
    /// How to align.
    #[command(flatten)]
    pub alignment: AlignmentArgs,
    /// How duplicates are told.
    #[command(flatten)]
    pub duplicates: DuplicateArgs,
    /// Where to write what duplicate marking counted, by library, as Picard MarkDuplicates does
    #[arg(long, value_name = "FILE")]
    pub duplicate_metrics: Option<PathBuf>,
    /// Where to write what was trimmed, in the form of fastp's JSON, which MultiQC reads
    #[arg(long, value_name = "FILE", requires = "trim")]
    pub trim_report: Option<PathBuf>,
    /// Where to write a manifest: inputs and outputs with their SHA-256, the command, the host, the times
    #[arg(long, value_name = "FILE")]
    pub manifest: Option<PathBuf>,
    /// File to write: .bam or .cram (sorted, with its index), or .sam; - is standard output
    #[arg(short, long, value_name = "FILE")]
    pub out: PathBuf,
    /// Order of the records: sorted and duplicates marked, or as the reads come, written at once
    #[arg(long, value_name = "ORDER", value_enum, default_value_t = Order::Coordinate)]
    pub order: Order,
    /// Format to write [default: by the name of --out; where that says nothing BAM when sorted, else SAM]
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub output_format: Option<OutputFormat>,
    /// The BAM.
    #[command(flatten)]
    pub bam: BamArgs,
    /// Whether work is kept.
    #[command(flatten)]
    pub resume: ResumeArgs,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// The order of the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// By place in the genome, duplicates marked
    Coordinate,
    /// As the reads come, those of a template together; duplicates are not marked
    Input,
}

/// The format of the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// Text
    Sam,
    /// Packed and compressed
    Bam,
    /// As differences from the reference; sorted only
    Cram,
}

impl From<OutputFormat> for FileFormat {
    fn from(format: OutputFormat) -> Self {
        match format {
            OutputFormat::Sam => Self::Sam,
            OutputFormat::Bam => Self::Bam,
            OutputFormat::Cram => Self::Cram,
        }
    }
}
