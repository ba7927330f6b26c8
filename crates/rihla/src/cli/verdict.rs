//! How a sample is judged, and what its report is like.

use std::path::PathBuf;

use clap::Args;
use rihla_qc::page::Language;

/// Options of the verdict.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Verdict and report")]
pub struct VerdictArgs {
    /// Limits of the verdict: a TOML file, or genome or targeted, which come with the program [default: genome; targeted where
    /// --regions are less than a tenth of the reference]
    #[arg(long, value_name = "FILE")]
    pub verdicts: Option<PathBuf>,
    /// End with exit code 1 where the verdict is FAIL; the outputs are complete all the same
    #[arg(long)]
    pub gate: bool,
    /// Language of NAME.report.html: en or fr
    #[arg(long, value_name = "LANGUAGE", default_value_t)]
    pub report_language: Language,
}
