//! Reads in, aligned batches out, in the order of the input.

use std::collections::VecDeque;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use rihla_align::{
    AlignCounts, AlignOptions, AlignScratch, AlignedBatch, Aligner, Index, InsertSamples, InsertSize,
    Orientation,
};
use rihla_core::{FileDigest, ReadBatch};
use rihla_fastq::trim::{TrimCounts, Trimmer};
use rihla_fastq::{
    DEFAULT_BATCH_BASES, FastqReader, Input, MAX_READ_LENGTH, ReadCounts, ReadOptions, Warning,
};
use rihla_io::reads::{RecordReadOptions, RecordReads};
use rihla_shard::Origin;

use super::ahead::Ahead;
use super::lane_reader::LaneReader;
use super::lanes::{Lane, RecordLane, Sample};
use super::preflight::Expected;
use super::resume::Resume;
use super::trimming;
use crate::context::Context;
use crate::objects;
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

/// The reads of a sample, the first lane of them opened.
pub struct SampleReads<'a> {
    source: Source<'a>,
    first: OpenLane<'a>,
}

/// Where the lanes come from.
struct Source<'a> {
    context: &'a Context,
    index: &'a Index,
    sample: &'a Sample,
    options: AlignOptions,
    /// What is written, which temporary files may be beside.
    output: &'a Path,
}

/// A file whose first reads were read: a lane, or several read groups.
struct OpenLane<'a> {
    reader: LaneReader,
    /// The first batches, which the models were learnt from, with the numbers of their read groups.
    head: VecDeque<(usize, ReadBatch)>,
    /// Number of its first lane.
    first: usize,
    /// By read group, as far as reads of them have come.
    works: Vec<Option<Arc<LaneWork<'a>>>>,
}

/// What is needed to align the reads of a lane.
struct LaneWork<'a> {
    number: usize,
    origin: Origin,
    aligner: Aligner<'a>,
    insert: InsertSize,
    trimmer: Option<Trimmer>,
}

impl LaneWork<'_> {
    fn align(
        &self,
        batch: &ReadBatch,
        resume: Option<&Resume>,
        scratch: &mut AlignScratch,
        out: &mut AlignedBatch,
    ) -> Result<()> {
        let mut align = |out: &mut AlignedBatch| self.aligner.align_batch(batch, &self.insert, scratch, out);
        match resume {
            Some(resume) => {
                let model = format!("{:?}", (self.number, self.origin, self.insert));
                resume.align(batch, &model, out, align)?;
            }
            None => align(out),
        }
        Ok(())
    }
}

/// What came of the reads.
pub struct Aligned {
    /// Reads as they came, by lane; nothing unless they were to be counted.
    pub lanes: Vec<ReadCounts>,
    /// How many reads came in pairs.
    pub paired_reads: u64,
    /// What the aligner did.
    pub alignments: AlignCounts,
    /// Templates: pairs, or single reads.
    pub templates: u64,
    /// The model that mates were paired by, in the lane with the most templates.
    pub insert: InsertSize,
    /// What was trimmed; `None` when nothing was to be.
    pub trimmed: Option<TrimCounts>,
    /// The inputs as they were read, in order.
    pub digests: Vec<FileDigest>,
    /// Wall time.
    pub wall: Duration,
}

/// What comes of one batch.
struct Part<T> {
    lane: usize,
    counts: ReadCounts,
    trimmed: Option<TrimCounts>,
    paired_reads: usize,
    alignments: AlignCounts,
    templates: usize,
    result: T,
}

/// What the lanes say once they are read.
#[derive(Default)]
struct Fed {
    /// By lane.
    inserts: Vec<InsertSize>,
    warnings: Vec<Warning>,
    digests: Vec<FileDigest>,
}

impl<'a> SampleReads<'a> {
    /// Opens the reads of a sample and learns the insert-size model of its first lane from the first of them;
    /// temporary files may be made beside `output`.
    ///
    /// # Errors
    /// Damaged or missing reads.
    pub fn open(
        context: &'a Context,
        index: &'a Index,
        sample: &'a Sample,
        options: AlignOptions,
        output: &'a Path,
    ) -> Result<Self> {
        let source = Source { context, index, sample, options, output };
        let first = source.open(0, (0, 0), Learners::All)?;
        Ok(Self { source, first })
    }

    /// About what there is to read, from the first reads and the sizes of the files; `None` for what comes through
    /// pipes.
    #[must_use]
    pub fn expected(&self) -> Option<Expected> {
        let head = || self.first.head.iter().map(|(_, batch)| batch);
        let count: usize = head().map(ReadBatch::len).sum();
        let reads =
            Sizes::of(self.source.sample).expected(0, self.first.reader.share_read(), count as u64)?;
        let sizes = head().flat_map(|batch| (0..batch.len()).map(|i| batch.read(i)));
        let (bases, name) =
            sizes.fold((0, 0), |(bases, name), read| (bases + read.sequence.len(), name + read.name.len()));
        let mean = |sum: usize| sum as f64 / count.max(1) as f64;
        Some(Expected { reads, bases: mean(bases), name: mean(name) })
    }

    /// Aligns the reads on all threads: `work` gets each batch and where it comes from on a worker, `write` what
    /// that gave on this thread, in the order of the input. Memory stays bounded: a few batches a thread.
    ///
    /// `count` asks for the counts of the reads, which cost a little. What is kept in `resume` is taken over.
    ///
    /// # Errors
    /// Damaged FASTQ; errors of `work` and `write`.
    pub fn align<T: Send>(
        self,
        count: bool,
        resume: Option<&Resume>,
        work: impl Fn(Origin, &AlignedBatch) -> Result<T> + Sync,
        mut write: impl FnMut(T) -> Result<()>,
    ) -> Result<Aligned> {
        let Self { source, first } = self;
        let context = source.context;
        let head_reads = first.head.iter().map(|(_, batch)| batch.len() as u64).sum();
        let sizes = Sizes::of(source.sample);
        let expected = sizes.expected(0, first.reader.share_read(), head_reads);
        let stage = context.progress.stage("align", "reads", expected.unwrap_or(0));
        let (mut alignments, mut paired_reads) = (AlignCounts::default(), 0);
        let mut lanes = vec![ReadCounts::default(); source.sample.lanes.len()];
        let mut templates = vec![0; lanes.len()];
        let (buffers, batches) = (Spares::default(), Spares::default());
        let mut trimmed = source.sample.trimming.as_ref().map(|_| TrimCounts::default());
        let count = count || trimmed.is_some();
        let on_batch = |(lane, mut batch): (Arc<LaneWork<'_>>, ReadBatch)| {
            let counts = if count { ReadCounts::of(&batch) } else { ReadCounts::default() };
            let trimmed = lane.trimmer.as_ref().map(|trimmer| trimmer.trim(&mut batch));
            let (mut scratch, mut out) = buffers.take(|| (lane.aligner.scratch(), AlignedBatch::default()));
            lane.align(&batch, resume, &mut scratch, &mut out)?;
            let result = work(lane.origin, &out)?;
            let part = Part {
                lane: lane.number,
                counts,
                trimmed,
                paired_reads: if batch.paired { batch.len() } else { 0 },
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
            lanes[part.lane].merge(&part.counts);
            trimmed.iter_mut().zip(&part.trimmed).for_each(|(all, part)| all.merge(part));
            alignments.merge(&part.alignments);
            templates[part.lane] += part.templates as u64;
            paired_reads += part.paired_reads as u64;
            write(part.result)
        };
        let fed = thread::scope(|threads| {
            let (sender, inbox) = mpsc::sync_channel(2 * context.threads());
            let (stage, batches, source) = (&stage, &batches, &source);
            let feeder = threads.spawn(move || source.feed(first, &sender, batches, stage, &sizes));
            // The inbox goes when this returns, and the feeder with it, be it by an error or a panic.
            let aligned = map_ordered(&context.pool, move || Ok(inbox.recv().ok()), on_batch, on_part);
            let fed = feeder.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            aligned.and(fed)
        })?;
        let largest = (0..templates.len()).rev().max_by_key(|&lane| templates[lane]).unwrap_or(0);
        let insert = fed.inserts[largest];
        let templates = templates.iter().sum();
        let (digests, wall) = (fed.digests, stage.finish());
        let aligned = Aligned { lanes, paired_reads, alignments, templates, insert, trimmed, digests, wall };
        fed.warnings.iter().for_each(|warning| context.progress.warn(&warning.to_string()));
        aligned.tell(context);
        Ok(aligned)
    }
}

impl Aligned {
    /// Reads of all lanes as they came; nothing unless they were to be counted.
    #[must_use]
    pub fn counts(&self) -> ReadCounts {
        self.lanes.iter().fold(ReadCounts::default(), |mut all, lane| {
            all.merge(lane);
            all
        })
    }

    fn tell(&self, context: &Context) {
        if self.templates == 0 {
            context.progress.warn("there are no reads; the outputs hold none");
        } else if !self.insert.usable() && self.paired_reads > 0 {
            context
                .progress
                .warn("no insert size can be learnt: too few good pairs; each mate is aligned on its own");
        }
        if let Some(trimmed) = &self.trimmed {
            context.progress.say(&trimming::summary(trimmed, self.counts().reads));
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

/// Which threads learn the insert-size model of a lane.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Learners {
    /// All of the pool.
    All,
    /// The one that asks: the pool aligns the lane before.
    One,
}

impl<'a> Source<'a> {
    /// Opens the file that begins with a lane and learns the models of those of its lanes that come first; its
    /// batches and templates are numbered from `numbers` on.
    fn open(&self, lane: usize, numbers: (u64, u64), learners: Learners) -> Result<OpenLane<'a>> {
        let reader = match self.sample.lanes[lane].records.as_ref().and_then(RecordLane::take) {
            Some(records) => self.open_records(records, numbers)?,
            None => self.open_fastq(&self.sample.lanes[lane].reads, numbers)?,
        };
        let works = vec![None; self.sample.lanes_in_file(lane)];
        let mut open = OpenLane { reader, head: VecDeque::new(), first: lane, works };
        open.read_head(None)?;
        if open.head.front().is_some_and(|(_, batch)| looks_interleaved(batch)) {
            self.context.progress.warn(UNPAIRED_MATES);
        }
        for group in 0..open.works.len() {
            // A lane of its own is known even when it has no reads.
            if group == 0 || open.head.iter().any(|(other, _)| *other == group) {
                self.learn(&mut open, group, learners);
            }
        }
        Ok(open)
    }

    fn open_fastq(&self, reads: &[PathBuf], (batches, templates): (u64, u64)) -> Result<LaneReader> {
        let inputs: Vec<Input> = reads.iter().map(|path| objects::input(path)).collect();
        let options = ReadOptions {
            quality_offset: self.sample.quality_offset,
            digests: self.sample.digests,
            ..ReadOptions::default()
        };
        let wrap = |stream| Ahead::if_spare(stream, self.context.threads());
        let reader = FastqReader::open_with(&inputs, options, wrap)?.numbered_from(batches, templates);
        let reader = if self.sample.interleaved { reader.interleaved() } else { reader };
        Ok(LaneReader::Fastq(Box::new(reader)))
    }

    fn open_records(&self, mut records: RecordReads, numbers: (u64, u64)) -> Result<LaneReader> {
        let options = RecordReadOptions {
            batch_bases: DEFAULT_BATCH_BASES,
            max_length: MAX_READ_LENGTH,
            temp_dir: self.context.temp_dir(self.output)?,
        };
        records.start(options, numbers, (self.index.reference(), &self.sample.fasta))?;
        Ok(LaneReader::Records(Box::new(records)))
    }

    /// Learns the model of a read group of an open file from the batches of it in the head.
    fn learn(&self, open: &mut OpenLane<'a>, group: usize, learners: Learners) {
        let Self { context, index, sample, options, .. } = self;
        let number = open.first + group;
        let origin = sample.lanes[number].origin;
        let read_group = Some(sample.groups[usize::from(origin.read_group)].id.clone());
        let aligner = Aligner::new(index, AlignOptions { read_group, ..options.clone() }, context.simd);
        let own = open.head.iter().filter(|(other, _)| *other == group);
        let head: Vec<&ReadBatch> = own.map(|(_, batch)| batch).collect();
        let insert = match aligner.options().insert_size {
            Some(lengths) => InsertSize::given(lengths),
            None if learners == Learners::All => context.pool.install(|| learn(&aligner, &head, true)),
            None => learn(&aligner, &head, false),
        };
        let trimmer = sample.trimming.as_ref().map(|trimming| trimming.trimmer(&head));
        open.works[group] = Some(Arc::new(LaneWork { number, origin, aligner, insert, trimmer }));
    }

    /// The next batch of an open file and what it is to be aligned with; `None` at the end.
    fn next(
        &self,
        open: &mut OpenLane<'a>,
        spares: &Spares<ReadBatch>,
    ) -> Result<Option<(Arc<LaneWork<'a>>, ReadBatch)>> {
        if open.head.is_empty() {
            let mut batch = spares.take(ReadBatch::default);
            let Some(group) = open.reader.next_batch_into(&mut batch)? else { return Ok(None) };
            open.head.push_back((group, batch));
        }
        let Some(&(group, _)) = open.head.front() else { return Ok(None) };
        if open.works[group].is_none() {
            // The first reads of a read group that begins later in the file.
            open.read_head(Some(group))?;
            self.learn(open, group, Learners::One);
        }
        let batch = open.head.pop_front().map(|(_, batch)| batch);
        Ok(open.works[group].clone().zip(batch))
    }

    /// Sends all batches of all lanes until there is nobody left to take them.
    fn feed(
        &self,
        first: OpenLane<'a>,
        sender: &SyncSender<(Arc<LaneWork<'a>>, ReadBatch)>,
        spares: &Spares<ReadBatch>,
        stage: &Stage,
        sizes: &Sizes,
    ) -> Result<Fed> {
        let mut fed =
            Fed { inserts: vec![InsertSize::unusable(); self.sample.lanes.len()], ..Fed::default() };
        let mut reads = 0;
        let mut next = Some(first);
        while let Some(mut open) = next.take() {
            while let Some((work, batch)) = self.next(&mut open, spares)? {
                reads += batch.len() as u64;
                if open.head.is_empty()
                    && let Some(total) = sizes.expected(open.first, open.reader.share_read(), reads)
                {
                    stage.expect(total);
                }
                if sender.send((work, batch)).is_err() {
                    return Ok(fed);
                }
            }
            open.works.iter().flatten().for_each(|work| fed.inserts[work.number] = work.insert);
            fed.warnings.extend(open.reader.warnings());
            fed.digests.extend(open.reader.digests());
            let lane = open.first + open.works.len();
            if lane < self.sample.lanes.len() {
                next = Some(self.open(lane, open.reader.numbers(), Learners::One)?);
            }
        }
        Ok(fed)
    }
}

impl OpenLane<'_> {
    /// Reads on until the head holds enough to learn from: of a read group, if one is wanted, else of all.
    fn read_head(&mut self, wanted: Option<usize>) -> Result<()> {
        let is_wanted = |group: usize| wanted.is_none_or(|wanted| wanted == group);
        let count = |batches: &VecDeque<(usize, ReadBatch)>, all: bool| {
            let batches = batches.iter().filter(|(group, _)| all || is_wanted(*group));
            batches.map(|(_, batch)| batch.templates()).sum::<usize>()
        };
        // What other read groups have in between is kept too, so that there is an end to it.
        while count(&self.head, false) < HEAD_TEMPLATES && count(&self.head, true) < 2 * HEAD_TEMPLATES {
            let mut batch = ReadBatch::default();
            let Some(group) = self.reader.next_batch_into(&mut batch)? else { break };
            self.head.push_back((group, batch));
        }
        Ok(())
    }
}

/// Bytes of the lanes' files; nothing where they are not known.
pub(super) struct Sizes(Option<Vec<u64>>);

impl Sizes {
    pub(super) fn of(sample: &Sample) -> Self {
        let file_size =
            |path: &PathBuf| path.metadata().ok().filter(Metadata::is_file).map(|file| file.len());
        let size = |path: &PathBuf| objects::size(path).or_else(|| file_size(path));
        // A file of several read groups counts with the first.
        let of_lane = |lane: &Lane| match &lane.records {
            Some(records) if records.group > 0 => Some(0),
            _ => lane.reads.iter().map(size).sum::<Option<u64>>(),
        };
        Self(sample.lanes.iter().map(of_lane).collect())
    }

    /// About how many reads the input holds, when `so_far` have been read, the last of a lane of which that
    /// share is read.
    pub(super) fn expected(&self, lane: usize, share: Option<f64>, so_far: u64) -> Option<u64> {
        let bytes = self.0.as_ref()?;
        let all: u64 = bytes.iter().sum();
        let read = bytes[..lane].iter().sum::<u64>() as f64 + share? * bytes[lane] as f64;
        Some((so_far as f64 * all as f64 / read.max(1.0)) as u64)
    }
}

/// What is said of single reads that look like the mates of pairs.
pub const UNPAIRED_MATES: &str = "neighboring reads have the same name: if they are the mates of pairs, give --interleaved; \
     else each is aligned on its own";

/// Whether single reads look like the mates of pairs.
#[must_use]
pub fn looks_interleaved(batch: &ReadBatch) -> bool {
    let pairs = batch.len().min(100) / 2;
    !batch.paired && pairs > 0 && (0..pairs).all(|i| batch.read(2 * i).name == batch.read(2 * i + 1).name)
}

/// The model, from a part of the head spread over it, and from the rest where that has too few good pairs.
fn learn(aligner: &Aligner<'_>, head: &[&ReadBatch], in_pool: bool) -> InsertSize {
    let is_first = |template: u64| template.is_multiple_of(LEARN_ONE_IN as u64);
    let mut samples = sample(aligner, head, in_pool, is_first);
    if Orientation::ALL.iter().map(|&orientation| samples.pairs(orientation)).sum::<u64>() < ENOUGH_PAIRS {
        samples.merge(&sample(aligner, head, in_pool, |template| !is_first(template)));
    }
    InsertSize::from_samples(&samples)
}

/// Lengths of the templates whose numbers pass.
fn sample(
    aligner: &Aligner<'_>,
    head: &[&ReadBatch],
    in_pool: bool,
    wanted: impl Fn(u64) -> bool + Sync,
) -> InsertSamples {
    use rayon::prelude::*;
    let of = |batch: &&ReadBatch| aligner.learn_insert_size(&part(batch, &wanted));
    let merge = |mut all: InsertSamples, some: InsertSamples| {
        all.merge(&some);
        all
    };
    if in_pool {
        head.par_iter().map(of).reduce(InsertSamples::default, merge)
    } else {
        head.iter().map(of).fold(InsertSamples::default(), merge)
    }
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
