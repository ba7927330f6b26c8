//! How reads are aligned.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use rihla_align::LengthModel;

/// Options of alignment that several commands have.
#[derive(Args, Clone, PartialEq)]
#[command(next_help_heading = "Alignment")]
pub struct AlignmentArgs {
    /// Lengths of the templates, for mates that face each other [default: learnt from the reads]
    #[arg(long, value_name = "MEAN[,SD[,MAX[,MIN]]]")]
    pub insert_size: Option<LengthModel>,
    /// Alignments that score less are not reported (a match counts 1)
    #[arg(long, value_name = "SCORE", default_value_t = 30, value_parser = clap::value_parser!(i32).range(1..=1000))]
    pub min_score: i32,
    /// List other places of a read in XA when there are at most so many
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub max_xa: u32,
    /// Clips of supplementary records: soft keeps the whole read in each, hard its aligned part
    #[arg(long, value_name = "HOW", value_enum, default_value_t = Clips::Soft)]
    pub supplementary_clips: Clips,
    /// Mark the further pieces of a split read secondary instead of supplementary
    #[arg(long)]
    pub mark_splits_secondary: bool,
    /// List of ALT contigs, or none [default: FASTA.alt where it is there]
    #[arg(long, value_name = "FILE")]
    pub alt: Option<PathBuf>,
}

impl Default for AlignmentArgs {
    /// What the command line gives when none of them is used.
    fn default() -> Self {
        #[derive(clap::Parser)]
        struct Alone {
            #[command(flatten)]
            args: AlignmentArgs,
        }
        let Alone { args } = clap::Parser::parse_from(["rihla"]);
        args
    }
}

/// Clips of supplementary records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Clips {
    /// Every record holds the whole read
    Soft,
    /// Supplementary records hold the aligned part alone
    Hard,
}
