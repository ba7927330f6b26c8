//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use rihla_fastq::QualityOffset;

use crate::memory::ByteSize;

mod align;
mod alignment;
mod check;
mod compare;
mod doctor;
#[cfg(test)]
mod documented;
mod duplicates;
mod gvcf;
mod identity;
mod panel;
mod ploidy;
mod profile;
mod report;
mod resume;
mod scatter;
mod score;
mod shell;
mod simulate;
mod trim;
mod verdict;
mod verify;
mod written;

pub use align::{AlignArgs, Order};
pub use alignment::{AlignmentArgs, Clips};
pub use check::CheckArgs;
pub use compare::{CompareArgs, CompareInputs};
pub use doctor::DoctorArgs;
pub use duplicates::DuplicateArgs;
pub use gvcf::GvcfArgs;
pub use identity::{Expect, IdentityArgs};
pub use panel::PanelArgs;
pub use ploidy::{PloidyArgs, SexArg};
pub use profile::ProfileArgs;
pub use report::ReportArgs;
pub use resume::ResumeArgs;
pub use scatter::{GatherArgs, ScatterArgs};
pub use score::ScoreArgs;
pub use shell::{CompletionsArgs, ManArgs};
pub use simulate::{DemoArgs, SimulateArgs, SimulationArgs, VariantArgs};
pub use trim::{PolyG, TrimArgs};
pub use verdict::VerdictArgs;
pub use verify::VerifyArgs;
pub use written::{BamArgs, CramVersionArg, KeptFormat, VariantFormat};

/// Short sequencing reads all the way: FASTQ in, sorted duplicate-marked BAM and VCF out.
#[derive(Parser)]
#[command(
    name = "rihla",
    arg_required_else_help = true,
    args_conflicts_with_subcommands = true,
    max_term_width = 100
)]
pub struct Cli {
    /// Print the version, one line
    #[arg(short = 'V', long)]
    pub version: bool,
    /// With --version: how this program was built, what this CPU makes of it, and versions of formats
    #[arg(long, requires = "version")]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The subcommands.
#[derive(Subcommand)]
pub enum Command {
    /// Build the index of a reference: REF.fa.rhx beside REF.fa
    Index(IndexArgs),
    /// The main job: FASTQ, BAM or CRAM to BAM or CRAM, VCF, metrics and a report
    Germline(GermlineArgs),
    /// Read all FASTQ of a run to the end and say whether it is sound
    Check(CheckArgs),
    /// FASTQ to a sorted, duplicate-marked BAM or CRAM, or to SAM as the reads come
    Align(AlignArgs),
    /// A sorted, indexed BAM or CRAM to VCF
    Call(CallArgs),
    /// Cut the genome into parts of like work, for rihla call --part on several machines
    Scatter(ScatterArgs),
    /// Put the parts of a call together, as the run without parts would have written it
    Gather(GatherArgs),
    /// Judge calls against a truth set, by haplotype
    Compare(CompareArgs),
    /// Say whether samples are of one person, of relatives or of strangers
    Identity(IdentityArgs),
    /// Make a diploid truth and its reads from a seed, for any reference
    Simulate(Box<SimulateArgs>),
    /// Learn how a sequencer's reads look, for simulate --profile
    Profile(ProfileArgs),
    /// The page of a sample, or of a batch of samples, from their metrics
    Report(ReportArgs),
    /// Check that the files of a run are as its manifest says
    Verify(VerifyArgs),
    /// See it work: simulate a small genome, run the main job on it, score the calls
    Demo(DemoArgs),
    /// Look whether runs will go well here: machine, disks, reference, index, and a small run of known results
    Doctor(DoctorArgs),
    /// Print the completions of a shell
    Completions(CompletionsArgs),
    /// Write the man pages
    Man(ManArgs),
}

/// Options that every long-running command has.
#[derive(Args, Clone)]
pub struct RunArgs {
    /// Threads to use [default: all cores]
    #[arg(short = 't', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Running")]
    pub threads: Option<u16>,
    /// Memory to stay below, beside the mapped index; at least 272M and 28M for each thread
    #[arg(long, value_name = "SIZE", default_value = "8G", help_heading = "Running")]
    pub memory: ByteSize,
    /// Folder for temporary files [default: $TMPDIR, else the output's folder]
    #[arg(long, value_name = "DIR", help_heading = "Running")]
    pub tmp_dir: Option<PathBuf>,
    /// Start even where memory or free space are less than the reads seem to need
    #[arg(long, help_heading = "Running", hide_short_help = true)]
    pub skip_space_check: bool,
    /// Say nothing but warnings and errors
    #[arg(short, long, help_heading = "Running")]
    pub quiet: bool,
    /// Kernels to use; every level gives the same bytes [default: the CPU's best]
    #[arg(long, value_name = "LEVEL", help_heading = "Running", hide_short_help = true, value_parser = ["scalar", "sse4.1", "avx2", "avx512", "neon"])]
    pub simd: Option<String>,
}

/// Those of them that a command needs which keeps little in memory and no temporary files.
#[derive(Args, Clone)]
pub struct BriefRunArgs {
    /// Threads to use [default: all cores]
    #[arg(short = 't', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Running")]
    pub threads: Option<u16>,
    /// Say nothing but warnings and errors
    #[arg(short, long, help_heading = "Running")]
    pub quiet: bool,
}

impl From<&BriefRunArgs> for RunArgs {
    fn from(args: &BriefRunArgs) -> Self {
        let unlimited = ByteSize(u64::MAX);
        Self {
            threads: args.threads,
            memory: unlimited,
            tmp_dir: None,
            skip_space_check: true,
            quiet: args.quiet,
            simd: None,
        }
    }
}

/// The reference and its index.
#[derive(Args, Clone)]
pub struct ReferenceArgs {
    /// Reference FASTA (plain, gzip or bgzip)
    #[arg(short, long = "ref", value_name = "FASTA")]
    pub reference: PathBuf,
    /// Its index; built when it is not there [default: FASTA.rhx]
    #[arg(long, value_name = "FILE")]
    pub index: Option<PathBuf>,
}

/// The reads of one sample.
#[derive(Args, Clone)]
pub struct SampleArgs {
    /// The reads, lane by lane.
    #[command(flatten)]
    pub reads: ReadsArgs,
    /// What is taken of the reads: reads, which are aligned, those of a BAM or CRAM anew; or the alignments of BAM and CRAM as they are
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    pub from: ReadsFrom,
    /// Sample sheet that lists the lanes: nf-core's, sarek's, or DRAGEN's fastq_list.csv
    #[arg(long, value_name = "CSV", conflicts_with = "reads")]
    pub sheet: Option<PathBuf>,
    /// Each FASTQ holds both ends, the two reads of each pair one behind the other
    #[arg(long)]
    pub interleaved: bool,
    /// Letter of quality 0: 33, or 64 for Illumina's before 2011 [default: 33, refused where it looks like 64]
    #[arg(long, value_name = "33|64")]
    pub quality_offset: Option<QualityOffset>,
    /// How reads are trimmed.
    #[command(flatten)]
    pub trim: TrimArgs,
    /// Sample name: SM of the read groups, the VCF's column, the name of the outputs [default: the only one of --sheet, or of the read groups of a BAM or CRAM]
    #[arg(short, long, value_name = "NAME", value_parser = parse_sample)]
    pub sample: Option<String>,
    /// Library (LB of the read groups); duplicates are looked for inside one [default: RGLB of --sheet, else the sample's name]
    #[arg(long, value_name = "NAME", value_parser = parse_sample)]
    pub library: Option<String>,
}

/// What is taken of the files of reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReadsFrom {
    /// The reads: they are aligned, whatever alignments they have
    #[default]
    Reads,
    /// The records of BAM and CRAM as they are; duplicates are marked anew
    Bam,
}

/// FASTQ files, lane by lane: clap's derive does not keep apart what is given by turns.
#[derive(Clone, Debug, Default)]
pub struct ReadsArgs {
    /// For each lane the file of one end, or those of both.
    pub lanes: Vec<Vec<PathBuf>>,
}

impl Args for ReadsArgs {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.arg(
            clap::Arg::new("reads")
                .long("reads")
                .value_name("FILE")
                .num_args(1..=2)
                .action(clap::ArgAction::Append)
                .value_parser(clap::value_parser!(PathBuf))
                .required_unless_present("sheet")
                .help(
                    "FASTQ of one end, or of both ends (plain, gzip, bgzip or zstd; - for standard input), \
                     or a BAM or CRAM, aligned or not, whose reads are aligned anew (but see --from); once more \
                     for each further lane; also s3:// and https://, in programs built with object stores",
                ),
        )
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for ReadsArgs {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
        let lanes = matches.get_occurrences::<PathBuf>("reads").into_iter().flatten();
        Ok(Self { lanes: lanes.map(|lane| lane.cloned().collect()).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// `rihla index`.
#[derive(Args)]
pub struct IndexArgs {
    /// Reference FASTA (plain, gzip or bgzip)
    #[arg(value_name = "FASTA")]
    pub reference: PathBuf,
    /// Where to write the index [default: FASTA.rhx]
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Check the index that is there, every byte of it, instead of building one
    #[arg(long)]
    pub check: bool,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// `rihla germline`.
#[derive(Args)]
pub struct GermlineArgs {
    /// The reference.
    #[command(flatten)]
    pub reference: ReferenceArgs,
    /// The reads.
    #[command(flatten)]
    pub sample: SampleArgs,
    /// How to align.
    #[command(flatten)]
    pub alignment: AlignmentArgs,
    /// How duplicates are told.
    #[command(flatten)]
    pub duplicates: DuplicateArgs,
    /// Folder (or s3://BUCKET/PREFIX) for NAME.bam or .cram, NAME.vcf.gz or .bcf, their indexes, NAME.metrics.json,
    /// NAME.report.html, NAME.duplicate_metrics.txt, what MultiQC reads, and NAME.manifest.json
    #[arg(short, long, value_name = "DIR")]
    pub out_dir: PathBuf,
    /// Format of the alignments
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub output_format: KeptFormat,
    /// Format of the variants, and of the gVCF
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub vcf_format: VariantFormat,
    /// Call variants only here (BED)
    #[arg(long, value_name = "BED")]
    pub regions: Option<PathBuf>,
    /// Report the depth of each of these regions and of each name (the fourth column: a gene) that they have (BED) [default: --regions]
    #[arg(long, value_name = "BED")]
    pub coverage_regions: Option<PathBuf>,
    /// Judge and write these alleles, too, whatever the reads say (VCF, plain or compressed)
    #[arg(long, value_name = "VCF")]
    pub alleles: Option<PathBuf>,
    /// Write SNPs on one chromosome copy, at most so many bases apart, as one record; 0: each has its own
    #[arg(long, value_name = "BASES", default_value_t = 0, value_parser = clap::value_parser!(u8).range(..=20))]
    pub max_mnp_distance: u8,
    /// Write GATK's AS_ annotations, too: AS_FS, AS_MQ, AS_QD and others, of each ALT allele by itself
    #[arg(long)]
    pub allele_annotations: bool,
    /// Scores of calls.
    #[command(flatten)]
    pub score: ScoreArgs,
    /// Write NAME.g.vcf.gz (NAME.g.bcf), too: every base called, the reference in blocks, for joint genotyping
    #[arg(long)]
    pub gvcf: bool,
    /// The gVCF.
    #[command(flatten)]
    pub gvcf_form: GvcfArgs,
    /// Copies of the chromosomes.
    #[command(flatten)]
    pub ploidy: PloidyArgs,
    /// Who the sample is.
    #[command(flatten)]
    pub panel: PanelArgs,
    /// The BAM.
    #[command(flatten)]
    pub bam: BamArgs,
    /// The verdict and the report.
    #[command(flatten)]
    pub verdict: VerdictArgs,
    /// Whether work is kept.
    #[command(flatten)]
    pub resume: ResumeArgs,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// `rihla call`.
#[derive(Args)]
pub struct CallArgs {
    /// The reference.
    #[command(flatten)]
    pub reference: ReferenceArgs,
    /// Coordinate-sorted, indexed BAM or CRAM
    #[arg(short, long, value_name = "BAM")]
    pub bam: PathBuf,
    /// VCF or BCF to write: .vcf.gz or .bcf (with index), .vcf, or - for standard output as VCF
    #[arg(short, long, value_name = "VCF")]
    pub out: PathBuf,
    /// Sample name for the VCF [default: SM of the BAM's read group]
    #[arg(short, long, value_name = "NAME", value_parser = parse_sample)]
    pub sample: Option<String>,
    /// Call variants only here (BED)
    #[arg(long, value_name = "BED")]
    pub regions: Option<PathBuf>,
    /// Write only the lines that begin here (BED), as a part of the run for rihla gather
    #[arg(long, value_name = "BED")]
    pub part: Option<PathBuf>,
    /// Judge and write these alleles, too, whatever the reads say (VCF, plain or compressed)
    #[arg(long, value_name = "VCF")]
    pub alleles: Option<PathBuf>,
    /// Write SNPs on one chromosome copy, at most so many bases apart, as one record; 0: each has its own
    #[arg(long, value_name = "BASES", default_value_t = 0, value_parser = clap::value_parser!(u8).range(..=20))]
    pub max_mnp_distance: u8,
    /// Write GATK's AS_ annotations, too: AS_FS, AS_MQ, AS_QD and others, of each ALT allele by itself
    #[arg(long)]
    pub allele_annotations: bool,
    /// Scores of calls.
    #[command(flatten)]
    pub score: ScoreArgs,
    /// gVCF to write, too (.g.vcf.gz, .g.bcf, .g.vcf): every base called, the reference in blocks, for joint genotyping
    #[arg(long, value_name = "GVCF")]
    pub gvcf: Option<PathBuf>,
    /// The gVCF.
    #[command(flatten)]
    pub gvcf_form: GvcfArgs,
    /// Copies of the chromosomes.
    #[command(flatten)]
    pub ploidy: PloidyArgs,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// Names go into headers and file names, so they may hold nothing that breaks either.
///
/// # Errors
/// What names may hold.
pub fn parse_sample(text: &str) -> Result<String, String> {
    let fine = |c: char| c.is_ascii_graphic() && !"/\\\"'<>|*?,;=".contains(c);
    if text.is_empty() || !text.chars().all(fine) || text.starts_with(['.', '-']) {
        return Err("use letters, digits and . _ - + : # @ (no blanks, slashes or quotes)".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sample_names_are_checked() {
        assert!(parse_sample("NA12878").is_ok() && parse_sample("lab-7_a.1").is_ok());
        for bad in ["", "a b", "../x", "a/b", "x\"y", "-o"] {
            assert!(parse_sample(bad).is_err(), "{bad}");
        }
    }
}
