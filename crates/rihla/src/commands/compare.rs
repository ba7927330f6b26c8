//! `rihla compare`: calls against a truth set.

mod inputs;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_io::atomic::write_text;
use rihla_io::fasta::FastaContigs;
use rihla_io::vcf::{Packing, RawVcfWriter};
use rihla_io::{AtomicSet, IoError};
use rihla_truth::{Accounting, CompareOptions, Fate, Floor, Provenance, RegionFile, Report, Tally};

use crate::cli::CompareArgs;
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::objects;
use crate::ordered::map_ordered;
use crate::pipeline::provenance::{CommandLine, VERSION};
use crate::pipeline::truth::annotate;
use crate::pipeline::truth::chunks::Chunks;
use crate::pipeline::truth::part::Comparer;
use crate::pipeline::truth::regions::Regions;

/// Endings of the outputs' names.
const ENDINGS: [&str; 7] =
    ["summary.csv", "extended.csv", "pr.csv", "metrics.json", "vcf.gz", "vcf.gz.tbi", "vcf.gz.csi"];

/// Compression of the annotated VCF: it is looked at once or twice, and the highest of the usual levels would cost
/// a tenth of the run.
const VCF_LEVEL: u8 = 1;

/// Compares, writes the tables, shows the short one, and holds it against the floors.
///
/// # Errors
/// Inputs that are missing, damaged, not sorted or of another reference; outputs that cannot be written; a value
/// below its floor.
pub fn run(args: &CompareArgs) -> Result<()> {
    let context = Context::new(&(&args.run).into())?;
    let floor = args.fail_below.as_deref().map(str::parse::<Floor>).transpose();
    let floor = floor.map_err(|problem| fault(Failure::Usage, format!("--fail-below: {problem}")))?;
    inputs::check(args, &ENDINGS.map(|ending| output(args, ending)))?;
    let fasta = FastaContigs::open(&args.inputs.reference)?;
    let (regions, files) = inputs::read_regions(&context, &args.inputs, fasta.contigs())?;
    if let Some(floor) = &floor {
        let checked = floor.validate(&regions.list);
        checked.map_err(|problem| fault(Failure::Usage, format!("--fail-below: {problem}")))?;
    }
    let report = compare(&context, args, fasta, (regions, files))?;
    warn_of_missing_genotypes(&context, args, &report);
    let shown = if args.run.quiet { Ok(()) } else { show(&report) };
    // A reader of the table who has gone does not make a floor be kept.
    match floor.map(|floor| floor.check(&report)).filter(|shortfalls| !shortfalls.is_empty()) {
        None => shown,
        Some(shortfalls) => {
            let words: Vec<String> = shortfalls.iter().map(ToString::to_string).collect();
            Err(fault(Failure::BelowFloor, words.join("; ")))
        }
    }
}

fn compare(
    context: &Context,
    args: &CompareArgs,
    fasta: FastaContigs,
    (regions, files): (Regions, Vec<RegionFile>),
) -> Result<Report> {
    let paths = [&args.inputs.truth, &args.inputs.query];
    let mut chunks = Chunks::open(fasta, paths.map(PathBuf::as_path))?;
    let samples = samples(args, &chunks)?;
    let command = command_line(args);
    let header = annotate::header(
        chunks.contigs(),
        &[
            ("source", format!("rihla {VERSION}")),
            ("rihlaCommand", command.text().to_owned()),
            ("reference", args.inputs.reference.display().to_string()),
        ],
        chunks.headers()[1],
    );
    let mut vcf = RawVcfWriter::create(output(args, "vcf.gz"), &header, chunks.contigs())?;
    let rules = &args.rules;
    let comparer = Comparer {
        paths: paths.map(Clone::clone),
        samples,
        regions,
        options: CompareOptions { genotypes: !rules.ignore_genotype, phase: !rules.ignore_phase },
        packing: match vcf.packing() {
            Packing::Plain => Packing::Plain,
            Packing::Bgzf(_) => Packing::Bgzf(VCF_LEVEL),
        },
    };
    let mut tally = Tally::new(comparer.regions.list.len() - 1);
    let mut accounting = [Accounting::default(); 2];
    let stage = context.progress.stage("compare", "records", 0);
    map_ordered(
        &context.pool,
        || chunks.next_chunk(),
        |chunk| comparer.compare(&chunk),
        |part| {
            tally.merge(&part.tally);
            accounting.iter_mut().zip(&part.accounting).for_each(|(all, part)| all.merge(part));
            stage.add(part.accounting.iter().map(Accounting::read).sum());
            Ok(vcf.write_chunk(&part.lines)?)
        },
    )?;
    stage.finish();
    let [truth, query] = accounting;
    let provenance = provenance(args, &command, files);
    let report = Report { tally, strata: comparer.regions.list, provenance, truth, query };
    let mut files = vcf.seal()?;
    write_tables(args, &report, &mut files)?;
    objects::commit(files)?;
    Ok(report)
}

/// Columns of the samples of truth and query.
fn samples(args: &CompareArgs, chunks: &Chunks) -> Result<[Option<usize>; 2]> {
    let [truth, query] = chunks.headers();
    let sides = [
        (truth, &args.inputs.truth, ("truth-sample", args.inputs.truth_sample.as_deref())),
        (query, &args.inputs.query, ("query-sample", args.inputs.query_sample.as_deref())),
    ];
    let mut samples = [None; 2];
    for (found, (header, path, wanted)) in samples.iter_mut().zip(sides) {
        *found = inputs::sample(header, path, wanted, args.rules.ignore_genotype)?;
    }
    Ok(samples)
}

/// A file all of whose records lack a genotype was hardly meant to be compared by genotypes.
fn warn_of_missing_genotypes(context: &Context, args: &CompareArgs, report: &Report) {
    for (accounting, path) in [(&report.truth, &args.inputs.truth), (&report.query, &args.inputs.query)] {
        let read = accounting.read();
        if read > 0 && accounting.count(Fate::NoCall) == read {
            let what = format!("{}: none of its {read} records has a genotype", path.display());
            context.progress.warn(&format!("{what}; nothing of it was compared"));
        }
    }
}

fn write_tables(args: &CompareArgs, report: &Report, files: &mut AtomicSet) -> Result<(), IoError> {
    for (ending, text) in [
        ("summary.csv", report.summary_csv()),
        ("extended.csv", report.extended_csv()),
        ("pr.csv", report.pr_csv()),
        ("metrics.json", report.metrics_json()),
    ] {
        files.push(write_text(output(args, ending), &text)?);
    }
    Ok(())
}

fn output(args: &CompareArgs, ending: &str) -> PathBuf {
    let mut name = args.out_prefix.clone().into_os_string();
    name.push(".");
    name.push(ending);
    name.into()
}

fn show(report: &Report) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let shown = write!(out, "{report}").and_then(|()| out.flush());
    shown.map_err(|source| IoError::writing(Path::new("-"), source).into())
}

fn command_line(args: &CompareArgs) -> CommandLine {
    let inputs = &args.inputs;
    let mut command = CommandLine::new("compare")
        .path("ref", &inputs.reference)
        .path("truth", &inputs.truth)
        .path("query", &inputs.query)
        .optional_path("bed", inputs.bed.as_deref());
    for (name, path) in &inputs.strata {
        command = command.option("strata", format!("{name}={}", path.display()));
    }
    for (option, sample) in [("truth-sample", &inputs.truth_sample), ("query-sample", &inputs.query_sample)] {
        if let Some(name) = sample {
            command = command.option(option, name);
        }
    }
    let rules = &args.rules;
    command.flag("ignore-genotype", rules.ignore_genotype).flag("ignore-phase", rules.ignore_phase)
}

fn provenance(args: &CompareArgs, command: &CommandLine, regions: Vec<RegionFile>) -> Provenance {
    let text = |path: &Path| objects::shown(&path.to_string_lossy()).into_owned();
    Provenance {
        command: command.text().to_owned(),
        version: VERSION.to_owned(),
        reference: text(&args.inputs.reference),
        truth: text(&args.inputs.truth),
        query: text(&args.inputs.query),
        confident: args.inputs.bed.as_deref().map(text),
        regions,
    }
}
