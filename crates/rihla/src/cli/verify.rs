//! `rihla verify`.

use std::path::PathBuf;

use clap::Args;

use super::BriefRunArgs;

/// `rihla verify`.
#[derive(Args)]
pub struct VerifyArgs {
    /// Manifests, or folders that hold them (NAME.manifest.json)
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// Check the inputs too, where they lay then
    #[arg(long)]
    pub inputs: bool,
    /// How to run.
    #[command(flatten)]
    pub run: BriefRunArgs,
}
