//! `rihla call`: a sorted, indexed BAM or CRAM to VCF.

mod output;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use rihla_call::CallOptions;
use rihla_call::gvcf::LEAD;
use rihla_core::{Contigs, Interval, IntervalSet, RecordArena, RecordRef, Reference};
use rihla_io::alignments::AlignmentReader;
use rihla_io::vcf::VcfWriter;

use crate::cli::CallArgs;
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::ordered::for_each_ordered;
use crate::pipeline::bins::{self, Calling, HALO, read_regions};
use crate::pipeline::gvcf::{self, Gvcf};
use crate::pipeline::learning::{self, Learnt};
use crate::pipeline::part::{self, Part, PartLine, Sources, Stretch};
use crate::pipeline::provenance::CommandLine;
use crate::pipeline::sex::{self, Expected};
use crate::pipeline::{calls, forced};
use crate::{objects, paths, reference};
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
    let command = CommandLine::new("call")
        .path("ref", &args.reference.reference)
        .path("bam", &args.bam)
        .option("sample", &sample)
        .optional_path("regions", args.regions.as_deref())
        .optional_path("alleles", args.alleles.as_deref());
    let command = bins::describe_mnps(command, args.max_mnp_distance);
    let command = command.option("score", args.score.score.name());
    let command = sex::describe(command, &args.ploidy);
    let command = if args.gvcf.is_some() { gvcf::describe(command, &args.gvcf_form) } else { command };
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
    let mut output = Output {
        vcf: VcfWriter::create(&args.out, &header)?,
        gvcf: args.gvcf.as_ref().map(create_gvcf).transpose()?,
        part,
    };
    let options = CallOptions { scoring: args.score.score.into(), ..learnt.options() };
    let calling = Calling::new(&context, (reference, ploidies), regions, bands, options)
        .with_alleles(alleles)
        .with_max_mnp_distance(args.max_mnp_distance);
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
    if args.part.is_none() && calling.regions().is_none() {
        bams.reconcile(&args.bam, reference.contigs(), &seen)?;
    }
    index.confirm()?;
    let files = output.seal()?;
    objects::commit(files)?;
    stage.finish();
    if let Some(path) = &args.gvcf {
        context.progress.say(&format!("wrote {}", path.display()));
    }
    context.progress.say(&format!("wrote {} ({count} records)", args.out.display()));
    Ok(())
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

/// Handles on one BAM or CRAM, as many as threads want at once.
struct Bams {
    first: AlignmentReader,
    idle: Mutex<Vec<AlignmentReader>>,
}

impl Bams {
    fn open(path: &Path, reference: &Reference, fasta: &Path) -> Result<Self> {
        let first = AlignmentReader::open(path, reference, fasta)?;
        Ok(Self { first, idle: Mutex::default() })
    }

    /// Checks the records that were seen of each whole contig against the index's own counts: an index
    /// has no checksum, and a damaged one would hide reads without a word.
    fn reconcile(&self, path: &Path, contigs: &Contigs, seen: &[u64]) -> Result<()> {
        for ((id, contig), &seen) in (0..).zip(contigs.iter()).zip(seen) {
            let expected = self.first.record_count(id).unwrap_or(seen);
            if seen != expected {
                let path = path.display();
                let message = format!(
                    "{path}: its index counts {expected} records on {}, but {seen} were found; the index is \
                     damaged or of another file, make it again: samtools index {path}",
                    contig.name
                );
                return Err(fault(Failure::Data, message));
            }
        }
        Ok(())
    }

    fn with<T>(&self, work: impl FnOnce(&mut AlignmentReader) -> Result<T>) -> Result<T> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = idle().pop();
        let mut bam = match waiting {
            Some(bam) => bam,
            None => self.first.reopen()?,
        };
        let result = work(&mut bam)?;
        idle().push(bam);
        Ok(result)
    }
}
