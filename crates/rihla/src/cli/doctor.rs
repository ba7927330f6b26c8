//! `rihla doctor`.

use std::path::PathBuf;

use clap::Args;

use super::RunArgs;

/// `rihla doctor`.
#[derive(Args)]
pub struct DoctorArgs {
    /// Reference to look at, too, with its index (plain, gzip or bgzip)
    #[arg(short, long = "ref", value_name = "FASTA")]
    pub reference: Option<PathBuf>,
    /// Its index [default: FASTA.rhx]
    #[arg(long, value_name = "FILE", requires = "reference")]
    pub index: Option<PathBuf>,
    /// Print JSON in place of lines
    #[arg(long)]
    pub json: bool,
    /// Leave out the small run, which takes some seconds
    #[arg(long)]
    pub skip_trial: bool,
    /// How runs shall be: each of these is held against the machine.
    #[command(flatten)]
    pub run: RunArgs,
}
