//! `rihla germline`, the main job: FASTQ to BAM or CRAM, VCF, metrics and a report.

mod bins;
mod closing;
mod outputs;

use std::path::PathBuf;

use anyhow::Result;
use rihla_align::Index;
use rihla_call::CallOptions;
use rihla_core::Reference;
use rihla_io::sorted::SortedFormat;
use rihla_qc::TargetList;
use rihla_qc::verdict::{Outcome, SampleVerdict};

use crate::cli::GermlineArgs;
use crate::commands::simulate::create_dir;
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::pipeline::bins::{Calling, HALO, describe_mnps, read_regions};
use crate::pipeline::duplicates::describe;
use crate::pipeline::ingest::Sorting;
use crate::pipeline::lanes::Sample;
use crate::pipeline::learning::{self, Learnt};
use crate::pipeline::manifest::Clock;
use crate::pipeline::metrics::Metrics;
use crate::pipeline::panel::SitePanel;
use crate::pipeline::provenance::CommandLine;
use crate::pipeline::resume::{Key, Resume};
use crate::pipeline::room::Room;
use crate::pipeline::settings::Settings;
use crate::pipeline::sex::{self, Expected};
use crate::pipeline::verdict::Chosen;
use crate::pipeline::{forced, gvcf, ingest, targets};
use crate::{objects, paths, reference};
use bins::BinFiles;
use closing::Closing;
pub use outputs::Outputs;

/// What came of a run.
pub struct Finished {
    /// The files.
    pub outputs: Outputs,
    /// What is thought of the sample.
    pub verdict: SampleVerdict,
}

/// What a run is of.
#[derive(Clone, Copy)]
struct Job<'a> {
    context: &'a Context,
    args: &'a GermlineArgs,
    sample: &'a Sample,
    outputs: &'a Outputs,
    index: &'a Index,
    reference: &'a Reference,
    command: &'a CommandLine,
}

/// What is looked at beside the calls.
struct Looks {
    /// Regions, one by one.
    targets: Option<TargetList>,
    /// Common SNPs.
    panel: Option<SitePanel>,
}

/// Runs the main job.
///
/// # Errors
/// Inputs missing or damaged, outputs not writable; no output then has its final name.
pub fn run(args: &GermlineArgs) -> Result<()> {
    let context = Context::new(&args.run)?;
    let Finished { outputs, verdict } = run_in(&context, args)?;
    for path in outputs.own() {
        context.progress.say(&format!("wrote {}", path.display()));
    }
    let forms = outputs.forms.iter().count();
    context
        .progress
        .say(&format!("wrote {forms} files beside them for MultiQC, in the form of other programs"));
    context.progress.say(&format!("verdict: {}", verdict.headline()));
    if args.verdict.gate && verdict.outcome == Outcome::Fail {
        return Err(fault(
            Failure::BelowFloor,
            format!("--gate: {}: {}", args.out_dir.display(), verdict.headline()),
        ));
    }
    Ok(())
}

/// Runs the main job in a context; other commands build on it.
///
/// # Errors
/// As [`run`], but for `--gate`.
pub fn run_in(context: &Context, args: &GermlineArgs) -> Result<Finished> {
    let clock = Clock::start();
    let limits = Chosen::of(args.verdict.verdicts.as_deref())?;
    let sample = Sample::new(&args.sample, &args.reference)?;
    let outputs = Outputs::of(args, &sample);
    paths::check(&outputs.paths(), &args.reference, &inputs(args, &sample))?;
    let index = reference::open(context, &args.reference)?;
    let reference = index.reference();
    let progress = &context.progress;
    let regions = read_regions(args.regions.as_deref(), reference.contigs())?;
    let alleles = forced::read_alleles(args.alleles.as_deref(), reference, regions.as_ref(), progress)?;
    let looks = Looks {
        targets: targets::read(args.coverage_regions.as_deref().or(args.regions.as_deref()), reference)?,
        panel: SitePanel::read(&args.panel, reference, regions.as_ref(), progress)?,
    };
    create_dir(&args.out_dir)?;
    let mut metrics = Metrics::start();
    let settings =
        Settings::new(context, &args.alignment, &args.reference, (sample.from, reference.contigs()))?;
    let command = command_line(args, &sample, &settings);
    let (sample, command) = (&sample, &command);
    let job = Job { context, args, sample, outputs: &outputs, index: &index, reference, command };
    let format = args.bam.sorted(args.output_format.into());
    let resume = start_resume(&job, &settings, format)?;
    let mut files = BinFiles::create(&job, format)?;
    let expected = Expected::new(&args.ploidy, reference.contigs(), args.gvcf, sample.sex)?;

    let (duplicates, output) = (&args.duplicates, outputs.alignments.as_path());
    let sorting = Sorting { duplicates, halo: HALO, output, resume: resume.as_ref() };
    let ingested = ingest::run(context, &index, sample, settings.options, &sorting)?;
    let shards = &ingested.shards;
    let (amounts, records) = sex::of_shards(shards, reference.contigs());
    let (ploidies, karyotype, sex) = expected.decide(reference, &amounts, records, progress);
    metrics.end_stage("align", ingested.wall);

    let room = Room::new(context, shards)?;
    let learnt = match learning::is_learnt(&ploidies) {
        true => learning::of_bins(context, reference, shards, &room)?,
        false => Learnt::default(),
    };
    let learnt_metrics = learnt.metrics().cloned();
    let options = CallOptions { scoring: args.score.score.into(), ..learnt.options() };
    let bands = args.gvcf.then(|| args.gvcf_form.gvcf_gq_bands.0.clone());
    let calling = Calling::new(context, (reference, ploidies), regions, bands, options)
        .with_alleles(alleles)
        .with_max_mnp_distance(args.max_mnp_distance)
        .with_allele_annotations(args.allele_annotations);
    let to = (&mut files, &mut metrics);
    let totals = bins::run(&job, (&calling, &looks), (shards, &room), resume.as_ref(), to)?;

    let mut files = files.seal()?;
    let closing = Closing { clock, limits, ingested: &ingested, karyotype, sex, calling: learnt_metrics };
    let verdict = closing::write(&job, closing, (&calling, looks), (totals, metrics), &mut files)?;
    index.confirm()?;
    objects::commit(files)?;
    if let Some(resume) = resume {
        resume.finish();
    }
    Ok(Finished { outputs, verdict })
}

fn start_resume(job: &Job<'_>, settings: &Settings, format: SortedFormat) -> Result<Option<Resume>> {
    let Job { context, args, sample, reference, command, .. } = *job;
    let key = || {
        let key = Key::new(command, reference.contigs(), sample, format);
        let key = key.with_file("regions", args.regions.as_deref());
        let key = key.with_file("alleles", args.alleles.as_deref());
        let key = key.with_file("coverage regions", args.coverage_regions.as_deref());
        let key = key.with_file("sites", args.panel.sites.as_deref());
        key.with_file("PAR", args.ploidy.par.as_deref()).with_file("ALT contigs", settings.alt())
    };
    Resume::start(&args.resume, &args.out_dir.join(&sample.name), key, &context.progress)
}

/// All files that are read, beside the reference.
fn inputs(args: &GermlineArgs, sample: &Sample) -> Vec<PathBuf> {
    let lists = [&args.regions, &args.coverage_regions, &args.alleles, &args.ploidy.par];
    let panel = [&args.panel.sites, &args.panel.identity_of];
    sample.files().into_iter().chain(lists.into_iter().chain(panel).flatten().cloned()).collect()
}

fn command_line(args: &GermlineArgs, sample: &Sample, settings: &Settings) -> CommandLine {
    let command = sample.describe(CommandLine::new("germline").path("ref", &args.reference.reference));
    let command = describe(settings.describe(command), &args.duplicates)
        .optional_path("regions", args.regions.as_deref())
        .optional_path("coverage-regions", args.coverage_regions.as_deref())
        .optional_path("alleles", args.alleles.as_deref())
        .optional_path("sites", args.panel.sites.as_deref())
        .optional_path("identity-of", args.panel.identity_of.as_deref());
    let command = describe_mnps(command, args.max_mnp_distance);
    let command = command.flag("allele-annotations", args.allele_annotations);
    let command = command.option("score", args.score.score.name());
    let command = sex::describe(command, &args.ploidy)
        .option("compression-level", args.bam.compression_level.to_string());
    if args.gvcf { gvcf::describe(command.flag("gvcf", true), &args.gvcf_form) } else { command }
}
