//! `rihla align`: FASTQ to a sorted, duplicate-marked BAM, or to records in the order of the reads.

use anyhow::Result;
use rihla_align::AlignOptions;
use rihla_io::bam::{BamHeader, BamWriter, RecordOrder, compress_records};
use rihla_io::records::{RecordFormat, RecordWriter};
use rihla_shard::Bin;

use crate::cli::{AlignArgs, Order, OutputFormat};
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::ordered::for_each_ordered;
use crate::paths;
use crate::pipeline::ingest;
use crate::pipeline::lanes::Sample;
use crate::pipeline::provenance::{CommandLine, bam_header};
use crate::pipeline::reads::SampleReads;
use crate::pipeline::settings::Settings;
use crate::reference::{self, OpenIndex};
use crate::spares::Spares;

/// Aligns and writes.
///
/// # Errors
/// Inputs missing or damaged, outputs not writable.
pub fn run(args: &AlignArgs) -> Result<()> {
    let context = Context::new(&args.run)?;
    let sample = Sample::new(&args.sample)?;
    paths::check(&[&args.out], &args.reference, &sample.files())?;
    let format = format(args)?;
    let index = reference::open(&context, &args.reference)?;
    let contigs = index.reference().contigs();
    let settings = Settings::new(&context, &args.alignment, &args.reference, contigs)?;
    let header = bam_header(&index, &sample, &command_line(args, &sample, &settings));
    let job = Job { context: &context, index: &index, args, sample: &sample, options: settings.options };
    match (args.order, format) {
        (Order::Input, format) => job.unsorted(header, format)?,
        (Order::Coordinate, RecordFormat::Bam { level }) => job.sorted_bam(&header, level)?,
        (Order::Coordinate, RecordFormat::Sam) => job.sorted_sam(&header)?,
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
    settings.describe(command).option("compression-level", args.bam.compression_level.to_string())
}

/// The user's format, else what the output's name promises, else what suits the order: text for those who
/// read along, BAM for what is sorted to be kept.
fn format(args: &AlignArgs) -> Result<RecordFormat> {
    let bam = RecordFormat::Bam { level: args.bam.compression_level };
    let promised = RecordFormat::of_name(&args.out, args.bam.compression_level)?;
    let wanted = args.output_format.map(|format| match format {
        OutputFormat::Sam => RecordFormat::Sam,
        OutputFormat::Bam => bam,
    });
    if let (Some(wanted), Some(promised)) = (wanted, promised)
        && wanted != promised
    {
        let message = format!("{}: the name is not one of --output-format; change one", args.out.display());
        return Err(fault(Failure::Usage, message));
    }
    Ok(wanted.or(promised).unwrap_or(match args.order {
        Order::Coordinate => bam,
        Order::Input => RecordFormat::Sam,
    }))
}

/// What all ways of writing need.
struct Job<'a> {
    context: &'a Context,
    index: &'a OpenIndex,
    args: &'a AlignArgs,
    sample: &'a Sample,
    options: AlignOptions,
}

impl Job<'_> {
    /// Records in the order of the reads, written as they are made.
    fn unsorted(self, header: BamHeader, format: RecordFormat) -> Result<()> {
        let header = BamHeader { order: RecordOrder::Input, ..header };
        let mut writer = RecordWriter::create(&self.args.out, &header, format)?;
        let buffers = Spares::default();
        SampleReads::open(self.context, self.index, self.sample, self.options)?.align(
            false,
            |_, batch| {
                let mut bytes = buffers.take(Vec::new);
                bytes.clear();
                format.encode(batch.records.iter(), &header.contigs, &mut bytes);
                Ok(bytes)
            },
            |bytes| {
                writer.append(&bytes)?;
                buffers.give(bytes);
                Ok(())
            },
        )?;
        self.index.confirm()?;
        Ok(writer.finish()?)
    }

    fn sorted_bam(self, header: &BamHeader, level: u8) -> Result<()> {
        let mut writer = BamWriter::create(&self.args.out, header)?;
        let work = |bin: &Bin| compress_records(bin.owned_records(), level);
        self.sorted(work, |block| Ok(writer.append(&block)?))?;
        Ok(writer.finish()?)
    }

    fn sorted_sam(self, header: &BamHeader) -> Result<()> {
        let mut writer = RecordWriter::create(&self.args.out, header, RecordFormat::Sam)?;
        let work = |bin: &Bin| {
            let mut bytes = Vec::new();
            RecordFormat::Sam.encode(bin.owned_records(), &header.contigs, &mut bytes);
            bytes
        };
        self.sorted(work, |bytes| Ok(writer.append(&bytes)?))?;
        Ok(writer.finish()?)
    }

    /// Sorts the records into bins, makes something of every bin on all threads and writes it in their order;
    /// at the end all of the index is known to be sound.
    fn sorted<T: Send>(
        self,
        work: impl Fn(&Bin) -> T + Sync,
        mut write: impl FnMut(T) -> Result<()>,
    ) -> Result<()> {
        let Self { context, index, args, sample, options } = self;
        let shards = ingest::run(context, index, sample, options, &args.out)?.shards;
        let stage = context.progress.stage("write", "bins", shards.bins() as u64);
        let work = |number| {
            let bin = shards.load(number)?;
            shards.release(number);
            Ok(work(&bin))
        };
        for_each_ordered(&context.pool, shards.bins(), work, |_, made| {
            stage.add(1);
            write(made)
        })?;
        stage.finish();
        index.confirm()
    }
}
