//! Options of `rihla compare`.

use std::path::PathBuf;

use clap::Args;

use super::{RunArgs, parse_sample};

/// `rihla compare`.
#[derive(Args)]
pub struct CompareArgs {
    /// Reference FASTA (plain, gzip or bgzip); a contig at a time is held when it is plain or has a .gzi
    #[arg(short, long = "ref", value_name = "FASTA")]
    pub reference: PathBuf,
    /// True variants: sorted VCF (plain or compressed)
    #[arg(long, value_name = "VCF")]
    pub truth: PathBuf,
    /// Calls to judge: sorted VCF (plain or compressed)
    #[arg(long, value_name = "VCF")]
    pub query: PathBuf,
    /// Confident regions of the truth; calls outside are counted, but not judged [default: everywhere]
    #[arg(long, value_name = "BED")]
    pub bed: Option<PathBuf>,
    /// A stratum to report apart; may be repeated
    #[arg(long, value_name = "NAME=BED", value_parser = parse_stratum)]
    pub strata: Vec<(String, PathBuf)>,
    /// Beginning of the names of the outputs: P.summary.csv, P.extended.csv, P.pr.csv, P.metrics.json, P.vcf.gz
    #[arg(short, long, value_name = "P")]
    pub out_prefix: PathBuf,
    /// Sample of the truth [default: the only one]
    #[arg(long, value_name = "NAME")]
    pub truth_sample: Option<String>,
    /// Sample of the calls [default: the only one]
    #[arg(long, value_name = "NAME")]
    pub query_sample: Option<String>,
    /// Compare alleles, not genotypes (a file without samples is then compared by its ALT alleles)
    #[arg(long)]
    pub ignore_genotype: bool,
    /// Do not ask that phases agree where both sides have them
    #[arg(long)]
    pub ignore_phase: bool,
    /// Fail (exit code 1) when a value is lower: snp.f1=0.995,indel.recall=0.98,STRATUM:snp.precision=0.99
    #[arg(long, value_name = "LIST")]
    pub fail_below: Option<String>,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// `NAME=BED`.
fn parse_stratum(text: &str) -> Result<(String, PathBuf), String> {
    let (name, path) = text.split_once('=').ok_or("write NAME=BED, such as easy=easy.bed")?;
    let name = parse_sample(name)?;
    if path.is_empty() {
        return Err(format!("stratum {name} has no BED"));
    }
    Ok((name, path.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strata_have_names() {
        assert_eq!(parse_stratum("easy=a=b.bed"), Ok(("easy".into(), "a=b.bed".into())));
        for bad in ["easy.bed", "=x.bed", "easy=", "a b=x.bed", "*=x"] {
            assert!(parse_stratum(bad).is_err(), "{bad}");
        }
    }
}
