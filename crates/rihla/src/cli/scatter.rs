//! `rihla scatter` and `rihla gather`.

use std::path::PathBuf;

use clap::Args;

use super::{BriefRunArgs, ReferenceArgs};

/// `rihla scatter`.
#[derive(Args)]
pub struct ScatterArgs {
    /// The reference.
    #[command(flatten)]
    pub reference: ReferenceArgs,
    /// How many parts
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=9999))]
    pub parts: u32,
    /// Folder for part_0001.bed, part_0002.bed, ...
    #[arg(short, long, value_name = "DIR")]
    pub out_dir: PathBuf,
    /// Give each part as many bases of these, where --regions of rihla call will be them (BED) [default: all known bases]
    #[arg(long, value_name = "BED")]
    pub regions: Option<PathBuf>,
    /// Give each part as many reads, as the index of this BAM or CRAM counts them by contig [default: bases weigh alike]
    #[arg(short, long, value_name = "BAM")]
    pub bam: Option<PathBuf>,
    /// How to run.
    #[command(flatten)]
    pub run: BriefRunArgs,
}

/// `rihla gather`.
#[derive(Args)]
pub struct GatherArgs {
    /// The parts: VCF, BCF or gVCF of rihla call --part, all of one run, in any order
    #[arg(value_name = "PART", required = true)]
    pub parts: Vec<PathBuf>,
    /// File to write, as the whole run would: .vcf.gz or .bcf (with index), .vcf, or - for standard output as VCF
    #[arg(short, long, value_name = "VCF")]
    pub out: PathBuf,
    /// Say nothing but warnings and errors
    #[arg(short, long)]
    pub quiet: bool,
}
