//! Options of `rihla identity`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::BriefRunArgs;

/// `rihla identity`.
#[derive(Args)]
pub struct IdentityArgs {
    /// Fingerprints (NAME.fingerprint.vcf.gz of germline), or other VCF or gVCF with genotypes (plain, gzip or bgzip); all samples of
    /// each are compared
    #[arg(value_name = "VCF", required = true)]
    pub files: Vec<PathBuf>,
    /// Panel of sites to compare at, as for germline [default: that of the first fingerprint]
    #[arg(long, value_name = "FILE")]
    pub sites: Option<PathBuf>,
    /// Beginning of the names of the outputs: P.identity.tsv, and P.pairs.tsv and P.samples.tsv in somalier's form
    #[arg(short, long, value_name = "P", help_heading = "Outputs")]
    pub out: Option<PathBuf>,
    /// Logarithm to base 10 of how much likelier one thing must be than another to be said
    #[arg(long, value_name = "LOD", default_value_t = 5.0, value_parser = parse_lod, help_heading = "What should be")]
    pub lod: f64,
    /// What all samples should be
    #[arg(long, value_name = "WHAT", value_enum, conflicts_with = "groups", help_heading = "What should be")]
    pub expect: Option<Expect>,
    /// Table of samples and people (two columns between tabs or commas): samples of one person should be the same, all others not
    #[arg(long, value_name = "FILE", help_heading = "What should be")]
    pub groups: Option<PathBuf>,
    /// Exit with code 1 when a pair is not what it should be, or that is not sure
    #[arg(long, help_heading = "What should be")]
    pub gate: bool,
    /// How to run.
    #[command(flatten)]
    pub run: BriefRunArgs,
}

/// What samples should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Expect {
    /// All of one person
    Same,
    /// Each of another person
    Different,
}

fn parse_lod(text: &str) -> Result<f64, String> {
    let lod = text.parse().ok().filter(|lod: &f64| lod.is_finite() && *lod >= 0.0);
    lod.ok_or_else(|| "give a number from 0 upward, such as 5 for a hundred thousand to one".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_numbers() {
        assert_eq!(parse_lod("3.5"), Ok(3.5));
        for bad in ["-1", "NaN", "inf", "x"] {
            assert!(parse_lod(bad).is_err(), "{bad}");
        }
    }
}
