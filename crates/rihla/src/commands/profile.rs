//! `rihla profile`: how the reads of a sequencer look, learnt from some, for `rihla simulate`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_core::{Interval, RecordArena};
use rihla_fastq::{FastqReader, Input, ReadOptions};
use rihla_io::atomic::write_text;
use rihla_io::bam::BamReader;
use rihla_io::fasta::read_fasta;
use rihla_testkit::learn::{LearnOptions, ProfileLearner, WINDOW, WINDOW_MARGIN};

use crate::cli::ProfileArgs;
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::paths;

/// Learns and writes a profile.
///
/// # Errors
/// Inputs missing, damaged, without reads, or of another reference; the output not writable.
pub fn run(args: &ProfileArgs) -> Result<()> {
    let context = Context::new(&args.run)?;
    let inputs: Vec<&PathBuf> = args.reads.iter().chain(&args.bam).chain(&args.reference).collect();
    inputs.iter().try_for_each(|input| paths::differ(&args.out, input))?;
    let mut learner = ProfileLearner::new(&LearnOptions { quality_bins: args.quality_bins.clone() });
    match (&args.bam, &args.reference) {
        (Some(bam), Some(fasta)) => learn_bam(&context, &mut learner, (bam, fasta), args.max_reads)?,
        _ => {
            let options = ReadOptions { quality_offset: args.quality_offset, ..ReadOptions::default() };
            learn_fastq(&context, &mut learner, (&args.reads, options), args.max_reads)?;
        }
    }
    let file_stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = args.name.clone().unwrap_or_else(|| file_stem(&args.out));
    let file_name = |path: &&PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let names: Vec<String> = inputs.iter().map(file_name).collect();
    let source = args.source.clone().unwrap_or_else(|| names.join(", "));
    let learned =
        learner.finish(&name, &source).map_err(|error| fault(Failure::Data, format!("{source}: {error}")))?;
    for note in &learned.notes {
        context.progress.say(&format!("not learnt: {note}"));
    }
    write_text(&args.out, &learned.profile.to_json())?.commit()?;
    context.progress.say(&format!("wrote {} ({} reads)", args.out.display(), learner.reads()));
    Ok(())
}

/// Counts the first reads of FASTQ.
fn learn_fastq(
    context: &Context,
    learner: &mut ProfileLearner,
    (reads, options): (&[PathBuf], ReadOptions),
    max_reads: u64,
) -> Result<()> {
    let inputs: Vec<Input> = reads.iter().map(|path| Input::from(path.clone())).collect();
    let mut reader = FastqReader::open(&inputs, options)?;
    let mates = inputs.len();
    let stage = context.progress.stage("profile", "reads", 0);
    'reading: while let Some(batch) = reader.next_batch()? {
        for template in 0..batch.templates() {
            if learner.reads() >= max_reads {
                break 'reading;
            }
            let first = template * mates;
            match mates {
                2 => learner.add_template(&[batch.read(first), batch.read(first + 1)]),
                _ => learner.add_template(&[batch.read(first)]),
            }
        }
        stage.add(batch.len() as u64);
    }
    stage.finish();
    Ok(())
}

/// Counts the records of windows spread over a BAM.
fn learn_bam(
    context: &Context,
    learner: &mut ProfileLearner,
    (bam, fasta): (&Path, &Path),
    max_reads: u64,
) -> Result<()> {
    let reference = read_fasta(fasta)?;
    let mut reader = BamReader::open(bam)?;
    reader.check_contigs(reference.contigs())?;
    let mut windows = Vec::new();
    for (id, contig) in (0..).zip(reference.contigs().iter()) {
        // A contig without records, as the index counts them, need not be looked at.
        if reader.record_count(id) == Some(0) {
            continue;
        }
        for start in (0..contig.length).step_by(WINDOW as usize) {
            windows.push(Interval::new(id, start, start.saturating_add(WINDOW).min(contig.length)));
        }
    }
    let counted = (0..reference.contigs().len() as u32).filter_map(|id| reader.record_count(id));
    let step = (counted.sum::<u64>() / max_reads + 1) as usize;
    let stage = context.progress.stage("profile", "windows", windows.len().div_ceil(step) as u64);
    let mut records = RecordArena::new();
    for &window in windows.iter().step_by(step) {
        if learner.reads() >= max_reads {
            break;
        }
        let length = reference.contigs().get(window.contig).length;
        records.clear();
        reader.query(window.padded(WINDOW_MARGIN, length), &mut records)?;
        if !records.is_empty() {
            learner.add_window(&reference, window, &records);
        }
        stage.add(1);
    }
    stage.finish();
    Ok(())
}
