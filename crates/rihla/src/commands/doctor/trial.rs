//! A small run whose results are known: the installation computes right, and this fast.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use rihla_core::{Interval, RecordArena, RecordRef};
use rihla_fastq::{FastqReader, Input, ReadOptions};
use rihla_io::bam::BamReader;
use rihla_io::{IoError, digest_bytes};
use serde::Serialize;

use super::finding::Finding;
use crate::cli::{
    CallArgs, DemoArgs, DoctorArgs, GvcfArgs, PloidyArgs, ReferenceArgs, RunArgs, ScoreArgs, SimulationArgs,
};
use crate::commands::demo;
use crate::commands::germline::{self, Finished};
use crate::context::Context;
use crate::exit::one_line;

const TOPIC: &str = "small run";

/// Bases of the genome, and depth of its reads.
const BASES: u32 = 300_000;
const DEPTH: f64 = 20.0;
const SEED: u64 = 1;

/// What must come of it, on every kernel level and every machine: SHA-256 of reads, of alignment records and of calls.
/// A change of what is written changes these, on purpose; `rihla doctor --json` prints the new ones.
const EXPECTED: [(&str, &str); 3] = [
    ("reads", "b745e396be77fb23fd6cc07f65aadd05ebd6d20d7d7cb4d18b1fec430f8f43b2"),
    ("alignments", "104582a00b76348a7c6dbe270f9a53c3850267bfbc4ce611cdcefa63512cabea"),
    ("calls", "13aa0507165bc376aefe64ba07d3a718911ae95d8fb1c43b67488670d819fc5b"),
];

/// What came of the small run.
#[derive(Serialize)]
pub struct Trial {
    reads: u64,
    /// Aligning, sorting, marking and calling, without the making of the reads.
    seconds: f64,
    reads_per_second: f64,
    /// SHA-256 of reads, of alignment records, and of calls.
    digests: [String; 3],
}

/// Makes the run in a folder of its own below `folder`.
pub fn run(args: &DoctorArgs, folder: &Path) -> (Option<Trial>, Finding) {
    match make(args, folder) {
        Ok(trial) => {
            let finding = judge(&trial);
            (Some(trial), finding)
        }
        Err(error) => (None, Finding::fail(TOPIC, one_line(&error), "see the message")),
    }
}

fn judge(trial: &Trial) -> Finding {
    let wrong: Vec<&str> = EXPECTED
        .iter()
        .zip(&trial.digests)
        .filter(|((_, expected), found)| expected != found)
        .map(|((what, _), _)| *what)
        .collect();
    let found = format!(
        "{} reads aligned and called in {:.2} s, {:.0} reads a second",
        trial.reads, trial.seconds, trial.reads_per_second
    );
    if wrong.is_empty() {
        return Finding::ok(TOPIC, format!("{found}; the results are those that they should be"));
    }
    Finding::fail(
        TOPIC,
        format!("{found}, but {} are not what they should be", wrong.join(", ")),
        "this build or this machine computes wrong: install the program anew; if that does not help, say so to its authors",
    )
}

fn make(args: &DoctorArgs, folder: &Path) -> Result<Trial> {
    let dir = tempfile::Builder::new()
        .prefix("rihla-doctor-")
        .tempdir_in(folder)
        .map_err(|error| IoError::writing(folder, error))?;
    let run = RunArgs { quiet: true, tmp_dir: Some(dir.path().to_owned()), ..args.run.clone() };
    let context = Context::new(&run)?;
    let demo = DemoArgs {
        out_dir: dir.path().to_owned(),
        genome_length: BASES,
        simulation: SimulationArgs { seed: SEED, depth: DEPTH, ..SimulationArgs::default() },
        run: run.clone(),
    };
    let set = demo::make(&context, &demo)?;
    let start = Instant::now();
    let Finished { outputs, .. } = germline::run_in(&context, &demo::job(&demo, &set))?;
    let seconds = start.elapsed().as_secs_f64();
    let calls = dir.path().join("calls.vcf");
    crate::commands::call::run(&CallArgs {
        reference: ReferenceArgs { reference: set.fasta.clone(), index: None },
        bam: outputs.alignments.clone(),
        out: calls.clone(),
        sample: None,
        regions: None,
        part: None,
        alleles: None,
        max_mnp_distance: 0,
        allele_annotations: false,
        score: ScoreArgs::default(),
        gvcf: None,
        gvcf_form: GvcfArgs::default(),
        ploidy: PloidyArgs::default(),
        run,
    })?;
    let (reads, of_reads) = read_digest(&set.made.reads)?;
    Ok(Trial {
        reads,
        seconds,
        reads_per_second: reads as f64 / seconds,
        digests: [of_reads, record_digest(&outputs.alignments)?, call_digest(&calls)?],
    })
}

/// Number of reads, and digest of their names, bases and qualities.
fn read_digest(paths: &[std::path::PathBuf; 2]) -> Result<(u64, String)> {
    let inputs: Vec<Input> = paths.iter().cloned().map(Input::from).collect();
    let mut reader = FastqReader::open(&inputs, ReadOptions::default())?;
    let (mut count, mut bytes, mut batch) = (0, Vec::new(), Default::default());
    while reader.next_batch_into(&mut batch)? {
        count += batch.len() as u64;
        for read in batch.iter() {
            [read.name, read.sequence, read.qualities].iter().for_each(|part| bytes.extend_from_slice(part));
        }
    }
    Ok((count, digest_bytes(&bytes).sha256_hex()))
}

/// Digest of the records of a BAM: its header, which names the version, is not among them.
fn record_digest(path: &Path) -> Result<String> {
    let mut bam = BamReader::open(path)?;
    let mut bytes = Vec::new();
    for contig in 0..bam.contigs().len() as u32 {
        let mut records = RecordArena::new();
        bam.query(Interval::new(contig, 0, bam.contigs().get(contig).length), &mut records)?;
        records.iter().for_each(|record| push(&record, &mut bytes));
    }
    Ok(digest_bytes(&bytes).sha256_hex())
}

fn push(record: &RecordRef<'_>, out: &mut Vec<u8>) {
    let id = |contig: Option<u32>| contig.map_or(-1, i64::from);
    let numbers = [
        id(record.contig()),
        id(record.position()),
        i64::from(record.flags()),
        i64::from(record.mapq()),
        id(record.mate_contig()),
        id(record.mate_position()),
        i64::from(record.template_length()),
    ];
    out.extend_from_slice(record.name());
    numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
    record.cigar().for_each(|op| out.extend_from_slice(&op.bits().to_le_bytes()));
    [record.sequence_nibbles(), record.qualities(), record.tags()]
        .iter()
        .for_each(|part| out.extend_from_slice(part));
}

/// Digest of the lines of a VCF, without its header.
fn call_digest(path: &Path) -> Result<String> {
    let text = fs::read(path).map_err(|source| IoError::Read { path: path.to_owned(), source })?;
    let lines = text.split_inclusive(|&byte| byte == b'\n').filter(|line| !line.starts_with(b"#"));
    Ok(digest_bytes(&lines.collect::<Vec<_>>().concat()).sha256_hex())
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    #[test]
    fn other_results_are_told_by_name() {
        let right = EXPECTED.map(|(_, digest)| digest.to_owned());
        let trial = |digests| Trial { reads: 10, seconds: 2.0, reads_per_second: 5.0, digests };
        assert_eq!(judge(&trial(right.clone())).state, State::Ok);
        let mut wrong = right;
        wrong[2] = "0".to_owned();
        let finding = judge(&trial(wrong));
        assert!(finding.state == State::Fail && finding.found.contains("but calls are not"), "{finding:?}");
    }
}
