//! The records of BAM and CRAM as they are, into bins: no alignment, everything behind it.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, SyncSender};
use std::thread;

use anyhow::Result;
use rihla_align::{AlignCounts, Index, InsertSize};
use rihla_core::record::flags;
use rihla_core::{FileDigest, ReadBatch, RecordArena, RecordRef};
use rihla_fastq::{ReadCounts, SheetRow};
use rihla_io::reads::{RecordReads, TemplateBatch, TemplateReads, push_read, take_record};
use rihla_shard::ShardWriter;

use super::lanes::{RecordLane, Sample};
use super::preflight::Expected;
use super::reads::{Aligned, Sizes};
use super::resume::Resume;
use crate::cli::SampleArgs;
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::ordered::map_ordered;
use crate::progress::{Stage, grouped};

/// Batches that are read before the first is worked on, to see how much there will be.
const HEAD_BATCHES: usize = 8;

/// The records of a sample, the first file of them opened.
pub struct TakenRecords<'a> {
    files: Files<'a>,
    first: Option<OpenFile>,
}

/// Where the files come from.
struct Files<'a> {
    context: &'a Context,
    index: &'a Index,
    sample: &'a Sample,
    temp_dir: PathBuf,
}

/// A file whose first records were read.
struct OpenFile {
    reader: TemplateReads,
    head: VecDeque<TemplateBatch>,
    /// Number of its first lane.
    lane: usize,
}

/// What comes of one batch.
struct Part {
    lane: usize,
    counts: ReadCounts,
    paired_reads: u64,
    templates: u64,
}

/// Whether the options and files are such that records can be taken as they are.
///
/// # Errors
/// Usage: options of reads; data: files that hold no records.
pub fn check(args: &SampleArgs, rows: &[SheetRow], files: &[Option<RecordReads>]) -> Result<()> {
    let given = [
        (args.interleaved, "--interleaved"),
        (args.quality_offset.is_some(), "--quality-offset"),
        (args.trim.trim, "--trim"),
    ];
    if let Some((_, option)) = given.iter().find(|(is_given, _)| *is_given) {
        let message = format!("--from bam takes records as they are; leave {option} out");
        return Err(fault(Failure::Usage, message));
    }
    let other = rows.iter().zip(files).find(|(_, file)| file.is_none());
    if let Some(path) = other.and_then(|(row, _)| row.reads.first()) {
        if path.exists() || path == Path::new("-") {
            let message = "is no BAM or CRAM; give one, or leave --from bam out, so that reads are aligned";
            return Err(fault(Failure::Data, format!("{}: {message}", path.display())));
        }
        let message = "cannot be read: no such file; give a BAM or CRAM";
        return Err(fault(Failure::Missing, format!("{}: {message}", path.display())));
    }
    Ok(())
}

impl<'a> TakenRecords<'a> {
    /// Opens the records of a sample; mates that are far from each other wait in `temp_dir`.
    ///
    /// # Errors
    /// Files that are damaged, not aligned, or aligned to another reference.
    pub fn open(context: &'a Context, index: &'a Index, sample: &'a Sample, temp_dir: &Path) -> Result<Self> {
        let files = Files { context, index, sample, temp_dir: temp_dir.to_owned() };
        let first = files.open(0, 0)?;
        Ok(Self { files, first })
    }

    /// About what there is to take, from the first records and the sizes of the files; `None` for what comes through
    /// pipes.
    #[must_use]
    pub fn expected(&self) -> Option<Expected> {
        let open = self.first.as_ref()?;
        let records = || open.head.iter().flat_map(|batch| batch.records.iter());
        let count = records().count();
        let reads =
            Sizes::of(self.files.sample).expected(0, open.reader.share_read(), open.reader.records())?;
        let sums = records().fold((0, 0), |(bases, name), record| {
            (bases + record.sequence_len(), name + record.name().len())
        });
        let mean = |sum: usize| sum as f64 / count.max(1) as f64;
        Some(Expected { reads, bases: mean(sums.0), name: mean(sums.1) })
    }

    /// Files all records with the bins, on all threads. Memory stays bounded: a few batches a thread. What is kept of a
    /// run with other records is not for this one.
    ///
    /// # Errors
    /// Damaged files, records that cannot be; no space for spilled records.
    pub fn file(self, shards: &ShardWriter, resume: Option<&Resume>) -> Result<Aligned> {
        let Self { files, first } = self;
        let Files { context, sample, .. } = files;
        let stage = context.progress.stage("take", "records", 0);
        let mut lanes = vec![ReadCounts::default(); sample.lanes.len()];
        let (mut paired_reads, mut templates) = (0, 0);
        let work = |(lane, batch): (usize, TemplateBatch)| {
            stage.add(batch.records.len() as u64);
            resume.iter().for_each(|resume| resume.note(lane, &batch));
            file_batch(sample, lane, &batch, shards)
        };
        let on_part = |part: Part| {
            lanes[part.lane].merge(&part.counts);
            paired_reads += part.paired_reads;
            templates += part.templates;
            Ok(())
        };
        let digests = thread::scope(|threads| {
            let (sender, inbox) = mpsc::sync_channel(2 * context.threads());
            let (files, stage) = (&files, &stage);
            let feeder = threads.spawn(move || files.feed(first, &sender, stage));
            // The inbox goes when this returns, and the feeder with it, be it by an error or a panic.
            let filed = map_ordered(&context.pool, move || Ok(inbox.recv().ok()), work, on_part);
            let fed = feeder.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            filed.and(fed)
        })?;
        let reads: u64 = lanes.iter().map(|lane| lane.reads).sum();
        match reads {
            0 => context.progress.warn("there are no reads; the outputs hold none"),
            _ => {
                let (records, reads) = (grouped(shards.records_in()), grouped(reads));
                context.progress.say(&format!("{records} records of {reads} reads are taken as they are"));
            }
        }
        Ok(Aligned {
            lanes,
            paired_reads,
            alignments: AlignCounts::default(),
            templates,
            insert: InsertSize::unusable(),
            trimmed: None,
            digests,
            wall: stage.finish(),
        })
    }
}

impl Files<'_> {
    /// Opens the file that begins with a lane, its records being numbered from `first` on; `None` behind the last.
    fn open(&self, lane: usize, first: u64) -> Result<Option<OpenFile>> {
        let records = self.sample.lanes.get(lane).and_then(|lane| lane.records.as_ref());
        let Some(records) = records.and_then(RecordLane::take) else { return Ok(None) };
        let reference = (self.index.reference(), self.sample.fasta.as_path());
        let mut reader = records.into_templates(self.temp_dir.clone(), first, reference)?;
        let mut head = VecDeque::new();
        while head.len() < HEAD_BATCHES {
            let Some(batch) = reader.next_batch()? else { break };
            head.push_back(batch);
        }
        Ok(Some(OpenFile { reader, head, lane }))
    }

    /// Sends all batches of all files until there is nobody left to take them; gives the files' digests.
    fn feed(
        &self,
        first: Option<OpenFile>,
        sender: &SyncSender<(usize, TemplateBatch)>,
        stage: &Stage,
    ) -> Result<Vec<FileDigest>> {
        let sizes = Sizes::of(self.sample);
        let mut digests = Vec::new();
        let (mut next, mut before) = (first, 0);
        while let Some(mut open) = next.take() {
            loop {
                let batch = match open.head.pop_front() {
                    Some(batch) => Some(batch),
                    None => open.reader.next_batch()?,
                };
                let Some(batch) = batch else { break };
                let so_far = before + open.reader.records();
                if let Some(total) = sizes.expected(open.lane, open.reader.share_read(), so_far) {
                    stage.expect(total);
                }
                if sender.send((open.lane + batch.group, batch)).is_err() {
                    return Ok(digests);
                }
            }
            digests.extend(open.reader.digest());
            before += open.reader.records();
            next = self.open(open.lane + self.sample.lanes_in_file(open.lane), before)?;
        }
        Ok(digests)
    }
}

/// Files the templates of a batch, each record with the name that its read group has in the output.
fn file_batch(sample: &Sample, lane: usize, batch: &TemplateBatch, shards: &ShardWriter) -> Result<Part> {
    let origin = sample.lanes[lane].origin;
    let group = &sample.groups[usize::from(origin.read_group)];
    let mut records = RecordArena::with_capacity(batch.records.len(), batch.records.byte_len());
    batch.records.iter().for_each(|record| take_record(&record, &group.id, &mut records));
    shards.push_numbered(origin, &batch.numbers, &records, &batch.ends)?;
    let is_primary = |record: &RecordRef<'_>| !record.has_any(flags::SECONDARY | flags::SUPPLEMENTARY);
    let mut reads = [ReadBatch::default(), ReadBatch::default()];
    let mut paired_reads = 0;
    for record in records.iter().filter(is_primary) {
        paired_reads += u64::from(record.has_any(flags::PAIRED));
        push_read(&record, &mut reads[usize::from(record.has_any(flags::LAST))]);
    }
    let starts = [0].into_iter().chain(batch.ends.iter().copied()).zip(&batch.numbers);
    let templates = starts.filter(|(start, _)| is_primary(&records.get(*start as usize))).count();
    let [first, mut last] = reads.map(|reads| ReadCounts::of(&reads));
    // Each was counted as if it held first mates.
    last.cycles.swap(0, 1);
    let mut counts = first;
    counts.merge(&last);
    Ok(Part { lane, counts, paired_reads, templates: templates as u64 })
}
