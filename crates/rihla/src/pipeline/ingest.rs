//! FASTQ in, aligned records in genome bins out.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use rihla_align::{AlignCounts, AlignOptions, AlignedBatch, Aligner, Index, InsertSamples, InsertSize};
use rihla_core::ReadBatch;
use rihla_fastq::{FastqReader, Input, ReadCounts, ReadOptions};
use rihla_shard::{ShardOptions, ShardWriter, Shards};

use crate::cli::SampleArgs;
use crate::context::Context;
use crate::progress::Stage;

/// Templates that the insert-size model is learnt from: the first of the input.
const LEARN_TEMPLATES: usize = 50_000;

/// Share of `--memory` that records may take before they spill; batches, sorting and calling take the rest.
const SHARD_SHARE: f64 = 0.6;

/// What came of the reads.
pub struct Ingested {
    /// The records, by bin, duplicates resolved.
    pub shards: Shards,
    /// Reads as they came.
    pub reads: ReadCounts,
    /// The model that mates were paired by.
    pub insert: InsertSize,
    /// Wall time.
    pub wall: Duration,
}

/// Aligns all reads of a sample and sorts the records into bins.
///
/// # Errors
/// Damaged or missing FASTQ; no space for spilled records.
pub fn run(context: &Context, index: &Index, sample: &SampleArgs, output: &Path) -> Result<Ingested> {
    let inputs: Vec<Input> = sample.reads.iter().map(|path| Input::from(path.clone())).collect();
    let mut reader = FastqReader::open(&inputs, ReadOptions::default())?;
    let options = AlignOptions { read_group: Some(sample.sample.clone()), ..AlignOptions::default() };
    let aligner = Aligner::new(index, options, context.simd);
    let shards = ShardWriter::new(
        index.reference().contigs(),
        ShardOptions {
            memory_bytes: (context.memory as f64 * SHARD_SHARE) as usize,
            temp_dir: context.temp_dir(output)?,
            ..ShardOptions::default()
        },
    );
    let head = read_head(&mut reader)?;
    let head_reads = head.iter().map(|batch| batch.len() as u64).sum();
    let stage = context.progress.stage("align", "reads", expected(&reader, head_reads).unwrap_or(0));
    let insert = match aligner.options().insert_size {
        Some(lengths) => InsertSize::given(lengths),
        None => learn(context, &aligner, &head),
    };
    let state = Run { aligner: &aligner, insert: &insert, shards: &shards, stage: &stage };
    let totals = state.align_all(context, head, reader)?;
    let mut wall = stage.finish();
    if totals.reads.reads == 0 {
        context.progress.warn("there are no reads; the outputs hold none");
    } else if !insert.usable() && sample.reads.len() == 2 {
        context
            .progress
            .warn("no insert size can be learnt: too few good pairs; each mate is aligned on its own");
    }
    context.progress.say(&summary(&totals.alignments, &insert));
    let stage = context.progress.stage("duplicates", "templates", 0);
    let shards = context.pool.install(|| shards.finish())?;
    stage.add(totals.reads.reads / sample.reads.len() as u64);
    wall += stage.finish();
    Ok(Ingested { shards, reads: totals.reads, insert, wall })
}

/// About how many reads the input holds, when `so_far` have been read.
fn expected(reader: &FastqReader, so_far: u64) -> Option<u64> {
    reader.share_read().map(|share| (so_far as f64 / share.max(1e-9)) as u64)
}

fn summary(counts: &AlignCounts, insert: &InsertSize) -> String {
    let percent = |part: u64, whole: u64| 100.0 * part as f64 / whole.max(1) as f64;
    let mut text = format!("{:.2} % of the reads are mapped", percent(counts.mapped, counts.reads));
    if let Some((orientation, lengths)) = insert.main() {
        let proper = percent(counts.proper_pairs, counts.pairs);
        text += &format!(
            ", {proper:.2} % of the pairs proper; fragments {:.0} +- {:.0} bases ({})",
            lengths.mean,
            lengths.sd,
            orientation.name()
        );
    }
    text
}

/// The first batches, enough to learn from.
fn read_head(reader: &mut FastqReader) -> Result<Vec<ReadBatch>> {
    let (mut head, mut templates) = (Vec::new(), 0);
    while templates < LEARN_TEMPLATES {
        let Some(batch) = reader.next_batch()? else { break };
        templates += batch.templates();
        head.push(batch);
    }
    Ok(head)
}

fn learn(context: &Context, aligner: &Aligner<'_>, head: &[ReadBatch]) -> InsertSize {
    use rayon::prelude::*;
    let merge = |mut all: InsertSamples, some: InsertSamples| {
        all.merge(&some);
        all
    };
    let samples = context.pool.install(|| {
        head.par_iter().map(|batch| aligner.learn_insert_size(batch)).reduce(InsertSamples::default, merge)
    });
    InsertSize::from_samples(&samples)
}

#[derive(Default)]
struct Totals {
    reads: ReadCounts,
    alignments: AlignCounts,
}

/// What the workers share.
struct Run<'a> {
    aligner: &'a Aligner<'a>,
    insert: &'a InsertSize,
    shards: &'a ShardWriter,
    stage: &'a Stage,
}

impl Run<'_> {
    /// Feeds the batches through a bounded channel to one worker a thread.
    fn align_all(&self, context: &Context, head: Vec<ReadBatch>, mut reader: FastqReader) -> Result<Totals> {
        let failed = AtomicBool::new(false);
        let totals = Mutex::new(Totals::default());
        let first_error = Mutex::new(None);
        let per_template = if reader.is_paired() { 2 } else { 1 };
        let fed = thread::scope(|threads| {
            // The inbox lives in here so that it goes, and the feeder with it, should a worker panic.
            let (sender, inbox) = mpsc::sync_channel::<ReadBatch>(2 * context.threads());
            let inbox = Mutex::new(inbox);
            let feeder = threads.spawn(|| {
                let sender = sender;
                for batch in head {
                    if sender.send(batch).is_err() {
                        return Ok(Vec::new());
                    }
                }
                while let Some(batch) = reader.next_batch()? {
                    if let Some(total) = expected(&reader, per_template * reader.templates()) {
                        self.stage.expect(total);
                    }
                    if failed.load(Ordering::Relaxed) || sender.send(batch).is_err() {
                        break;
                    }
                }
                Ok::<_, anyhow::Error>(reader.warnings())
            });
            context.pool.in_place_scope(|scope| {
                for _ in 0..context.threads() {
                    scope.spawn(|_| {
                        if let Err(error) = self.work(&inbox, &failed, &totals) {
                            failed.store(true, Ordering::Relaxed);
                            lock(&first_error).get_or_insert(error);
                            // Lets the feeder go on until it sees the failure.
                            while receive(&inbox).is_some() {}
                        }
                    });
                }
            });
            feeder.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        if let Some(error) = first_error.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        for warning in fed? {
            context.progress.warn(&warning.to_string());
        }
        Ok(totals.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn work(
        &self,
        inbox: &Mutex<Receiver<ReadBatch>>,
        failed: &AtomicBool,
        totals: &Mutex<Totals>,
    ) -> Result<()> {
        let (mut scratch, mut out) = (self.aligner.scratch(), AlignedBatch::default());
        let mut mine = Totals::default();
        while let Some(batch) = receive(inbox) {
            if failed.load(Ordering::Relaxed) {
                continue;
            }
            mine.reads.merge(&ReadCounts::of(&batch));
            self.aligner.align_batch(&batch, self.insert, &mut scratch, &mut out);
            self.shards.push(out.first_template, &out.records, &out.template_ends)?;
            mine.alignments.merge(&out.counts);
            self.stage.add(batch.len() as u64);
        }
        let mut all = lock(totals);
        all.reads.merge(&mine.reads);
        all.alignments.merge(&mine.alignments);
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The next batch; `None` at the end of the input.
fn receive(inbox: &Mutex<Receiver<ReadBatch>>) -> Option<ReadBatch> {
    lock(inbox).recv().ok()
}
