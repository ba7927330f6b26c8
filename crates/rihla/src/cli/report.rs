//! `rihla report`.

use std::path::PathBuf;

use clap::Args;
use rihla_qc::page::Language;

/// `rihla report`.
#[derive(Args)]
pub struct ReportArgs {
    /// Metrics (NAME.metrics.json), or folders that hold them, themselves or in folders right below
    #[arg(value_name = "PATH", required_unless_present = "print_verdicts")]
    pub paths: Vec<PathBuf>,
    /// Page to write [default: NAME.report.html of one sample, batch.report.html of several, in the current folder]
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Judge the samples anew by these limits: a TOML file, or genome or targeted [default: the verdicts that the metrics hold]
    #[arg(long, value_name = "FILE")]
    pub verdicts: Option<PathBuf>,
    /// Language of the page: en or fr
    #[arg(long, value_name = "LANGUAGE", default_value_t)]
    pub language: Language,
    /// End with exit code 1 where a verdict is FAIL; the page is written all the same
    #[arg(long)]
    pub gate: bool,
    /// Print limits that come with the program, to be edited, and do nothing else
    #[arg(long, value_name = "NAME", value_parser = ["genome", "targeted"], conflicts_with_all = ["paths", "out", "verdicts", "gate"])]
    pub print_verdicts: Option<String>,
    /// Say nothing but warnings and errors
    #[arg(short, long)]
    pub quiet: bool,
}
