//! `rihla call`: a sorted, indexed BAM or CRAM to VCF.

mod bams;
mod output;

use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_call::CallOptions;
use rihla_call::gvcf::LEAD;
use rihla_core::{Interval, IntervalSet, RecordArena, RecordRef, Reference};
use rihla_io::vcf::VcfWriter;

use crate::cli::CallArgs;
use crate::context::Context;
use crate::ordered::for_each_ordered;
use crate::pipeline::bins::{self, Calling, HALO, read_regions};
use crate::pipeline::gvcf::{self, Gvcf};
use crate::pipeline::learning::{self, Learnt};
use crate::pipeline::part::{self, Part, PartLine, Sources, Stretch};
use crate::pipeline::provenance::CommandLine;
use crate::pipeline::sex::{self, Expected};
use crate::pipeline::{calls, forced};
use crate::{objects, paths, reference};
use bams::Bams;
use output::Output;

/// The sample's name when neither the command line nor the BAM gives one.
const NAMELESS: &str = "SAMPLE";

/// Calls and writes.
///
/// # Errors
/// Inputs missing, damaged or of another reference; the output not writable.
pub fn run(args: &CallArgs) -> Result<()> {
    let context = Context::new(&args.run)?;
    let outputs: Vec<&Path> = [&args.out].into_iter().chain(&args.gvcf).map(PathBuf::as_path).collect();
    let inputs: Vec<PathBuf> =
        [&args.bam].into_iter().chain(&args.alleles).chain(&args.part).cloned().collect();
    paths::check(&outputs, &args.reference, &inputs)?;
    paths::check_apart(&outputs)?;
    let index = reference::open(&context, &args.reference)?;
    let reference = index.reference();
    let bams = Bams::open(&args.bam, reference, &args.reference.reference)?;
    let regions = read_regions(args.regions.as_deref(), reference.contigs())?;
    let part = Part::read(args.part.as_deref(), reference.contigs())?;
    let alleles =
        forced::read_alleles(args.alleles.as_deref(), reference, regions.as_ref(), &context.progress)?;
    let sample = sample_name(args, &bams)?;
    let expected = Expected::new(&args.ploidy, reference.contigs(), args.gvcf.is_some(), None)?;
    let command = command_line(args, &sample);
    let mut header = calls::header(reference, &args.reference.reference, &sample, &command);
    let bands = args.gvcf.is_some().then(|| args.gvcf_form.gvcf_gq_bands.0.clone());
    let (amounts, records) = sex::of_index(&bams.first, reference.contigs());
    let (ploidies, ..) = expected.decide(reference, &amounts, records, &context.progress);
    let read = |interval, records: &mut RecordArena| bams.with(|bam| Ok(bam.query(interval, records)?));
    let learnt = match learning::is_learnt(&ploidies) {
        true => learning::of_records(&context, reference, read)?,
        false => Learnt::default(),
    };
    if let Some(part) = &part {
        let sources = sources(args, regions.as_ref(), &format!("{amounts:?} {ploidies:?} {learnt:?}"));
        let line = PartLine::new(sources, part.inside(), regions.as_ref(), reference.contigs());
        header.lines.push((part::KEY.to_owned(), line.to_text(reference.contigs())));
    }
    let create_gvcf = |path: &PathBuf| Gvcf::create(path, &header, &args.gvcf_form, reference);
    let gvcf = args.gvcf.as_ref().map(create_gvcf).transpose()?;
    let header = header.with_allele_annotations(args.allele_annotations);
    let mut output = Output { vcf: VcfWriter::create(&args.out, &header)?, gvcf, part };
    let options = CallOptions { scoring: args.score.score.into(), ..learnt.options() };
    let calling = Calling::new(&context, (reference, ploidies), regions, bands, options)
        .with_alleles(alleles)
        .with_max_mnp_distance(args.max_mnp_distance)
        .with_allele_annotations(args.allele_annotations);
    let (count, seen) = call_all(&context, args, (&calling, &bams, reference), &mut output)?;
    if args.part.is_none() && calling.regions().is_none() {
        bams.reconcile(&args.bam, reference.contigs(), &seen)?;
    }
    index.confirm()?;
    let files = output.seal()?;
    objects::commit(files)?;
    if let Some(path) = &args.gvcf {
        context.progress.say(&format!("wrote {}", path.display()));
    }
    context.progress.say(&format!("wrote {} ({count} records)", args.out.display()));
    Ok(())
}

/// Calls all that is to be called; gives how many records the VCF got, and how many of the BAM were seen of each contig.
fn call_all(
    context: &Context,
    args: &CallArgs,
    (calling, bams, reference): (&Calling<'_>, &Bams, &Reference),
    output: &mut Output<'_>,
) -> Result<(usize, Vec<u64>)> {
    // Lines of a VCF do not depend on what lies before them.
    let lead = if args.gvcf.is_some() { LEAD } else { 0 };
    let stretches = match &output.part {
        None => part::whole(reference.contigs()),
        Some(part) => part.stretches(lead),
    };
    let wanted = |all: Stretch| Some(Stretch { interval: calling.wanted(all.interval)?, ..all });
    let stretches: Vec<Stretch> = stretches.into_iter().filter_map(wanted).collect();
    let stage = context.progress.stage("call", "bins", stretches.len() as u64);
    let length = |contig| reference.contigs().get(contig).length;
    let call = |interval: Interval| {
        let padded = interval.padded(HALO, length(interval.contig));
        let mut records = RecordArena::new();
        bams.with(|bam| Ok(bam.query(padded, &mut records)?))?;
        let owned = |record: &RecordRef<'_>| {
            record.position().is_some_and(|at| interval.contains(interval.contig, at))
        };
        let seen = records.iter().filter(owned).count() as u64;
        Ok((seen, calling.call(interval, &records, &mut calling.scratch())))
    };
    let mut count = 0;
    let mut seen = vec![0; reference.contigs().len()];
    let work = |i: usize| call(stretches[i].interval);
    for_each_ordered(&context.pool, stretches.len(), work, |i, (records, calls)| {
        stage.add(1);
        let Stretch { interval, run } = stretches[i];
        seen[interval.contig as usize] += records;
        count += output.push(run, calls)?;
        if stretches.get(i + 1).is_some_and(|next| next.run == run) {
            return Ok(());
        }
        output.end_run(run, length(run.contig), |next| match calling.wanted(next) {
            Some(wanted) if wanted.start == next.start => Ok(call(wanted)?.1.gvcf),
            _ => Ok(None),
        })
    })?;
    stage.finish();
    Ok((count, seen))
}

fn command_line(args: &CallArgs, sample: &str) -> CommandLine {
    let command = CommandLine::new("call")
        .path("ref", &args.reference.reference)
        .path("bam", &args.bam)
        .option("sample", sample)
        .optional_path("regions", args.regions.as_deref())
        .optional_path("alleles", args.alleles.as_deref());
    let command = bins::describe_mnps(command, args.max_mnp_distance);
    let command = command.flag("allele-annotations", args.allele_annotations);
    let command = command.option("score", args.score.score.name());
    let command = sex::describe(command, &args.ploidy);
    if args.gvcf.is_some() { gvcf::describe(command, &args.gvcf_form) } else { command }
}

/// What the calls depend on that the header does not show: `reads` is all that was learnt of them before any was called.
fn sources(args: &CallArgs, regions: Option<&IntervalSet>, reads: &str) -> Sources {
    Sources::of_this_program()
        .with("reads", reads.as_bytes())
        .with("regions", format!("{regions:?}").as_bytes())
        .with_file("alleles", args.alleles.as_deref())
}

fn sample_name(args: &CallArgs, bams: &Bams) -> Result<String> {
    if let Some(sample) = &args.sample {
        return Ok(sample.clone());
    }
    Ok(bams.first.sample()?.unwrap_or(NAMELESS).to_owned())
}
