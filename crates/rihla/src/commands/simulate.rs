//! `rihla simulate`: a diploid truth and its reads, for any reference.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_core::Reference;
use rihla_io::fasta::read_fasta;
use rihla_io::{AtomicFile, AtomicSet, IoError, bed, bgzf};
use rihla_testkit::reads::PairBuffer;
use rihla_testkit::{FragmentLengths, SimulateOptions, Simulation};

use crate::cli::{SimulateArgs, SimulationArgs};
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::ordered::for_each_ordered;
use crate::pipeline::calls;
use crate::pipeline::provenance::CommandLine;

/// Pairs that one worker makes and compresses at a time.
const CHUNK_PAIRS: usize = 4_096;

/// Compression of simulated reads: they are read once or twice, so speed counts.
const FASTQ_LEVEL: u8 = 3;

/// The sample's name in the truth VCF.
const SAMPLE: &str = "SIM";

/// The files of a simulation.
#[derive(Clone, Debug)]
pub struct Outputs {
    /// FASTQ of the first and of the second mates.
    pub reads: [PathBuf; 2],
    /// The sample's variants; their index is beside them.
    pub truth: PathBuf,
    /// Bases where calls may be judged.
    pub confident: PathBuf,
}

impl Outputs {
    fn of(dir: &Path) -> Self {
        Self {
            reads: [1, 2].map(|mate| dir.join(format!("reads_{mate}.fq.gz"))),
            truth: dir.join("truth.vcf.gz"),
            confident: dir.join("truth.bed"),
        }
    }
}

/// Simulates a sample of a reference.
///
/// # Errors
/// Reference missing or damaged, options out of range, outputs not writable.
pub fn run(args: &SimulateArgs) -> Result<()> {
    let context = Context::new(&args.run)?;
    let reference = read_fasta(&args.reference)?;
    let outputs = run_in(&context, &reference, &args.reference, &args.simulation, &args.out_dir)?;
    for path in outputs.reads.iter().chain([&outputs.truth, &outputs.confident]) {
        context.progress.say(&format!("wrote {}", path.display()));
    }
    Ok(())
}

/// Simulates a sample of an open reference.
///
/// # Errors
/// As [`run`].
pub fn run_in(
    context: &Context,
    reference: &Reference,
    fasta: &Path,
    args: &SimulationArgs,
    dir: &Path,
) -> Result<Outputs> {
    let simulation = Simulation::new(reference, &options(args))
        .map_err(|error| fault(Failure::Usage, error.to_string()))?;
    create_dir(dir)?;
    let outputs = Outputs::of(dir);
    let mut files = AtomicSet::new();
    write_reads(context, &simulation, &outputs, &mut files)?;
    let command = CommandLine::new("simulate").path("ref", fasta).option("seed", args.seed.to_string());
    let mut vcf = calls::create(&outputs.truth, reference, fasta, SAMPLE, &command)?;
    simulation.truth().iter().try_for_each(|record| vcf.write(&record.to_variant()))?;
    files.append(vcf.seal()?);
    files.commit()?;
    bed::write_bed(&outputs.confident, &simulation.confident(), reference.contigs())?;
    Ok(outputs)
}

/// Creates a folder for outputs.
///
/// # Errors
/// When it cannot be created.
pub fn create_dir(dir: &Path) -> Result<()> {
    let complain =
        |error| fault(Failure::CannotCreate, format!("{}: cannot be created: {error}", dir.display()));
    fs::create_dir_all(dir).map_err(complain)
}

fn options(args: &SimulationArgs) -> SimulateOptions {
    SimulateOptions {
        seed: args.seed,
        depth: args.depth,
        read_length: args.read_length,
        fragments: FragmentLengths::normal(args.insert_mean, args.insert_sd),
        duplicates: args.duplicates,
        ..SimulateOptions::default()
    }
}

/// Makes, compresses and writes the pairs; chunks are made on all threads and written in order.
fn write_reads(
    context: &Context,
    simulation: &Simulation,
    outputs: &Outputs,
    files: &mut AtomicSet,
) -> Result<()> {
    let [first, second] = &outputs.reads;
    let mut out = [AtomicFile::create(first)?, AtomicFile::create(second)?];
    let stage = context.progress.stage("simulate", "pairs", simulation.expected_pairs());
    for group in simulation.groups() {
        let work = |chunk: usize| {
            let (mut buffer, mut text) = (PairBuffer::default(), [const { Vec::new() }; 2]);
            for k in chunk * CHUNK_PAIRS..group.len().min((chunk + 1) * CHUNK_PAIRS) {
                let pair = group.pair(k, &mut buffer);
                for (mate, text) in text.iter_mut().enumerate() {
                    pair.write_fastq(mate, text);
                }
            }
            Ok(text.map(|text: Vec<u8>| bgzf::compress(&text, FASTQ_LEVEL)))
        };
        for_each_ordered(&context.pool, group.len().div_ceil(CHUNK_PAIRS), work, |chunk, blocks| {
            for ((out, blocks), path) in out.iter_mut().zip(&blocks).zip(&outputs.reads) {
                out.write_all(blocks).map_err(|source| IoError::writing(path, source))?;
            }
            stage.add(CHUNK_PAIRS.min(group.len() - chunk * CHUNK_PAIRS) as u64);
            Ok(())
        })?;
    }
    for (mut out, path) in out.into_iter().zip(&outputs.reads) {
        out.write_all(&bgzf::END_MARKER).map_err(|source| IoError::writing(path, source))?;
        files.push(out);
    }
    stage.finish();
    Ok(())
}
