//! The aligner: batches of reads to batches of records.

use rihla_core::RecordArena;
use rihla_core::read::{ReadBatch, ReadRef};
use rihla_kernels::Simd;

use crate::emit::Emitter;
use crate::extend::Extender;
use crate::index::Index;
use crate::insert::{InsertSamples, InsertSize};
use crate::options::AlignOptions;
use crate::pair::{self, Choice};
use crate::place::{Context, Read};
use crate::rescue::Rescuer;

/// A pair teaches the model when its placements have no rival above this share of their score.
const UNIQUE: f64 = 0.8;

/// Records of one batch, in the order of its reads.
#[derive(Clone, Debug, Default)]
pub struct AlignedBatch {
    /// Number of the batch in the input, from 0.
    pub number: u64,
    /// Ordinal in the input of the batch's first template, from 0.
    pub first_template: u64,
    /// All records: those of a template next to each other, the first mate's before the second's, a
    /// read's primary before its supplementary ones.
    pub records: RecordArena,
    /// For each template, the number of records up to its last.
    pub template_ends: Vec<u32>,
    /// What was done.
    pub counts: AlignCounts,
}

/// Counters of alignment; merging is independent of order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlignCounts {
    /// Reads.
    pub reads: u64,
    /// Reads with a place.
    pub mapped: u64,
    /// Pairs of reads.
    pub pairs: u64,
    /// Pairs that lie as the library wants it.
    pub proper_pairs: u64,
    /// Supplementary records.
    pub supplementary: u64,
    /// Reads without a placement of their own that were found near their mate.
    pub rescued: u64,
}

impl AlignCounts {
    /// Adds another's counts.
    pub fn merge(&mut self, other: &Self) {
        self.reads += other.reads;
        self.mapped += other.mapped;
        self.pairs += other.pairs;
        self.proper_pairs += other.proper_pairs;
        self.supplementary += other.supplementary;
        self.rescued += other.rescued;
    }
}

/// Buffers of one worker. What is in them never shows in a result.
pub struct AlignScratch {
    reads: [Read; 2],
    extender: Extender,
    rescuer: Rescuer,
    choice: Choice,
    emitter: Emitter,
}

/// Aligns reads to an index.
pub struct Aligner<'i> {
    index: &'i Index,
    options: AlignOptions,
    simd: Simd,
}

impl<'i> Aligner<'i> {
    /// An aligner; share it between threads, each with its own scratch.
    #[must_use]
    pub fn new(index: &'i Index, options: AlignOptions, simd: Simd) -> Self {
        Self { index, options, simd }
    }

    /// The settings.
    #[must_use]
    pub fn options(&self) -> &AlignOptions {
        &self.options
    }

    /// Buffers for one worker.
    #[must_use]
    pub fn scratch(&self) -> AlignScratch {
        AlignScratch {
            reads: Default::default(),
            extender: Extender::new(self.simd, self.options.scoring),
            rescuer: Rescuer::default(),
            choice: Choice::default(),
            emitter: Emitter::default(),
        }
    }

    /// Template lengths of the batch's confident pairs; none when it is not paired.
    #[must_use]
    pub fn learn_insert_size(&self, batch: &ReadBatch) -> InsertSamples {
        let mut samples = InsertSamples::default();
        if !batch.paired {
            return samples;
        }
        let context = self.context();
        let AlignScratch { mut reads, mut extender, .. } = self.scratch();
        for template in 0..batch.templates() {
            for (read, raw) in reads.iter_mut().zip(mates(batch, template)) {
                read.place(raw, &context, &mut extender);
            }
            sample(&reads, &mut samples);
        }
        samples
    }

    /// Aligns a batch, replacing what `out` held. The result depends on the batch, the model, the
    /// index and the options alone; `insert` is not looked at when the batch is not paired.
    pub fn align_batch(
        &self,
        batch: &ReadBatch,
        insert: &InsertSize,
        scratch: &mut AlignScratch,
        out: &mut AlignedBatch,
    ) {
        out.number = batch.number;
        out.first_template = batch.first_template;
        out.records.clear();
        out.template_ends.clear();
        out.counts = AlignCounts::default();
        let context = self.context();
        for template in 0..batch.templates() {
            if batch.paired {
                align_pair(mates(batch, template), insert, &context, scratch, out);
            } else {
                align_single(batch.read(template), &context, scratch, out);
            }
            out.template_ends.push(out.records.len() as u32);
        }
    }

    fn context(&self) -> Context<'_> {
        Context { reference: self.index.reference(), table: self.index.table(), options: &self.options }
    }
}

fn mates(batch: &ReadBatch, template: usize) -> [ReadRef<'_>; 2] {
    [batch.read(2 * template), batch.read(2 * template + 1)]
}

fn align_single(raw: ReadRef<'_>, context: &Context<'_>, scratch: &mut AlignScratch, out: &mut AlignedBatch) {
    let read = &mut scratch.reads[0];
    read.place(raw, context, &mut scratch.extender);
    scratch.choice.single(read, context.options);
    scratch.emitter.single(context, raw, read, &scratch.choice, out);
}

fn align_pair(
    raw: [ReadRef<'_>; 2],
    insert: &InsertSize,
    context: &Context<'_>,
    scratch: &mut AlignScratch,
    out: &mut AlignedBatch,
) {
    let AlignScratch { reads, extender, rescuer, choice, emitter } = scratch;
    for (read, raw) in reads.iter_mut().zip(raw) {
        read.place(raw, context, extender);
    }
    if insert.usable() {
        out.counts.rescued += u64::from(rescuer.rescue(reads, insert, context, extender));
    }
    choice.pair(reads, insert, context.options);
    emitter.pair(context, raw, reads, choice, out);
}

fn sample(reads: &[Read; 2], samples: &mut InsertSamples) {
    let unique = |read: &Read| {
        let region = read.regions.first()?;
        (f64::from(region.sub) <= UNIQUE * f64::from(region.score)).then(|| region.clone())
    };
    let (Some(a), Some(b)) = (unique(&reads[0]), unique(&reads[1])) else { return };
    if a.contig != b.contig {
        return;
    }
    let (orientation, length) = pair::geometry(&a, &b, reads);
    samples.add(orientation, length);
}

#[cfg(test)]
mod tests;
