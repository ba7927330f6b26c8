//! `rihla compare`: calls against a truth set.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_core::{Contigs, IntervalSet};
use rihla_io::atomic::write_text;
use rihla_io::bed::{UnknownContigs, read_bed_counted};
use rihla_io::fasta::FastaContigs;
use rihla_io::vcf::{RawVcfWriter, VcfText};
use rihla_io::{AtomicSet, IoError};
use rihla_truth::{Accounting, CompareOptions, Floor, Provenance, Report, Tally};

use crate::cli::CompareArgs;
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::ordered::map_ordered;
use crate::pipeline::provenance::{CommandLine, VERSION};
use crate::pipeline::truth::annotate;
use crate::pipeline::truth::chunks::Chunks;
use crate::pipeline::truth::part::Comparer;
use crate::pipeline::truth::regions::{NamedRegions, Regions};

/// Compares, writes the tables, shows the short one, and holds it against the floors.
///
/// # Errors
/// Inputs that are missing, damaged, not sorted or of another reference; outputs that cannot be written; a value
/// below its floor.
pub fn run(args: &CompareArgs) -> Result<()> {
    let context = Context::new(&args.run)?;
    let floor = args.fail_below.as_deref().map(str::parse::<Floor>).transpose();
    let floor = floor.map_err(|problem| fault(Failure::Usage, format!("--fail-below: {problem}")))?;
    check_names(args)?;
    let fasta = FastaContigs::open(&args.reference)?;
    let regions = read_regions(&context, args, fasta.contigs())?;
    if let Some(floor) = &floor {
        let checked = floor.validate(&regions.list);
        checked.map_err(|problem| fault(Failure::Usage, format!("--fail-below: {problem}")))?;
    }
    let report = compare(&context, args, fasta, regions)?;
    if !args.run.quiet {
        show(&report)?;
    }
    match floor.map(|floor| floor.check(&report)).filter(|shortfalls| !shortfalls.is_empty()) {
        None => Ok(()),
        Some(shortfalls) => {
            let words: Vec<String> = shortfalls.iter().map(ToString::to_string).collect();
            Err(fault(Failure::BelowFloor, words.join("; ")))
        }
    }
}

/// That no stratum is given twice.
fn check_names(args: &CompareArgs) -> Result<()> {
    let names: Vec<&str> = args.strata.iter().map(|(name, _)| name.as_str()).collect();
    match names.iter().enumerate().find(|(i, name)| names[..*i].contains(name)) {
        None => Ok(()),
        Some((_, name)) => Err(fault(
            Failure::Usage,
            format!("--strata {name}: the name is given twice; name each stratum once"),
        )),
    }
}

fn read_regions(context: &Context, args: &CompareArgs, contigs: &Contigs) -> Result<Regions> {
    let read = |path: &Path| read_bed(context, path, contigs);
    let confident = args.bed.as_deref().map(read).transpose()?;
    let named =
        |(name, path): &(String, PathBuf)| Ok(NamedRegions { name: name.clone(), regions: read(path)? });
    let strata = args.strata.iter().map(named).collect::<Result<Vec<_>>>()?;
    Ok(Regions::new(contigs, confident.as_ref(), &strata))
}

/// Regions of a BED; says what was merged, and what lies on contigs that the reference lacks.
fn read_bed(context: &Context, path: &Path, contigs: &Contigs) -> Result<IntervalSet> {
    let (regions, summary) = read_bed_counted(path, contigs, UnknownContigs::Count)?;
    let name = path.display();
    if summary.unknown > 0 {
        let (unknown, all) = (summary.unknown, summary.intervals);
        context
            .progress
            .warn(&format!("{name}: {unknown} of {all} intervals are on contigs that the reference lacks"));
    }
    if summary.overlapping > 0 {
        context
            .progress
            .warn(&format!("{name}: {} intervals overlap others; they were joined", summary.overlapping));
    }
    if regions.is_empty() {
        context.progress.warn(&format!("{name}: no interval lies in the reference"));
    }
    Ok(regions)
}

fn compare(context: &Context, args: &CompareArgs, fasta: FastaContigs, regions: Regions) -> Result<Report> {
    let paths = [&args.truth, &args.query];
    let mut chunks = Chunks::open(fasta, paths.map(PathBuf::as_path))?;
    let wanted = [("truth-sample", &args.truth_sample), ("query-sample", &args.query_sample)];
    let mut samples = [None; 2];
    for side in 0..2 {
        let (option, name) = wanted[side];
        samples[side] =
            sample(chunks.headers()[side], paths[side], (option, name.as_deref()), args.ignore_genotype)?;
    }
    let command = command_line(args);
    let header = annotate::header(
        chunks.contigs(),
        &[
            ("source", format!("rihla {VERSION}")),
            ("rihlaCommand", command.text().to_owned()),
            ("reference", args.reference.display().to_string()),
        ],
    );
    let mut vcf = RawVcfWriter::create(output(args, "vcf.gz"), &header, chunks.contigs())?;
    let comparer = Comparer {
        paths: paths.map(Clone::clone),
        samples,
        regions,
        options: CompareOptions { genotypes: !args.ignore_genotype, phase: !args.ignore_phase },
        packing: vcf.packing(),
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
    let provenance = provenance(args, &command);
    let report = Report { tally, strata: comparer.regions.list, provenance, truth, query };
    let mut files = vcf.seal()?;
    write_tables(args, &report, &mut files)?;
    files.commit()?;
    Ok(report)
}

/// Column of the sample that is compared; none of a file without samples, where genotypes are ignored.
fn sample(
    header: &VcfText,
    path: &Path,
    (option, name): (&str, Option<&str>),
    ignore_genotype: bool,
) -> Result<Option<usize>> {
    let complain = |problem: String| Err(fault(Failure::Data, format!("{}: {problem}", path.display())));
    match (name, &header.samples[..]) {
        (Some(name), samples) => match header.sample(name) {
            Some(column) => Ok(Some(column)),
            None => complain(format!("has no sample {name}; it has: {}", samples.join(", "))),
        },
        (None, []) if ignore_genotype => Ok(None),
        (None, []) => complain(
            "has no sample, so no genotypes; compare alleles alone with --ignore-genotype".to_owned(),
        ),
        (None, [_]) => Ok(Some(0)),
        (None, samples) => complain(format!(
            "has {} samples; choose one with --{option}: {}",
            samples.len(),
            samples.join(", ")
        )),
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
    let mut command = CommandLine::new("compare")
        .path("ref", &args.reference)
        .path("truth", &args.truth)
        .path("query", &args.query)
        .optional_path("bed", args.bed.as_deref());
    for (name, path) in &args.strata {
        command = command.option("strata", format!("{name}={}", path.display()));
    }
    for (option, sample) in [("truth-sample", &args.truth_sample), ("query-sample", &args.query_sample)] {
        if let Some(name) = sample {
            command = command.option(option, name);
        }
    }
    command.flag("ignore-genotype", args.ignore_genotype).flag("ignore-phase", args.ignore_phase)
}

fn provenance(args: &CompareArgs, command: &CommandLine) -> Provenance {
    let text = |path: &Path| path.display().to_string();
    Provenance {
        command: command.text().to_owned(),
        version: VERSION.to_owned(),
        reference: text(&args.reference),
        truth: text(&args.truth),
        query: text(&args.query),
        confident: args.bed.as_deref().map(text),
    }
}
