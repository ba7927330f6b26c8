//! How many copies of which chromosome a sample has.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Options of sex and ploidy.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Sex and ploidy")]
pub struct PloidyArgs {
    /// Sex of the sample, for X, Y and the mitochondrion; auto: told by the reads on X and Y; none: two copies of everything
    #[arg(long, value_name = "SEX", value_enum, default_value_t)]
    pub sex: SexArg,
    /// Copies of every chromosome, of a sample that is not human; sex is not looked at
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=8), conflicts_with = "sex")]
    pub ploidy: Option<u8>,
    /// Pseudoautosomal regions of X and Y [default: those of GRCh37, GRCh38 or T2T-CHM13, told by the contigs' lengths]
    #[arg(long, value_name = "BED", conflicts_with = "ploidy")]
    pub par: Option<PathBuf>,
}

/// Sexes on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SexArg {
    /// Told by the reads.
    #[default]
    Auto,
    /// Two X.
    Female,
    /// X and Y.
    Male,
    /// Two copies of everything.
    None,
}
