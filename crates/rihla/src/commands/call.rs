//! `rihla call`: a sorted, indexed BAM to VCF.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use rihla_core::{Contigs, RecordArena, VariantRecord};
use rihla_io::bam::BamReader;

use crate::cli::CallArgs;
use crate::context::Context;
use crate::ordered::for_each_ordered;
use crate::pipeline::bins::{Calling, HALO, cut, read_regions};
use crate::pipeline::calls;
use crate::pipeline::provenance::CommandLine;
use crate::{paths, reference};

/// The sample's name when neither the command line nor the BAM gives one.
const NAMELESS: &str = "SAMPLE";

/// Calls and writes.
///
/// # Errors
/// Inputs missing, damaged or of another reference; the output not writable.
pub fn run(args: &CallArgs) -> Result<()> {
    let context = Context::new(&args.run)?;
    paths::check(&[&args.out], &args.reference, std::slice::from_ref(&args.bam))?;
    let index = reference::open(&context, &args.reference)?;
    let reference = index.reference();
    let bams = Bams::open(&args.bam, reference.contigs())?;
    let regions = read_regions(args.regions.as_deref(), reference.contigs())?;
    let sample = sample_name(args, &bams)?;
    let command = CommandLine::new("call")
        .path("ref", &args.reference.reference)
        .path("bam", &args.bam)
        .option("sample", &sample)
        .optional_path("regions", args.regions.as_deref());
    let mut writer = calls::create(&args.out, reference, &args.reference.reference, &sample, &command)?;
    let calling = Calling::new(&context, reference, regions);
    let intervals: Vec<_> =
        cut(reference.contigs()).into_iter().filter_map(|all| calling.wanted(all)).collect();
    let stage = context.progress.stage("call", "bins", intervals.len() as u64);
    let work = |i: usize| {
        let interval = intervals[i];
        let padded = interval.padded(HALO, reference.contigs().get(interval.contig).length);
        let mut records = RecordArena::new();
        bams.with(|bam| Ok(bam.query(padded, &mut records)?))?;
        Ok(calling.call(interval, &records, &mut calling.scratch()))
    };
    let mut count = 0;
    for_each_ordered(&context.pool, intervals.len(), work, |_, variants: Vec<VariantRecord>| {
        stage.add(1);
        count += variants.len();
        variants.iter().try_for_each(|variant| Ok(writer.write(variant)?))
    })?;
    writer.finish()?;
    stage.finish();
    context.progress.say(&format!("wrote {} ({count} records)", args.out.display()));
    Ok(())
}

fn sample_name(args: &CallArgs, bams: &Bams) -> Result<String> {
    if let Some(sample) = &args.sample {
        return Ok(sample.clone());
    }
    Ok(bams.first.sample()?.unwrap_or(NAMELESS).to_owned())
}

/// Handles on one BAM, as many as threads want at once.
struct Bams {
    first: BamReader,
    idle: Mutex<Vec<BamReader>>,
}

impl Bams {
    fn open(path: &Path, contigs: &Contigs) -> Result<Self> {
        let mut first = BamReader::open(path)?;
        first.check_contigs(contigs)?;
        Ok(Self { first, idle: Mutex::default() })
    }

    fn with<T>(&self, work: impl FnOnce(&mut BamReader) -> Result<T>) -> Result<T> {
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
