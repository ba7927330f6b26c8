//! `rihla simulate`: donors, their truth and their reads, for any reference.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use rihla_core::Reference;
use rihla_io::fasta::read_fasta;
use rihla_io::{AtomicSet, bed};
use rihla_testkit::options::{INSERT_MEAN, INSERT_SD};
use rihla_testkit::{
    Component, FragmentLengths, Karyotype, Layout, ReadProfile, SimulateOptions, Simulation, TestkitError,
    VariantOptions,
};

use crate::cli::{SimulateArgs, SimulationArgs, VariantArgs};
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::pipeline::provenance::CommandLine;

mod donors;
mod reads;
mod samples;
mod trio;
mod truth;
mod tumor;

use donors::{Donors, Person};
use truth::TruthFiles;

/// The sample's name in the truth VCF of a demonstration.
const SAMPLE: &str = "SIM";

/// The files of one sample.
#[derive(Clone, Debug)]
pub struct Outputs {
    /// FASTQ of the first and of the second mates.
    pub reads: [PathBuf; 2],
    /// The sample's variants; their index is beside them.
    pub truth: PathBuf,
    /// Bases where calls may be judged.
    pub confident: PathBuf,
}

impl Outputs {
    fn of(dir: &Path) -> Self {
        Self {
            reads: [1, 2].map(|mate| dir.join(format!("reads_{mate}.fq.gz"))),
            truth: dir.join("truth.vcf.gz"),
            confident: dir.join("truth.bed"),
        }
    }
}

/// What all modes work with.
struct Job<'a> {
    context: &'a Context,
    layout: &'a Arc<Layout>,
    dir: &'a Path,
    options: SimulateOptions,
    karyotype: Karyotype,
    origins: bool,
    truth: TruthFiles<'a>,
}

/// Simulates a sample of a reference.
///
/// # Errors
/// Reference missing, damaged or empty; a VCF or BED that does not fit it; options out of range; outputs not
/// writable.
pub fn run(args: &SimulateArgs) -> Result<()> {
    let context = Context::new(&args.run)?;
    let options = options(&args.simulation, variant_options(&args.variants))?;
    options.validate().map_err(usage)?;
    let reference = read_fasta(&args.reference)?;
    let par = args.karyotype.par.as_ref().map(|path| bed::read_bed(path, reference.contigs())).transpose()?;
    let layout = Layout::new(&reference, par.as_ref());
    let karyotype = karyotype(&context, &layout, args)?;
    let command = samples::command_line(args);
    let truth = TruthFiles { reference: &reference, fasta: &args.reference, command: &command };
    let job = Job {
        context: &context,
        layout: &layout,
        dir: &args.out_dir,
        options,
        karyotype,
        origins: args.origins,
        truth,
    };
    let donors = Donors::new(&job, args)?;
    let written = if args.trio.trio {
        trio::run(&job, &donors, args)?
    } else if args.tumor.tumor_purity.is_some() {
        tumor::run(&job, &donors, args)?
    } else {
        samples::run(&job, &donors, args)?
    };
    for path in written {
        context.progress.say(&format!("wrote {}", path.display()));
    }
    Ok(())
}

/// Simulates a sample of random variants of an open reference.
///
/// # Errors
/// As [`run`].
pub fn run_in(
    context: &Context,
    reference: &Reference,
    fasta: &Path,
    args: &SimulationArgs,
    dir: &Path,
) -> Result<Outputs> {
    let layout = Layout::new(reference, None);
    let command = CommandLine::new("simulate").path("ref", fasta).option("seed", args.seed.to_string());
    let job = Job {
        context,
        layout: &layout,
        dir,
        options: options(args, VariantOptions::default())?,
        karyotype: Karyotype::default(),
        origins: false,
        truth: TruthFiles { reference, fasta, command: &command },
    };
    job.options.validate().map_err(usage)?;
    let donor = donors::random(&job, Person::Main, job.karyotype)?;
    let mut files = AtomicSet::new();
    let simulation = job.simulation(0, vec![Component { donor, share: 1.0 }])?;
    let outputs = samples::write(&job, &simulation, (dir, SAMPLE), &mut files)?;
    files.commit()?;
    Ok(outputs)
}

impl Job<'_> {
    /// A sequencing run of this job.
    fn simulation(&self, run: u32, components: Vec<Component>) -> Result<Simulation> {
        Simulation::of(self.layout, &self.options, run, components).map_err(usage)
    }
}

/// An error of the simulator as one of usage.
fn usage(error: TestkitError) -> anyhow::Error {
    let kind = match error {
        TestkitError::Record { .. }
        | TestkitError::ReferenceTooShort { .. }
        | TestkitError::Profile { .. } => Failure::Data,
        TestkitError::Option { .. } => Failure::Usage,
    };
    fault(kind, error.to_string())
}

/// Creates a folder for outputs.
///
/// # Errors
/// When it cannot be created.
pub fn create_dir(dir: &Path) -> Result<()> {
    let complain =
        |error| fault(Failure::CannotCreate, format!("{}: cannot be created: {error}", dir.display()));
    fs::create_dir_all(dir).map_err(complain)
}

fn options(args: &SimulationArgs, variants: VariantOptions) -> Result<SimulateOptions> {
    let (profile, is_builtin) = profile(&args.profile)?;
    let learnt = if is_builtin { None } else { profile.fragment_lengths() };
    let fragments = match (args.insert_mean, args.insert_sd, learnt) {
        (None, None, Some(learnt)) => learnt,
        (mean, sd, _) => FragmentLengths::normal(mean.unwrap_or(INSERT_MEAN), sd.unwrap_or(INSERT_SD)),
    };
    let gc = if args.even_coverage { None } else { profile.gc_bias() };
    Ok(SimulateOptions {
        seed: args.seed,
        depth: args.depth,
        read_length: args.read_length,
        fragments,
        gc: gc.unwrap_or_default(),
        duplicates: args.duplicates,
        optical: args.optical,
        profile: Arc::new(profile),
        systematic_errors: args.systematic_errors.unwrap_or_default(),
        variants,
    })
}

/// The profile of a name or in a file, and whether it came with the program.
fn profile(name: &str) -> Result<(ReadProfile, bool)> {
    if let Some(profile) = ReadProfile::builtin(name) {
        return Ok((profile, true));
    }
    let text = fs::read_to_string(name).map_err(|error| {
        let known = ReadProfile::BUILTIN.join(", ");
        let problem = format!("--profile {name}: neither a profile that comes with the program ({known})");
        fault(Failure::Missing, format!("{problem} nor a file that can be read: {error}"))
    })?;
    let profile =
        ReadProfile::from_json(&text).map_err(|error| fault(Failure::Data, format!("{name}: {error}")))?;
    Ok((profile, false))
}

fn variant_options(args: &VariantArgs) -> VariantOptions {
    VariantOptions {
        snv_rate: args.snv_rate,
        indels_per_snv: args.indels_per_snv,
        transition_ratio: args.titv,
        het_share: args.het_share,
        multiallelic: args.multiallelic,
        repeat_share: args.repeat_share,
        mnp_share: args.mnp_share,
        complex_share: args.complex_share,
        longest_indel: args.longest_indel,
        ..VariantOptions::default()
    }
}

/// The sample's karyotype; warns of what the reference makes odd.
fn karyotype(context: &Context, layout: &Layout, args: &SimulateArgs) -> Result<Karyotype> {
    let copies = args.karyotype.mito_copies;
    if !(0.0..=100_000.0).contains(&copies) {
        return Err(fault(Failure::Usage, format!("--mito-copies {copies}: must be from 0 to 100000")));
    }
    if layout.chromosomes().lacks_par() {
        context.progress.warn(
            "X or Y is not that of GRCh37, GRCh38 or T2T-CHM13, by its length: no pseudoautosomal regions are known; \
             give them with --par",
        );
    }
    if layout.has_unmasked_par() {
        context.progress.warn(
            "the reference has the pseudoautosomal regions of Y unmasked: reads from them fit X and Y, so \
             truth.bed leaves them out",
        );
    }
    Ok(Karyotype { sex: args.karyotype.sex, mitochondria: copies })
}
