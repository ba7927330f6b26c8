//! FASTQ in, aligned batches out, in the order of the input.

use std::sync::mpsc::{self, SyncSender};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use rihla_align::{
    AlignCounts, AlignOptions, AlignedBatch, Aligner, Index, InsertSamples, InsertSize, Orientation,
};
use rihla_core::ReadBatch;
use rihla_fastq::{FastqReader, Input, ReadCounts, ReadOptions, Warning};

use super::ahead::Ahead;
use crate::cli::SampleArgs;
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::ordered::map_ordered;
use crate::progress::Stage;
use crate::spares::Spares;

/// Templates that are read before the first is aligned.
const HEAD_TEMPLATES: usize = 40_000;

/// The insert-size model is learnt from one in so many of them: 5,000, which give the mean and the quartiles
/// to a fiftieth of the deviation.
const LEARN_ONE_IN: usize = 8;

/// Confident pairs that are enough; with fewer, all templates of the head are looked at.
const ENOUGH_PAIRS: u64 = 1_000;

/// The reads of a sample, opened, and what is needed to align them.
pub struct SampleReads<'i> {
    reader: FastqReader,
    /// The first batches, which the model was learnt from.
    head: Vec<ReadBatch>,
    aligner: Aligner<'i>,
    insert: InsertSize,
}

/// What came of the reads.
pub struct Aligned {
    /// Reads as they came; nothing unless they were to be counted.
    pub counts: ReadCounts,
    /// What the aligner did.
    pub alignments: AlignCounts,
    /// Whether the reads came in pairs.
    pub is_paired: bool,
    /// Templates: pairs, or single reads.
    pub templates: u64,
    /// The model that mates were paired by.
    pub insert: InsertSize,
    /// Wall time.
    pub wall: Duration,
}

/// What comes of one batch.
struct Part<T> {
    counts: ReadCounts,
    alignments: AlignCounts,
    templates: usize,
    result: T,
}

impl<'i> SampleReads<'i> {
    /// Opens the reads of a sample and learns the insert-size model from the first of them.
    ///
    /// # Errors
    /// Damaged or missing FASTQ.
    pub fn open(
        context: &Context,
        index: &'i Index,
        sample: &SampleArgs,
        options: AlignOptions,
    ) -> Result<Self> {
        let mut reader = open(context, sample)?;
        let aligner = Aligner::new(index, options, context.simd);
        let head = read_head(&mut reader)?;
        if head.first().is_some_and(looks_interleaved) {
            context.progress.warn(
                "neighboring reads have the same name: if they are the mates of pairs, give --interleaved; \
                 here each is aligned on its own",
            );
        }
        let insert = match aligner.options().insert_size {
            Some(lengths) => InsertSize::given(lengths),
            None => learn(context, &aligner, &head),
        };
        Ok(Self { reader, head, aligner, insert })
    }

    /// Aligns the reads on all threads: `work` gets each batch on a worker, `write` what that gave on this
    /// thread, in the order of the input. Memory stays bounded: a few batches a thread.
    ///
    /// `count` asks for the counts of the reads, which cost a little.
    ///
    /// # Errors
    /// Damaged FASTQ; errors of `work` and `write`.
    pub fn align<T: Send>(
        self,
        context: &Context,
        count: bool,
        work: impl Fn(&AlignedBatch) -> Result<T> + Sync,
        mut write: impl FnMut(T) -> Result<()>,
    ) -> Result<Aligned> {
        let Self { mut reader, head, aligner, insert } = self;
        let is_paired = reader.is_paired();
        let head_reads = head.iter().map(|batch| batch.len() as u64).sum();
        let stage = context.progress.stage("align", "reads", expected(&reader, head_reads).unwrap_or(0));
        let (mut counts, mut alignments, mut templates) = (ReadCounts::default(), AlignCounts::default(), 0);
        let (buffers, batches) = (Spares::default(), Spares::default());
        let on_batch = |batch: ReadBatch| {
            let (mut scratch, mut out) = buffers.take(|| (aligner.scratch(), AlignedBatch::default()));
            aligner.align_batch(&batch, &insert, &mut scratch, &mut out);
            let result = work(&out)?;
            let part = Part {
                counts: if count { ReadCounts::of(&batch) } else { ReadCounts::default() },
                alignments: out.counts,
                templates: batch.templates(),
                result,
            };
            buffers.give((scratch, out));
            stage.add(batch.len() as u64);
            batches.give(batch);
            Ok(part)
        };
        let on_part = |part: Part<T>| {
            counts.merge(&part.counts);
            alignments.merge(&part.alignments);
            templates += part.templates as u64;
            write(part.result)
        };
        let warnings = thread::scope(|threads| {
            let (sender, inbox) = mpsc::sync_channel(2 * context.threads());
            let (stage, batches) = (&stage, &batches);
            let feeder = threads.spawn(move || feed(&mut reader, head, &sender, batches, stage));
            // The inbox goes when this returns, and the feeder with it, be it by an error or a panic.
            let aligned = map_ordered(&context.pool, move || Ok(inbox.recv().ok()), on_batch, on_part);
            let fed = feeder.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            aligned.and(fed)
        })?;
        let aligned = Aligned { counts, alignments, is_paired, templates, insert, wall: stage.finish() };
        warnings.iter().for_each(|warning| context.progress.warn(&warning.to_string()));
        aligned.tell(context);
        Ok(aligned)
    }
}

impl Aligned {
    fn tell(&self, context: &Context) {
        if self.templates == 0 {
            context.progress.warn("there are no reads; the outputs hold none");
        } else if !self.insert.usable() && self.is_paired {
            context
                .progress
                .warn("no insert size can be learnt: too few good pairs; each mate is aligned on its own");
        }
        context.progress.say(&self.summary());
    }

    fn summary(&self) -> String {
        let percent = |part: u64, whole: u64| 100.0 * part as f64 / whole.max(1) as f64;
        let Self { alignments, insert, .. } = self;
        let mut text =
            format!("{:.2} % of the reads are mapped", percent(alignments.mapped, alignments.reads));
        if let Some((orientation, lengths)) = insert.main() {
            let proper = percent(alignments.proper_pairs, alignments.pairs);
            text += &format!(
                ", {proper:.2} % of the pairs proper; fragments {:.0} +- {:.0} bases ({})",
                lengths.mean,
                lengths.sd,
                orientation.name()
            );
        }
        text
    }
}

/// Opens the inputs.
fn open(context: &Context, sample: &SampleArgs) -> Result<FastqReader> {
    let inputs: Vec<Input> = sample.reads.iter().map(|path| Input::from(path.clone())).collect();
    if sample.interleaved && inputs.len() != 1 {
        let message =
            "--interleaved takes one file, which holds both reads of each pair; give one, or leave it out";
        return Err(fault(Failure::Usage, message));
    }
    // Inflating costs several times what parsing does: with threads to spare each input has its own.
    let is_ahead = context.threads() > 1;
    let wrap = |stream| if is_ahead { Box::new(Ahead::new(stream)) } else { stream };
    let reader = FastqReader::open_with(&inputs, ReadOptions::default(), wrap)?;
    Ok(if sample.interleaved { reader.interleaved() } else { reader })
}

/// Whether single reads look like the mates of pairs.
fn looks_interleaved(batch: &ReadBatch) -> bool {
    let pairs = batch.len().min(100) / 2;
    !batch.paired && pairs > 0 && (0..pairs).all(|i| batch.read(2 * i).name == batch.read(2 * i + 1).name)
}

/// Sends all batches until there is nobody left to take them.
fn feed(
    reader: &mut FastqReader,
    head: Vec<ReadBatch>,
    sender: &SyncSender<ReadBatch>,
    batches: &Spares<ReadBatch>,
    stage: &Stage,
) -> Result<Vec<Warning>> {
    if head.into_iter().any(|batch| sender.send(batch).is_err()) {
        return Ok(Vec::new());
    }
    let per_template = if reader.is_paired() { 2 } else { 1 };
    loop {
        let mut batch = batches.take(ReadBatch::default);
        if !reader.next_batch_into(&mut batch)? {
            break;
        }
        if let Some(total) = expected(reader, per_template * reader.templates()) {
            stage.expect(total);
        }
        if sender.send(batch).is_err() {
            break;
        }
    }
    Ok(reader.warnings())
}

/// About how many reads the input holds, when `so_far` have been read.
fn expected(reader: &FastqReader, so_far: u64) -> Option<u64> {
    reader.share_read().map(|share| (so_far as f64 / share.max(1e-9)) as u64)
}

/// The first batches, enough to learn from.
fn read_head(reader: &mut FastqReader) -> Result<Vec<ReadBatch>> {
    let (mut head, mut templates) = (Vec::new(), 0);
    while templates < HEAD_TEMPLATES {
        let Some(batch) = reader.next_batch()? else { break };
        templates += batch.templates();
        head.push(batch);
    }
    Ok(head)
}

/// The model, from a part of the head spread over it, and from the rest where that has too few good pairs.
fn learn(context: &Context, aligner: &Aligner<'_>, head: &[ReadBatch]) -> InsertSize {
    let is_first = |template: u64| template.is_multiple_of(LEARN_ONE_IN as u64);
    let mut samples = sample(context, aligner, head, is_first);
    if Orientation::ALL.iter().map(|&orientation| samples.pairs(orientation)).sum::<u64>() < ENOUGH_PAIRS {
        samples.merge(&sample(context, aligner, head, |template| !is_first(template)));
    }
    InsertSize::from_samples(&samples)
}

/// Lengths of the templates whose numbers pass.
fn sample(
    context: &Context,
    aligner: &Aligner<'_>,
    head: &[ReadBatch],
    wanted: impl Fn(u64) -> bool + Sync,
) -> InsertSamples {
    use rayon::prelude::*;
    let of = |batch: &ReadBatch| aligner.learn_insert_size(&part(batch, &wanted));
    let merge = |mut all: InsertSamples, some: InsertSamples| {
        all.merge(&some);
        all
    };
    context.pool.install(|| head.par_iter().map(of).reduce(InsertSamples::default, merge))
}

/// The templates of a batch whose numbers pass; none of single reads.
fn part(batch: &ReadBatch, wanted: impl Fn(u64) -> bool) -> ReadBatch {
    let mut part = ReadBatch::new(batch.number, batch.first_template, batch.paired);
    let templates = if batch.paired { batch.templates() } else { 0 };
    for template in (0..templates).filter(|&at| wanted(batch.first_template + at as u64)) {
        for read in [batch.read(2 * template), batch.read(2 * template + 1)] {
            part.push(read.name, read.sequence, read.qualities);
        }
    }
    part
}
