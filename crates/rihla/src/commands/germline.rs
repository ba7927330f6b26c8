//! `rihla germline`, the main job: FASTQ to BAM or CRAM, VCF, metrics and a report.

use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_call::CallOptions;
use rihla_core::{Pack, Unpack};
use rihla_io::atomic::write_text;
use rihla_io::sorted::{SortedBlock, SortedEncoder, SortedWriter};
use rihla_io::vcf::VcfWriter;
use rihla_qc::page::sample_page;
use rihla_qc::verdict::{Outcome, SampleVerdict};
use rihla_qc::{BinMetrics, ManifestCounts, PanelCounts};

use crate::cli::{GermlineArgs, KeptFormat};
use crate::commands::simulate::create_dir;
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::ordered::for_each_ordered;
use crate::pipeline::accounts::{Accounts, BinAccount};
use crate::pipeline::bins::{self, BinCalls, Calling, HALO, read_regions};
use crate::pipeline::duplicates::{describe, duplicate_table, kept, left_out};
use crate::pipeline::forms::FormPaths;
use crate::pipeline::gvcf::{self, Gvcf};
use crate::pipeline::ingest::Sorting;
use crate::pipeline::lanes::Sample;
use crate::pipeline::learning::{self, Learnt};
use crate::pipeline::manifest::{self, Clock, Facts};
use crate::pipeline::metrics::{self, Checks, Genome, Measure, Metrics, RunParts};
use crate::pipeline::panel::SitePanel;
use crate::pipeline::provenance::{CommandLine, bam_header};
use crate::pipeline::resume::{self, Key, Resume};
use crate::pipeline::room::Room;
use crate::pipeline::settings::Settings;
use crate::pipeline::sex::{self, Expected};
use crate::pipeline::targets::{self, TargetPaths};
use crate::pipeline::verdict::Chosen;
use crate::pipeline::{calls, fingerprint, forced, ingest};
use crate::{objects, paths, reference};

/// The files of one run.
#[derive(Clone, Debug)]
pub struct Outputs {
    /// Sorted, marked BAM or CRAM; its index is beside it.
    pub alignments: PathBuf,
    /// Variants; their index is beside them.
    pub vcf: PathBuf,
    /// Variants and reference blocks, where they are wanted.
    pub gvcf: Option<PathBuf>,
    /// Metrics.
    pub metrics: PathBuf,
    /// The same as a page.
    pub report: PathBuf,
    /// What duplicate marking counted, in Picard's form.
    pub duplicates: PathBuf,
    /// What other programs count, in their form.
    pub forms: FormPaths,
    /// Depth of regions that are looked at one by one, where there are any.
    pub targets: Option<TargetPaths>,
    /// Genotypes at the sites of the panel, where there is one; their index is beside them.
    pub fingerprint: Option<PathBuf>,
    /// What was trimmed, in fastp's form, where something was to be.
    pub trimming: Option<PathBuf>,
    /// What went in and what came out.
    pub manifest: PathBuf,
}

impl Outputs {
    fn of(args: &GermlineArgs, sample: &Sample) -> Self {
        let file = |extension: &str| args.out_dir.join(format!("{}.{extension}", sample.name));
        let alignments = match args.output_format {
            KeptFormat::Bam => file("bam"),
            KeptFormat::Cram => file("cram"),
        };
        let variants = args.vcf_format.extension();
        let has_targets = args.coverage_regions.is_some() || args.regions.is_some();
        let forms = FormPaths::of(&alignments, &args.out_dir.join(&sample.name), args.regions.is_some());
        let forms = forms.with_contamination(args.panel.sites.is_some());
        Self {
            alignments,
            vcf: file(variants),
            gvcf: args.gvcf.then(|| file(&format!("g.{variants}"))),
            metrics: file("metrics.json"),
            report: file("report.html"),
            duplicates: file("duplicate_metrics.txt"),
            forms,
            targets: has_targets.then(|| TargetPaths::of(&args.out_dir.join(&sample.name))),
            fingerprint: args.panel.sites.as_ref().map(|_| file("fingerprint.vcf.gz")),
            trimming: sample.trimming.as_ref().map(|_| file("fastp.json")),
            manifest: file("manifest.json"),
        }
    }

    /// All but the files in the form of other programs.
    fn own(&self) -> impl Iterator<Item = &Path> {
        let paths = [&self.alignments, &self.vcf].into_iter().chain(&self.gvcf).chain(&self.fingerprint);
        let paths = paths.chain([&self.metrics, &self.report, &self.duplicates]).chain(&self.trimming);
        let paths = paths.chain(self.targets.iter().flat_map(TargetPaths::iter));
        paths.chain([&self.manifest]).map(PathBuf::as_path)
    }

    fn paths(&self) -> Vec<&Path> {
        self.own().chain(self.forms.iter()).collect()
    }
}

/// What came of a run.
pub struct Finished {
    /// The files.
    pub outputs: Outputs,
    /// What is thought of the sample.
    pub verdict: SampleVerdict,
}

/// What one bin gives.
struct BinResult {
    block: SortedBlock,
    calls: BinCalls,
    metrics: BinMetrics,
    sites: PanelCounts,
    account: BinAccount,
}

impl Pack for BinResult {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { block, calls, metrics, sites, account } = self;
        block.pack(out);
        calls.pack(out);
        metrics.pack(out);
        sites.pack(out);
        account.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let (block, calls, metrics) = (from.read()?, from.read()?, from.read()?);
        Some(Self { block, calls, metrics, sites: from.read()?, account: from.read()? })
    }
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
    let regions = read_regions(args.regions.as_deref(), reference.contigs())?;
    let alleles =
        forced::read_alleles(args.alleles.as_deref(), reference, regions.as_ref(), &context.progress)?;
    let targets = targets::read(args.coverage_regions.as_deref().or(args.regions.as_deref()), reference)?;
    let panel = SitePanel::read(&args.panel, reference, regions.as_ref(), &context.progress)?;
    create_dir(&args.out_dir)?;
    let mut metrics = Metrics::start();
    let settings =
        Settings::new(context, &args.alignment, &args.reference, (sample.from, reference.contigs()))?;
    let command = command_line(args, &sample, &settings);
    let header = bam_header(&index, &sample, &command);
    let format = args.bam.sorted(args.output_format.into());
    let key = || {
        let key = Key::new(&command, reference.contigs(), &sample, format);
        let key = key.with_file("regions", args.regions.as_deref());
        let key = key.with_file("alleles", args.alleles.as_deref());
        let key = key.with_file("coverage regions", args.coverage_regions.as_deref());
        let key = key.with_file("sites", args.panel.sites.as_deref());
        key.with_file("PAR", args.ploidy.par.as_deref()).with_file("ALT contigs", settings.alt())
    };
    let name = args.out_dir.join(&sample.name);
    let resume = Resume::start(&args.resume, &name, key, &context.progress)?;
    let mut alignments = SortedWriter::create(&outputs.alignments, &header, format)?;
    let encoder = SortedEncoder::new(format, reference, &header);
    let header = calls::header(reference, &args.reference.reference, &sample.name, &command);
    let mut vcf = VcfWriter::create(&outputs.vcf, &header)?;
    let create_gvcf = |path: &PathBuf| Gvcf::create(path, &header, &args.gvcf_form, reference);
    let mut gvcf = outputs.gvcf.as_ref().map(create_gvcf).transpose()?;
    let expected = Expected::new(&args.ploidy, reference.contigs(), args.gvcf, sample.sex)?;
    let bands = gvcf.is_some().then(|| args.gvcf_form.gvcf_gq_bands.0.clone());

    let kept_work = resume.as_ref();
    let sorting =
        Sorting { duplicates: &args.duplicates, halo: HALO, output: &outputs.alignments, resume: kept_work };
    let ingested = ingest::run(context, &index, &sample, settings.options, &sorting)?;
    let shards = &ingested.shards;
    let (amounts, records) = sex::of_shards(shards, reference.contigs());
    let (ploidies, karyotype, sex) = expected.decide(reference, &amounts, records, &context.progress);
    metrics.end_stage("align", ingested.wall);
    let room = Room::new(context, shards)?;
    let learnt = match learning::is_learnt(&ploidies) {
        true => learning::of_bins(context, reference, shards, &room)?,
        false => Learnt::default(),
    };
    let options = CallOptions { scoring: args.score.score.into(), ..learnt.options() };
    let calling = Calling::new(context, (reference, ploidies), regions, bands, options)
        .with_alleles(alleles)
        .with_max_mnp_distance(args.max_mnp_distance);
    let mut counts = ManifestCounts {
        reads: ingested.reads.reads,
        templates: ingested.templates,
        variants: Some(0),
        ..ManifestCounts::default()
    };
    let measure = Measure {
        reference,
        regions: calling.regions(),
        targets: targets.as_ref(),
        left_out: left_out(&args.duplicates),
    };
    let mut sites = PanelCounts::default();
    let mut accounts = Accounts::new(&sample, &args.duplicates);
    let count = accounts.counter();
    let stage = context.progress.stage("call", "bins", shards.bins() as u64);
    let work = |number: usize| {
        resume::bin(kept_work, shards, number, || {
            let _room = room.take(number)?;
            let bin = shards.load(number)?;
            shards.release(number);
            let calls = match bin.interval {
                Some(interval) => calling.call(interval, &bin.records, &mut calling.scratch()),
                None => BinCalls::default(),
            };
            let metrics = measure.bin(&bin);
            let sites = panel.as_ref().map(|panel| panel.count(bin.interval, &bin.records));
            let sites = sites.unwrap_or_default();
            let block = encoder.encode(kept(&bin, &args.duplicates));
            Ok(BinResult { block, calls, metrics, sites, account: count.of(&bin) })
        })
    };
    for_each_ordered(&context.pool, shards.bins(), work, |_, result| {
        stage.add(1);
        counts.records += result.block.records();
        let variants = &result.calls.variants;
        counts.variants = counts.variants.map(|count| count + variants.len() as u64);
        alignments.append(&result.block)?;
        variants.iter().try_for_each(|variant| vcf.write(variant))?;
        metrics.add(&result.metrics, variants);
        sites.merge(&result.sites);
        if let (Some(gvcf), Some(part)) = (&mut gvcf, result.calls.gvcf) {
            gvcf.push(part)?;
        }
        accounts.add(&result.account);
        Ok(())
    })?;
    metrics.end_stage("call", stage.finish());
    kept_work.iter().for_each(|resume| resume.tell_bins(&context.progress));

    let groups = accounts.close(&ingested)?;
    let regions = args.regions.as_deref().map(paths::first_name).zip(calling.regions());
    let named = regions.as_ref().map(|(name, set)| (name.as_str(), *set));
    let contamination = panel.as_ref().and_then(|panel| panel.contamination(&sites, &context.progress));
    let forms = outputs.forms.write(
        (&command, &sample.name),
        (reference.contigs(), named),
        metrics.written(),
        contamination.as_ref(),
    )?;
    let genotypes = panel.as_ref().map(|panel| panel.genotypes(&sites));
    let identity = panel.as_ref().zip(genotypes.as_ref());
    let identity =
        identity.map(|(panel, genotypes)| panel.identity(&sample.name, genotypes, &context.progress));
    let checks = Checks { sex, contamination, identity };
    let tables = targets.as_ref().zip(outputs.targets.as_ref());
    let write = |(list, paths): (&_, &TargetPaths)| paths.write(list, metrics.targets(), reference.contigs());
    let tables = tables.map(write).transpose()?;
    let mut report = metrics.report(RunParts {
        sample: &sample,
        reference,
        ingested: &ingested,
        read_groups: groups,
        genome: Genome { karyotype, checks, in_regions: args.regions.is_some(), targets },
        threads: context.threads(),
    })?;
    metrics::tell_copies(&report, &context.progress);
    let verdict = limits.judge(&report, sex::known_bases(reference).iter().sum());
    report.verdict = Some(verdict.clone());
    let mut files = alignments.seal()?;
    files.append(vcf.seal()?);
    if let Some(gvcf) = gvcf {
        files.append(gvcf.seal()?);
    }
    if let (Some(panel), Some(path), Some(genotypes)) = (&panel, &outputs.fingerprint, genotypes) {
        let source = fingerprint::Source {
            reference: &args.reference.reference,
            contigs: reference.contigs(),
            sample: &sample.name,
            command: &command,
            digest: panel.digest(),
        };
        files.append(fingerprint::write(path, &source, genotypes.into_iter())?);
    }
    files.push(write_text(&outputs.metrics, &report.to_json())?);
    files.append(forms);
    if let Some(tables) = tables {
        files.append(tables);
    }
    let table = duplicate_table(&command, &sample, shards);
    files.push(write_text(&outputs.duplicates, &table)?);
    if let (Some(trimming), Some(path), Some(counts)) =
        (&sample.trimming, &outputs.trimming, &ingested.trimmed)
    {
        files.push(trimming.write(path, (&command, &sample.name), &ingested.reads, counts)?);
    }
    let facts = Facts {
        context,
        command: &command,
        reference: &args.reference.reference,
        contigs: reference.contigs(),
        sample: &sample,
        digests: &ingested.digests,
        counts,
        temporary_bytes: shards.spilled_bytes(),
    };
    let about = manifest::describe(&outputs.manifest, &clock, &facts, &files)?;
    let page = sample_page(&report, Some(&about), args.verdict.report_language);
    files.push(write_text(&outputs.report, &page)?);
    files.push(manifest::write(&outputs.manifest, &clock, &facts, &files)?);
    index.confirm()?;
    objects::commit(files)?;
    if let Some(resume) = resume {
        resume.finish();
    }
    Ok(Finished { outputs, verdict })
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
    let command = bins::describe_mnps(command, args.max_mnp_distance);
    let command = command.option("score", args.score.score.name());
    let command = sex::describe(command, &args.ploidy)
        .option("compression-level", args.bam.compression_level.to_string());
    if args.gvcf { gvcf::describe(command.flag("gvcf", true), &args.gvcf_form) } else { command }
}
