//! Options of `rihla simulate` and `rihla demo`.

use std::path::PathBuf;

use clap::Args;

use super::RunArgs;

/// What a simulation looks like.
#[derive(Args, Clone)]
pub struct SimulationArgs {
    /// The one number that fixes everything
    #[arg(long, value_name = "N", default_value_t = 42)]
    pub seed: u64,
    /// Mean depth of the reads
    #[arg(long, value_name = "X", default_value_t = 30.0)]
    pub depth: f64,
    /// Length of a read
    #[arg(long, value_name = "BASES", default_value_t = 150)]
    pub read_length: u16,
    /// Mean length of a fragment
    #[arg(long, value_name = "BASES", default_value_t = 400.0)]
    pub insert_mean: f64,
    /// Standard deviation of the fragments' length
    #[arg(long, value_name = "BASES", default_value_t = 80.0)]
    pub insert_sd: f64,
    /// Share of pairs that are duplicates
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    pub duplicates: f64,
}

/// `rihla simulate`.
#[derive(Args)]
pub struct SimulateArgs {
    /// Reference FASTA (plain, gzip or bgzip)
    #[arg(short, long = "ref", value_name = "FASTA")]
    pub reference: PathBuf,
    /// Folder for reads_1.fq.gz, reads_2.fq.gz, truth.vcf.gz, truth.vcf.gz.tbi and truth.bed
    #[arg(short, long, value_name = "DIR")]
    pub out_dir: PathBuf,
    /// The simulation.
    #[command(flatten)]
    pub simulation: SimulationArgs,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// `rihla demo`.
#[derive(Args)]
pub struct DemoArgs {
    /// Folder for all files of the demonstration
    #[arg(short, long, value_name = "DIR", default_value = "rihla-demo")]
    pub out_dir: PathBuf,
    /// Length of the genome
    #[arg(long, value_name = "BASES", default_value_t = 3_000_000)]
    pub genome_length: u32,
    /// The simulation.
    #[command(flatten)]
    pub simulation: SimulationArgs,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
}
