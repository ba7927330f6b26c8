//! Reads or records in, aligned records in genome bins out.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use rihla_align::{AlignOptions, Index, InsertSize};
use rihla_core::FileDigest;
use rihla_fastq::ReadCounts;
use rihla_fastq::trim::TrimCounts;
use rihla_shard::{ShardOptions, ShardWriter, Shards};

use super::lanes::Sample;
use super::preflight::{self, Expected};
use super::reads::{Aligned, SampleReads};
use super::resume::Resume;
use super::room;
use super::taken::TakenRecords;
use crate::cli::{DuplicateArgs, ReadsFrom};
use crate::context::Context;

/// What came of the reads.
pub struct Ingested {
    /// The records, by bin, duplicates resolved.
    pub shards: Shards,
    /// Reads as they came.
    pub reads: ReadCounts,
    /// The same by lane.
    pub lanes: Vec<ReadCounts>,
    /// How many of them came in pairs.
    pub paired_reads: u64,
    /// The model that mates were paired by.
    pub insert: InsertSize,
    /// Templates: pairs, or single reads.
    pub templates: u64,
    /// What was trimmed; `None` when nothing was to be.
    pub trimmed: Option<TrimCounts>,
    /// The inputs as they were read, in order.
    pub digests: Vec<FileDigest>,
    /// Wall time.
    pub wall: Duration,
}

/// What comes in.
enum Input<'a> {
    Reads(Box<SampleReads<'a>>),
    Records(Box<TakenRecords<'a>>),
}

impl Input<'_> {
    fn expected(&self) -> Option<Expected> {
        match self {
            Self::Reads(reads) => reads.expected(),
            Self::Records(records) => records.expected(),
        }
    }
}

/// How records are sorted and what is known of them.
pub struct Sorting<'a> {
    /// How duplicates are told.
    pub duplicates: &'a DuplicateArgs,
    /// Bases beside a bin from which it gets its neighbors' records.
    pub halo: u32,
    /// What is written.
    pub output: &'a Path,
    /// Where work is kept, and found.
    pub resume: Option<&'a Resume>,
}

/// Aligns all reads of a sample, or takes its records as they are, and sorts the records into bins.
///
/// # Errors
/// Damaged or missing FASTQ; no space for spilled records.
pub fn run(
    context: &Context,
    index: &Index,
    sample: &Sample,
    options: AlignOptions,
    sorting: &Sorting<'_>,
) -> Result<Ingested> {
    let &Sorting { duplicates, halo, output, resume } = sorting;
    let temp_dir = context.temp_dir(output)?;
    let reads = match sample.from {
        ReadsFrom::Reads => {
            Input::Reads(Box::new(SampleReads::open(context, index, sample, options, output)?))
        }
        ReadsFrom::Bam => Input::Records(Box::new(TakenRecords::open(context, index, sample, &temp_dir)?)),
    };
    if let Some(expected) = reads.expected() {
        let kept = resume.map(Resume::held);
        preflight::check(context, &expected, index.bytes(), &temp_dir, output, kept.as_ref())?;
    }
    let shards = ShardWriter::new(
        index.reference().contigs(),
        ShardOptions {
            memory_bytes: room::for_records_of(context, sample) as usize,
            temp_dir,
            libraries: sample.libraries.len() as u16,
            optical_pixels: duplicates.optical_distance,
            halo_bases: halo,
            ..ShardOptions::default()
        },
    );
    let aligned = match reads {
        Input::Reads(reads) => reads.align(
            true,
            resume,
            |origin, batch| {
                Ok(shards.push(origin, batch.first_template, &batch.records, &batch.template_ends)?)
            },
            |()| Ok(()),
        )?,
        Input::Records(records) => records.file(&shards, resume)?,
    };
    if let Some(resume) = resume {
        resume.tell_batches(&context.progress);
    }
    let stage = context.progress.stage("duplicates", "templates", 0);
    let shards = context.pool.install(|| shards.finish())?;
    stage.add(aligned.templates);
    let wall = aligned.wall + stage.finish();
    let reads = aligned.counts();
    let Aligned { lanes, paired_reads, insert, templates, trimmed, digests, .. } = aligned;
    Ok(Ingested { shards, reads, lanes, paired_reads, insert, templates, trimmed, digests, wall })
}
