//! `rihla align`: FASTQ to a sorted, duplicate-marked BAM or CRAM, or to records in the order of the reads.

use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_align::AlignOptions;
use rihla_core::FileDigest;
use rihla_fastq::ReadCounts;
use rihla_fastq::trim::TrimCounts;
use rihla_io::AtomicSet;
use rihla_io::atomic::write_text;
use rihla_io::bam::{BamHeader, RecordOrder};
use rihla_io::records::{FileFormat, RecordFormat, RecordWriter};
use rihla_io::sorted::{SortedEncoder, SortedWriter};
use rihla_qc::ManifestCounts;

use crate::cli::{AlignArgs, Order, ReadsFrom};
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::objects;
use crate::ordered::for_each_ordered;
use crate::paths;
use crate::pipeline::accounts::Accounts;
use crate::pipeline::duplicates::{describe, duplicate_table, kept};
use crate::pipeline::ingest::{self, Sorting};
use crate::pipeline::lanes::Sample;
use crate::pipeline::manifest::{self, Clock, Facts};
use crate::pipeline::provenance::{CommandLine, bam_header};
use crate::pipeline::reads::SampleReads;
use crate::pipeline::resume::{self, Key, Resume};
use crate::pipeline::room::Room;
use crate::pipeline::settings::Settings;
use crate::reference::{self, OpenIndex};
use crate::spares::Spares;

/// Aligns and writes.
///
/// # Errors
/// Inputs missing or damaged, outputs not writable.
pub fn run(args: &AlignArgs) -> Result<()> {
    let clock = Clock::start();
    let context = Context::new(&args.run)?;
    let mut sample = Sample::new(&args.sample, &args.reference)?;
    sample.digests = args.manifest.is_some();
    let outputs =
        [&args.out].into_iter().chain(&args.duplicate_metrics).chain(&args.trim_report).chain(&args.manifest);
    let outputs: Vec<&Path> = outputs.map(PathBuf::as_path).collect();
    paths::check(&outputs, &args.reference, &sample.files())?;
    if args.order == Order::Input && (args.duplicates.remove_duplicates || args.duplicate_metrics.is_some()) {
        let message = "duplicates are not looked for with --order input; leave --remove-duplicates and \
                       --duplicate-metrics out, or that";
        return Err(fault(Failure::Usage, message));
    }
    if args.order == Order::Input && sample.from == ReadsFrom::Bam {
        let message = "--from bam sorts records and marks duplicates; leave --order input out, or --from";
        return Err(fault(Failure::Usage, message));
    }
    check_resume(args)?;
    let format = format(args)?;
    let index = reference::open(&context, &args.reference)?;
    let contigs = index.reference().contigs();
    let settings = Settings::new(&context, &args.alignment, &args.reference, (sample.from, contigs))?;
    let command = command_line(args, &sample, &settings);
    let header = bam_header(&index, &sample, &command);
    let key = || {
        Key::new(&command, contigs, &sample, args.bam.sorted(format)).with_file("ALT contigs", settings.alt())
    };
    let resume = Resume::start(&args.resume, &args.out, key, &context.progress)?;
    let options = settings.options;
    let resume_work = resume.as_ref();
    let job = Job {
        context: &context,
        index: &index,
        args,
        sample: &sample,
        command: &command,
        options,
        resume: resume_work,
    };
    let Made { mut files, digests, counts, temporary_bytes } = match args.order {
        Order::Input => job.unsorted(header, format)?,
        Order::Coordinate => job.sorted(&header, format)?,
    };
    if let Some(path) = &args.manifest {
        let reference = args.reference.reference.as_path();
        let (context, command, sample, digests) = (&context, &command, &sample, &digests[..]);
        let facts = Facts { context, command, reference, contigs, sample, digests, counts, temporary_bytes };
        files.push(manifest::write(path, &clock, &facts, &files)?);
    }
    index.confirm()?;
    objects::commit(files)?;
    if let Some(resume) = resume {
        resume.finish();
    }
    context.progress.say(&format!("wrote {}", args.out.display()));
    Ok(())
}

fn command_line(args: &AlignArgs, sample: &Sample, settings: &Settings) -> CommandLine {
    let command = sample.describe(CommandLine::new("align").path("ref", &args.reference.reference));
    let command = match args.order {
        Order::Coordinate => command,
        Order::Input => command.option("order", "input"),
    };
    let command = settings.describe(command);
    let command = match args.order {
        Order::Coordinate => describe(command, &args.duplicates),
        Order::Input => command,
    };
    command.option("compression-level", args.bam.compression_level.to_string())
}

/// Work is kept of sorted records, and for files alone.
fn check_resume(args: &AlignArgs) -> Result<()> {
    if args.resume.resume.is_some() && args.order == Order::Input {
        let message = "--order input writes records as they are made and cannot go on from there; leave --resume out, or \
                       that";
        return Err(fault(Failure::Usage, message));
    }
    resume::check(&args.resume, &args.out)
}

/// The user's format, else what the output's name promises, else what suits the order: text for those who
/// read along, BAM for what is sorted to be kept.
fn format(args: &AlignArgs) -> Result<FileFormat> {
    let promised = FileFormat::of_name(&args.out)?;
    let wanted = args.output_format.map(FileFormat::from);
    if let (Some(wanted), Some(promised)) = (wanted, promised)
        && wanted != promised
    {
        let message = format!("{}: the name is not one of --output-format; change one", args.out.display());
        return Err(fault(Failure::Usage, message));
    }
    let format = wanted.or(promised).unwrap_or(match args.order {
        Order::Coordinate => FileFormat::Bam,
        Order::Input => FileFormat::Sam,
    });
    if (args.order, format) == (Order::Input, FileFormat::Cram) {
        let out = args.out.display();
        let message = format!("{out}: CRAM is written sorted; leave --order input out, or write .bam");
        return Err(fault(Failure::Usage, message));
    }
    Ok(format)
}

/// What all ways of writing need.
struct Job<'a> {
    context: &'a Context,
    index: &'a OpenIndex,
    args: &'a AlignArgs,
    sample: &'a Sample,
    command: &'a CommandLine,
    options: AlignOptions,
    resume: Option<&'a Resume>,
}

/// What a job leaves.
struct Made {
    /// Complete, waiting for their names.
    files: AtomicSet,
    digests: Vec<FileDigest>,
    counts: ManifestCounts,
    temporary_bytes: u64,
}

impl Job<'_> {
    /// Records in the order of the reads, written as they are made.
    fn unsorted(self, header: BamHeader, format: FileFormat) -> Result<Made> {
        let format = match format {
            FileFormat::Sam => RecordFormat::Sam,
            _ => RecordFormat::Bam { level: self.args.bam.compression_level },
        };
        let header = BamHeader { order: RecordOrder::Input, ..header };
        let mut writer = RecordWriter::create(&self.args.out, &header, format)?;
        let buffers = Spares::default();
        let mut records = 0;
        let aligned = SampleReads::open(self.context, self.index, self.sample, self.options, &self.args.out)?
            .align(
                self.args.manifest.is_some(),
                None,
                |_, batch| {
                    let mut bytes = buffers.take(Vec::new);
                    bytes.clear();
                    format.encode(batch.records.iter(), &header.contigs, &mut bytes);
                    Ok((bytes, batch.records.len()))
                },
                |(bytes, count)| {
                    records += count as u64;
                    writer.append(&bytes)?;
                    buffers.give(bytes);
                    Ok(())
                },
            )?;
        let counts = ManifestCounts {
            reads: aligned.counts().reads,
            templates: aligned.templates,
            records,
            variants: None,
        };
        let mut files = writer.seal()?;
        files.append(trim_report(
            self.args,
            self.sample,
            self.command,
            &aligned.counts(),
            aligned.trimmed.as_ref(),
        )?);
        Ok(Made { files, digests: aligned.digests, counts, temporary_bytes: 0 })
    }

    /// Sorts the records into bins, encodes every bin on all threads and writes it in their order.
    fn sorted(self, header: &BamHeader, format: FileFormat) -> Result<Made> {
        let Self { context, index, args, sample, command, options, resume } = self;
        let format = args.bam.sorted(format);
        let mut writer = SortedWriter::create(&args.out, header, format)?;
        let encoder = SortedEncoder::new(format, index.reference(), header);
        let sorting = Sorting { duplicates: &args.duplicates, halo: 0, output: &args.out, resume };
        let ingested = ingest::run(context, index, sample, options, &sorting)?;
        let shards = &ingested.shards;
        let room = Room::new(context, shards)?;
        let stage = context.progress.stage("write", "bins", shards.bins() as u64);
        let mut counts = ManifestCounts {
            reads: ingested.reads.reads,
            templates: ingested.templates,
            ..ManifestCounts::default()
        };
        let mut accounts = Accounts::new(sample, &args.duplicates);
        let count = accounts.counter();
        let work = |number| {
            resume::bin(resume, shards, number, || {
                let _room = room.take(number)?;
                let bin = shards.load(number)?;
                shards.release(number);
                Ok((count.of(&bin), encoder.encode(kept(&bin, &args.duplicates))))
            })
        };
        for_each_ordered(&context.pool, shards.bins(), work, |_, (account, block)| {
            stage.add(1);
            accounts.add(&account);
            counts.records += block.records();
            Ok(writer.append(&block)?)
        })?;
        stage.finish();
        resume.iter().for_each(|resume| resume.tell_bins(&context.progress));
        accounts.close(&ingested)?;
        let mut files = AtomicSet::new();
        if let Some(path) = &args.duplicate_metrics {
            files.push(write_text(path, &duplicate_table(command, sample, shards))?);
        }
        files.append(trim_report(args, sample, command, &ingested.reads, ingested.trimmed.as_ref())?);
        files.append(writer.seal()?);
        let temporary_bytes = shards.spilled_bytes();
        Ok(Made { files, digests: ingested.digests, counts, temporary_bytes })
    }
}

/// The report of what was trimmed, where it is wanted.
fn trim_report(
    args: &AlignArgs,
    sample: &Sample,
    command: &CommandLine,
    reads: &ReadCounts,
    trimmed: Option<&TrimCounts>,
) -> Result<AtomicSet> {
    let mut files = AtomicSet::new();
    if let (Some(path), Some(trimming), Some(counts)) = (&args.trim_report, &sample.trimming, trimmed) {
        files.push(trimming.write(path, (command, &sample.name), reads, counts)?);
    }
    Ok(files)
}
