//! Options of `rihla compare`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{BriefRunArgs, parse_sample};

/// `rihla compare`.
#[derive(Args)]
pub struct CompareArgs {
    /// What is read.
    #[command(flatten)]
    pub inputs: CompareInputs,
    /// What counts.
    #[command(flatten)]
    pub rules: CompareRules,
    /// Beginning of the names of the outputs: P.summary.csv, P.extended.csv, P.pr.csv, P.metrics.json, P.vcf.gz
    #[arg(short, long, value_name = "P", help_heading = "Outputs")]
    pub out_prefix: PathBuf,
    /// Exit with code 1 when a value of the calls that pass is lower than this: snp.f1=0.995,indel.recall=0.98,
    /// NAME:snp.precision=0.99 (of a stratum)
    #[arg(long, value_name = "LIST", help_heading = "Outputs")]
    pub fail_below: Option<String>,
    /// How to run.
    #[command(flatten)]
    pub run: BriefRunArgs,
}

/// What is compared.
#[derive(Args)]
#[command(next_help_heading = "Inputs")]
pub struct CompareInputs {
    /// Reference FASTA (plain, gzip or bgzip); when it is plain or bgzip one contig at a time is in memory
    #[arg(short, long = "ref", value_name = "FASTA")]
    pub reference: PathBuf,
    /// True variants: VCF in the reference's order (plain, gzip or bgzip; no index is needed)
    #[arg(long, value_name = "VCF")]
    pub truth: PathBuf,
    /// Calls to judge: VCF like the truth; - for standard input
    #[arg(long, value_name = "VCF")]
    pub query: PathBuf,
    /// Confident regions of the truth; calls outside are counted, but not judged [default: everywhere]
    #[arg(long, value_name = "BED")]
    pub bed: Option<PathBuf>,
    /// A part of the reference to report apart; may be repeated
    #[arg(long, value_name = "NAME=BED", value_parser = parse_stratum)]
    pub strata: Vec<(String, PathBuf)>,
    /// Sample of the truth [default: the only one]
    #[arg(long, value_name = "NAME")]
    pub truth_sample: Option<String>,
    /// Sample of the calls [default: the only one]
    #[arg(long, value_name = "NAME")]
    pub query_sample: Option<String>,
}

impl CompareInputs {
    /// All files that are read.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let strata = self.strata.iter().map(|(_, path)| path);
        [&self.reference, &self.truth, &self.query]
            .into_iter()
            .chain(&self.bed)
            .chain(strata)
            .map(PathBuf::as_path)
    }
}

/// What has to agree.
#[derive(Args)]
#[command(next_help_heading = "What counts")]
pub struct CompareRules {
    /// Compare alleles, not genotypes; a file without samples is then compared by its ALT alleles
    #[arg(long)]
    pub ignore_genotype: bool,
    /// Do not ask that phases agree where both sides have them
    #[arg(long)]
    pub ignore_phase: bool,
}

/// `NAME=BED`.
fn parse_stratum(text: &str) -> Result<(String, PathBuf), String> {
    let (name, path) = text.split_once('=').ok_or("write NAME=BED, such as easy=easy.bed")?;
    let name = parse_sample(name)?;
    if name == "CONF" {
        return Err(
            "CONF is what the annotated VCF calls the confident regions; take another name".to_owned()
        );
    }
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
        for bad in ["easy.bed", "=x.bed", "easy=", "a b=x.bed", "*=x", "CONF=x"] {
            assert!(parse_stratum(bad).is_err(), "{bad}");
        }
    }
}
