//! How a gVCF is written.

use clap::{Args, ValueEnum};
use rihla_call::Bands;
use rihla_io::vcf::SymbolicAllele;

/// Options of the gVCF.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "gVCF")]
pub struct GvcfArgs {
    /// Limits of GQ between reference blocks of a gVCF: more of them give larger files
    #[arg(long, value_name = "GQ,GQ,...", default_value_t = GqBands::default(), value_parser = parse_bands)]
    pub gvcf_gq_bands: GqBands,
    /// The allele of a gVCF that stands for all others: <NON_REF> (GATK, DRAGEN) or <*> (DeepVariant, bcftools)
    #[arg(long, value_name = "ALLELE", value_enum, default_value_t)]
    pub gvcf_alt: GvcfAllele,
}

/// Bands of GQ as they stand on the command line.
#[derive(Clone, Debug, Default)]
pub struct GqBands(pub Bands);

impl std::fmt::Display for GqBands {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let limits: Vec<String> = self.0.iter().skip(1).map(|(low, _)| low.to_string()).collect();
        f.write_str(&limits.join(","))
    }
}

fn parse_bands(text: &str) -> Result<GqBands, String> {
    let limits = text.split(',').map(|limit| limit.trim().parse()).collect::<Result<_, _>>();
    let limits =
        limits.map_err(|_| "give numbers from 1 to 99 with commas between them, as 20,40,60".to_owned())?;
    Bands::new(limits).map(GqBands)
}

/// Names of the symbolic allele.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum GvcfAllele {
    /// <NON_REF>
    #[default]
    Nonref,
    /// <*>
    Star,
}

impl GvcfAllele {
    /// As the command line has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nonref => "nonref",
            Self::Star => "star",
        }
    }
}

impl From<GvcfAllele> for SymbolicAllele {
    fn from(allele: GvcfAllele) -> Self {
        match allele {
            GvcfAllele::Nonref => Self::NonRef,
            GvcfAllele::Star => Self::Star,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_read_as_they_are_written() {
        let text = GqBands::default().to_string();
        assert_eq!(parse_bands(&text).expect("the default").0, Bands::default());
        assert_eq!(parse_bands("5, 20").expect("two").to_string(), "5,20");
        for bad in ["", "20,10", "0", "100", "ten", "5,,6"] {
            assert!(parse_bands(bad).is_err(), "{bad}");
        }
    }
}
