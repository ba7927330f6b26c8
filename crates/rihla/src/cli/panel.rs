//! Options of panels of common SNPs.

use std::path::PathBuf;

use clap::Args;

/// Checks of who the sample is.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Sample checks")]
pub struct PanelArgs {
    /// Common SNPs at which contamination is estimated and NAME.fingerprint.vcf.gz is made: a table (contig, start from 0, end, REF, ALT,
    /// frequency of ALT), a VCF with AF in INFO (plain or compressed), or a haplotype map of Picard
    #[arg(long, value_name = "FILE")]
    pub sites: Option<PathBuf>,
    /// Fingerprint, or other VCF with genotypes, of the person that the sample should be of
    #[arg(long, value_name = "VCF", requires = "sites")]
    pub identity_of: Option<PathBuf>,
}
