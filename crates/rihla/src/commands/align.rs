//! `rihla align`: FASTQ to a sorted, duplicate-marked BAM.

use anyhow::Result;
use rihla_io::bam::{BamWriter, compress_records};

use crate::cli::AlignArgs;
use crate::context::Context;
use crate::ordered::for_each_ordered;
use crate::paths;
use crate::pipeline::ingest;
use crate::pipeline::provenance::{CommandLine, bam_header};
use crate::reference;

/// Aligns, sorts, marks and writes.
///
/// # Errors
/// Inputs missing or damaged, outputs not writable.
pub fn run(args: &AlignArgs) -> Result<()> {
    let context = Context::new(&args.run)?;
    paths::check(&[&args.out], &args.reference, &args.sample.reads)?;
    let index = reference::open(&context, &args.reference)?;
    let command = CommandLine::new("align")
        .path("ref", &args.reference.reference)
        .sample(&args.sample)
        .option("compression-level", args.bam.compression_level.to_string());
    let mut writer = BamWriter::create(&args.out, &bam_header(&index, &args.sample, &command))?;
    let ingested = ingest::run(&context, &index, &args.sample, &args.out)?;
    let shards = &ingested.shards;
    let stage = context.progress.stage("write", "bins", shards.bins() as u64);
    let level = args.bam.compression_level;
    let work = |bin: usize| {
        let records = shards.load(bin)?;
        shards.release(bin);
        Ok(compress_records(records.owned_records(), level))
    };
    for_each_ordered(&context.pool, shards.bins(), work, |_, block| {
        stage.add(1);
        Ok(writer.append(&block)?)
    })?;
    writer.finish()?;
    stage.finish();
    context.progress.say(&format!("wrote {}", args.out.display()));
    Ok(())
}
