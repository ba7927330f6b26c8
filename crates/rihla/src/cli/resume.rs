//! Whether a run goes on from what an earlier one has done.

use std::path::PathBuf;

use clap::Args;

/// Options of runs that can be resumed.
#[derive(Args, Clone, Default)]
pub struct ResumeArgs {
    /// Keep finished work beside the outputs, or in =DIR, until the run is complete; the same command started again
    /// goes on from there, and writes the same bytes
    #[arg(long, value_name = "DIR", require_equals = true, help_heading = "Running")]
    pub resume: Option<Option<PathBuf>>,
}
