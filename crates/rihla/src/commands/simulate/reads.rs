//! Pairs made, compressed and written: chunks are made on all threads and written in order.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_io::{AtomicFile, AtomicSet, IoError, bgzf};
use rihla_testkit::Simulation;
use rihla_testkit::reads::{Group, PairBuffer};

use crate::ordered::for_each_ordered;

use super::Job;

/// Pairs that one worker makes and compresses at a time.
const CHUNK_PAIRS: usize = 4_096;
/// Compression of simulated reads: they are read once or twice, so speed counts.
const FASTQ_LEVEL: u8 = 1;
/// Columns of the table of origins.
const ORIGIN_COLUMNS: &str = "name\tchr1\tpos1\tstrand1\tchr2\tpos2\tstrand2\thap\tdup\tcomponent\n";

/// The outputs of a run: two files of reads and, where asked for, a table of origins.
struct Sinks {
    files: Vec<(AtomicFile, PathBuf)>,
}

impl Sinks {
    fn create(reads: &[PathBuf; 2], origins: Option<&Path>) -> Result<Self> {
        let mut files = Vec::new();
        for path in reads.iter().map(PathBuf::as_path).chain(origins) {
            files.push((AtomicFile::create(path)?, path.to_owned()));
        }
        let mut sinks = Self { files };
        if origins.is_some() {
            sinks.write(2, &bgzf::compress(ORIGIN_COLUMNS.as_bytes(), FASTQ_LEVEL))?;
        }
        Ok(sinks)
    }

    fn write(&mut self, number: usize, bytes: &[u8]) -> Result<()> {
        let (file, path) = &mut self.files[number];
        Ok(file.write_all(bytes).map_err(|source| IoError::writing(path, source))?)
    }

    fn finish(mut self, files: &mut AtomicSet) -> Result<()> {
        for number in 0..self.files.len() {
            self.write(number, &bgzf::END_MARKER)?;
        }
        self.files.into_iter().for_each(|(file, _)| files.push(file));
        Ok(())
    }
}

/// Makes the reads of a run; the files wait for their names.
///
/// # Errors
/// The files cannot be written.
pub fn write(
    job: &Job<'_>,
    simulation: &Simulation,
    reads: &[PathBuf; 2],
    origins: Option<&Path>,
    files: &mut AtomicSet,
) -> Result<()> {
    let pool = &job.context.pool;
    let mut sinks = Sinks::create(reads, origins)?;
    let stage = job.context.progress.stage("simulate", "pairs", simulation.expected_pairs());
    let mut first_ordinal = 0;
    for batch in simulation.batches() {
        let mut drafts = Vec::with_capacity(batch.windows().len());
        let draft = |number: usize| Ok(simulation.draft(batch.windows()[number]));
        for_each_ordered(pool, batch.windows().len(), draft, |_, draft| {
            drafts.push(draft);
            Ok(())
        })?;
        let group = simulation.group(&batch, drafts, first_ordinal);
        first_ordinal += group.len() as u64;
        let work = |chunk: usize| Ok(make(job, &group, chunk, origins.is_some()));
        for_each_ordered(pool, group.len().div_ceil(CHUNK_PAIRS), work, |chunk, blocks| {
            for (number, blocks) in blocks.iter().enumerate() {
                sinks.write(number, blocks)?;
            }
            stage.add(CHUNK_PAIRS.min(group.len() - chunk * CHUNK_PAIRS) as u64);
            Ok(())
        })?;
    }
    stage.finish();
    sinks.finish(files)
}

/// The pairs of a chunk as compressed text, one for each sink.
fn make(job: &Job<'_>, group: &Group<'_>, chunk: usize, origins: bool) -> Vec<Vec<u8>> {
    let contigs = job.layout.reference().contigs();
    let mut buffer = PairBuffer::default();
    let mut text = vec![Vec::new(); 2 + usize::from(origins)];
    for k in chunk * CHUNK_PAIRS..group.len().min((chunk + 1) * CHUNK_PAIRS) {
        let pair = group.pair(k, &mut buffer);
        pair.write_fastq(0, &mut text[0]);
        pair.write_fastq(1, &mut text[1]);
        if origins {
            pair.write_origin(&contigs.get(pair.origin.contig).name, &mut text[2]);
        }
    }
    text.iter().map(|text| bgzf::compress(text, FASTQ_LEVEL)).collect()
}
