//! How reads are trimmed.

use clap::{Args, ValueEnum};
use rihla_fastq::trim::LEAST_ADAPTER;

/// Options of trimming.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Trimming")]
pub struct TrimArgs {
    /// Cut adapters from the ends of reads (by the mates' overlap, else by sequence) and tails of G; no read is dropped
    #[arg(long)]
    pub trim: bool,
    /// Adapter behind first mates and single reads [default: Illumina TruSeq's and Nextera's]
    #[arg(long, value_name = "SEQ", value_parser = parse_adapter, requires = "trim")]
    pub adapter: Option<String>,
    /// Adapter behind second mates [default: that of --adapter]
    #[arg(long, value_name = "SEQ", value_parser = parse_adapter, requires = "adapter")]
    pub adapter_r2: Option<String>,
    /// Cut tails of G [default: auto]
    #[arg(long, value_name = "WHEN", value_enum, requires = "trim")]
    pub trim_poly_g: Option<PolyG>,
    /// Cut bases from the end on while the mean quality of the last four is below this [default: none are]
    #[arg(long, value_name = "Q", value_parser = clap::value_parser!(u8).range(1..=60), requires = "trim")]
    pub trim_quality: Option<u8>,
    /// A read that trimming leaves with fewer bases is kept whole, unmapped and QC-fail [default: 35]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000), requires = "trim")]
    pub min_length: Option<u16>,
}

/// When tails of G are cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PolyG {
    /// Where the names of a lane's reads tell an instrument of two colors (NextSeq, NovaSeq, MiniSeq, iSeq)
    #[default]
    Auto,
    /// Always
    On,
    /// Never
    Off,
}

/// An adapter in upper case.
fn parse_adapter(text: &str) -> Result<String, String> {
    let text = text.to_ascii_uppercase();
    if text.len() < LEAST_ADAPTER || !text.bytes().all(|letter| b"ACGT".contains(&letter)) {
        return Err(format!("an adapter is at least {LEAST_ADAPTER} letters A, C, G or T"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adapters_are_letters() {
        assert_eq!(parse_adapter("agatcggaag"), Ok("AGATCGGAAG".to_owned()));
        assert!(parse_adapter("AGATCGG").is_err() && parse_adapter("AGATCGGANN").is_err());
    }
}
