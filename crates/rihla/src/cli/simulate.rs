//! Options of `rihla simulate` and `rihla demo`.

use std::path::PathBuf;

use clap::Args;
use rihla_testkit::Sex;

use super::{RunArgs, parse_sample};

/// How a sample is sequenced.
#[derive(Args, Clone)]
pub struct SimulationArgs {
    /// The one number that fixes everything
    #[arg(long, value_name = "N", default_value_t = 42, help_heading = "Reads")]
    pub seed: u64,
    /// Mean depth of the reads, duplicates included
    #[arg(long, value_name = "X", default_value_t = 30.0, help_heading = "Reads")]
    pub depth: f64,
    /// Length of a read
    #[arg(long, value_name = "BASES", default_value_t = 150, help_heading = "Reads")]
    pub read_length: u16,
    /// How reads look: novaseq, hiseq, hiseqx, or a profile that `rihla profile` learnt
    #[arg(long, value_name = "NAME|JSON", default_value = "novaseq", help_heading = "Reads")]
    pub profile: String,
    /// Mean length of a fragment [default: 400, or as in the profile that was learnt]
    #[arg(long, value_name = "BASES", help_heading = "Reads")]
    pub insert_mean: Option<f64>,
    /// Standard deviation of the fragments' length [default: 80, or as in the profile that was learnt]
    #[arg(long, value_name = "BASES", help_heading = "Reads")]
    pub insert_sd: Option<f64>,
    /// Coverage that does not depend on GC as the profile says
    #[arg(long, help_heading = "Reads")]
    pub even_coverage: bool,
    /// Share of the places, on each strand, where reads repeat one error: 0.001 is usual [default: none]
    #[arg(long, value_name = "SHARE", help_heading = "Reads")]
    pub systematic_errors: Option<f64>,
    /// Share of pairs that are duplicates
    #[arg(long, value_name = "SHARE", default_value_t = 0.05, help_heading = "Reads")]
    pub duplicates: f64,
    /// Share of the duplicates that are optical
    #[arg(long, value_name = "SHARE", default_value_t = 0.2, help_heading = "Reads")]
    pub optical: f64,
}

impl Default for SimulationArgs {
    /// What the command line gives when none of them is used.
    fn default() -> Self {
        #[derive(clap::Parser)]
        struct Alone {
            #[command(flatten)]
            args: SimulationArgs,
        }
        let Alone { args } = clap::Parser::parse_from(["rihla"]);
        args
    }
}

/// The variants of the sample.
#[derive(Args, Clone)]
#[command(next_help_heading = "Variants")]
pub struct VariantArgs {
    /// Real variants to put into the sample in place of random ones (VCF, plain or gzip; phased or not)
    #[arg(long, value_name = "VCF")]
    pub variants: Option<PathBuf>,
    /// Sample of that VCF [default: its first]
    #[arg(long, value_name = "NAME", requires = "variants")]
    pub variants_sample: Option<String>,
    /// Random variants besides those of --variants, away from them
    #[arg(long, requires = "variants")]
    pub add_random: bool,
    /// Random SNVs a base
    #[arg(long, value_name = "RATE", default_value_t = 1e-3)]
    pub snv_rate: f64,
    /// Indels for each SNV
    #[arg(long, value_name = "RATIO", default_value_t = 0.125)]
    pub indels_per_snv: f64,
    /// Transitions for each transversion
    #[arg(long, value_name = "RATIO", default_value_t = 2.1)]
    pub titv: f64,
    /// Share of heterozygous sites
    #[arg(long, value_name = "SHARE", default_value_t = 0.6)]
    pub het_share: f64,
    /// Share of sites with two ALT alleles
    #[arg(long, value_name = "SHARE", default_value_t = 0.005)]
    pub multiallelic: f64,
    /// Share of the indels that add or remove copies in tandem repeats
    #[arg(long, value_name = "SHARE", default_value_t = 0.5)]
    pub repeat_share: f64,
    /// Share of the SNVs that are two or three adjacent bases
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    pub mnp_share: f64,
    /// Share of the indels outside repeats that replace bases by others of another number
    #[arg(long, value_name = "SHARE", default_value_t = 0.02)]
    pub complex_share: f64,
    /// Longest random indel
    #[arg(long, value_name = "BASES", default_value_t = 49)]
    pub longest_indel: u32,
}

/// What the sample's cells hold.
#[derive(Args, Clone)]
#[command(next_help_heading = "Sex and ploidy")]
pub struct KaryotypeArgs {
    /// Sex of the sample (of the child with --trio): female or male
    #[arg(long, value_name = "SEX", default_value_t = Sex::Female)]
    pub sex: Sex,
    /// Copies of the mitochondrial genome in a cell
    #[arg(long, value_name = "N", default_value_t = 100.0)]
    pub mito_copies: f64,
    /// Pseudoautosomal regions of X and Y [default: those of GRCh37, GRCh38 or T2T-CHM13, told by the contigs' lengths]
    #[arg(long, value_name = "BED")]
    pub par: Option<PathBuf>,
}

/// Somebody else's DNA in the sample.
#[derive(Args, Clone)]
#[command(next_help_heading = "Contamination")]
pub struct ContaminationArgs {
    /// Share of the cells that are of a second person
    #[arg(long, value_name = "SHARE")]
    pub contamination: Option<f64>,
    /// The second person's variants [default: random ones of the same population]
    #[arg(long, value_name = "VCF", requires = "contamination")]
    pub contaminant_variants: Option<PathBuf>,
    /// Sample of that VCF [default: its first]
    #[arg(long, value_name = "NAME", requires = "contaminant_variants")]
    pub contaminant_sample: Option<String>,
    /// The second person's sex
    #[arg(long, value_name = "SEX", default_value_t = Sex::Female, requires = "contamination")]
    pub contaminant_sex: Sex,
}

/// A tumor and its normal sample.
#[derive(Args, Clone)]
#[command(next_help_heading = "Tumor and normal")]
pub struct TumorArgs {
    /// Share of the tumor sample's cells that are the tumor's; makes a tumor and a normal sample
    #[arg(long, value_name = "SHARE", conflicts_with_all = ["contamination", "trio"])]
    pub tumor_purity: Option<f64>,
    /// Random somatic variants in a million bases
    #[arg(long, value_name = "N", default_value_t = 5.0, requires = "tumor_purity")]
    pub somatic_rate: f64,
    /// Shares of the tumor's cells in subclones, separated by commas; no cell is in two
    #[arg(long, value_name = "SHARE,...", value_delimiter = ',', requires = "tumor_purity")]
    pub subclones: Vec<f64>,
    /// Somatic variants in place of random ones (VCF, with or without genotypes)
    #[arg(long, value_name = "VCF", requires = "tumor_purity", conflicts_with = "somatic_rate")]
    pub somatic: Option<PathBuf>,
    /// Depth of the normal sample [default: --depth]
    #[arg(long, value_name = "X", requires = "tumor_purity")]
    pub normal_depth: Option<f64>,
}

/// A child and its parents.
#[derive(Args, Clone)]
#[command(next_help_heading = "Trio")]
pub struct TrioArgs {
    /// Make a child, its father and its mother
    #[arg(long, conflicts_with_all = ["contamination", "variants_sample"])]
    pub trio: bool,
    /// The father's sample of --variants, which must be phased
    #[arg(long, value_name = "NAME", requires_all = ["trio", "variants", "mother_sample"])]
    pub father_sample: Option<String>,
    /// The mother's sample of --variants
    #[arg(long, value_name = "NAME", requires_all = ["trio", "variants", "father_sample"])]
    pub mother_sample: Option<String>,
    /// De novo variants of the child [default: 2.4 in 100 million bases]
    #[arg(long, value_name = "N", requires = "trio")]
    pub de_novo: Option<u32>,
}

/// `rihla simulate`.
#[derive(Args)]
pub struct SimulateArgs {
    /// Reference FASTA (plain, gzip or bgzip)
    #[arg(short, long = "ref", value_name = "FASTA")]
    pub reference: PathBuf,
    /// Folder for reads_1.fq.gz, reads_2.fq.gz, truth.vcf.gz, truth.vcf.gz.tbi and truth.bed; with a tumor or
    /// a trio for a folder of each sample
    #[arg(short, long, value_name = "DIR")]
    pub out_dir: PathBuf,
    /// The sample's name in the truth VCF
    #[arg(long, value_name = "NAME", default_value = "SIM", value_parser = parse_sample)]
    pub sample: String,
    /// Write origin.tsv.gz too: where each read comes from
    #[arg(long)]
    pub origins: bool,
    /// The reads.
    #[command(flatten)]
    pub simulation: SimulationArgs,
    /// The variants.
    #[command(flatten)]
    pub variants: VariantArgs,
    /// The cells.
    #[command(flatten)]
    pub karyotype: KaryotypeArgs,
    /// A second person.
    #[command(flatten)]
    pub contamination: ContaminationArgs,
    /// A tumor.
    #[command(flatten)]
    pub tumor: TumorArgs,
    /// A family.
    #[command(flatten)]
    pub trio: TrioArgs,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// `rihla demo`.
#[derive(Args)]
pub struct DemoArgs {
    /// Folder for all files of the demonstration
    #[arg(short, long, value_name = "DIR", default_value = "rihla-demo")]
    pub out_dir: PathBuf,
    /// Length of the genome
    #[arg(long, value_name = "BASES", default_value_t = 3_000_000)]
    pub genome_length: u32,
    /// The simulation.
    #[command(flatten)]
    pub simulation: SimulationArgs,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
}
