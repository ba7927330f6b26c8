//! Options of `rihla profile`.

use std::path::PathBuf;

use clap::Args;
use rihla_fastq::QualityOffset;

use super::RunArgs;

/// `rihla profile`.
#[derive(Args)]
pub struct ProfileArgs {
    /// FASTQ of one end, or of both ends, as the sequencer gave them: qualities, N, and what overlapping
    /// mates show
    #[arg(long, value_name = "FASTQ", num_args = 1..=2, required_unless_present = "bam", conflicts_with = "bam")]
    pub reads: Vec<PathBuf>,
    /// Letter of quality 0 in FASTQ: 33, or 64 for Illumina's before 2011 [default: 33, refused where it looks like 64]
    #[arg(long, value_name = "33|64", conflicts_with = "bam")]
    pub quality_offset: Option<QualityOffset>,
    /// Coordinate-sorted, indexed BAM: everything that a profile holds
    #[arg(short, long, value_name = "BAM", requires = "reference")]
    pub bam: Option<PathBuf>,
    /// Reference FASTA of the BAM (plain, gzip or bgzip)
    #[arg(short, long = "ref", value_name = "FASTA", requires = "bam")]
    pub reference: Option<PathBuf>,
    /// Profile to write
    #[arg(short, long, value_name = "JSON")]
    pub out: PathBuf,
    /// Its name [default: the file's]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Which reads it was learnt from, in words, for people [default: the inputs' names]
    #[arg(long, value_name = "TEXT")]
    pub source: Option<String>,
    /// Reads to learn from: the first of FASTQ; of a BAM, those in windows spread evenly over it
    #[arg(long, value_name = "N", default_value_t = 2_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub max_reads: u64,
    /// Count each quality as the nearest of these, as for a sequencer that tells only these apart:
    /// 2,12,23,37 for NovaSeq
    #[arg(long, value_name = "Q,Q,...", value_delimiter = ',', value_parser = clap::value_parser!(u8).range(0..=49))]
    pub quality_bins: Vec<u8>,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
}
