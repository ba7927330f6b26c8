//! `rihla check`.

use std::path::PathBuf;

use clap::Args;
use rihla_fastq::QualityOffset;

use super::{BriefRunArgs, ReadsArgs, parse_sample};

/// `rihla check`.
#[derive(Args)]
pub struct CheckArgs {
    /// The reads, lane by lane.
    #[command(flatten)]
    pub reads: ReadsArgs,
    /// Sample sheet that lists the lanes: nf-core's, sarek's, or DRAGEN's fastq_list.csv
    #[arg(long, value_name = "CSV", conflicts_with = "reads")]
    pub sheet: Option<PathBuf>,
    /// Check the lanes of this sample only [default: all of --sheet]
    #[arg(short, long, value_name = "NAME", value_parser = parse_sample, requires = "sheet")]
    pub sample: Option<String>,
    /// Each FASTQ holds both ends, the two reads of each pair one behind the other
    #[arg(long)]
    pub interleaved: bool,
    /// Letter of quality 0: 33, or 64 for Illumina's before 2011 [default: 33, refused where it looks like 64]
    #[arg(long, value_name = "33|64")]
    pub quality_offset: Option<QualityOffset>,
    /// Write the table as JSON, too
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// How to run.
    #[command(flatten)]
    pub run: BriefRunArgs,
}
