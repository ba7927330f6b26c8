//! Inputs of the benches, made from a seed.
//!
//! `benches/kernels` measures the SIMD kernels at every level of the CPU, `benches/stages` each stage of the
//! pipeline on one thread; `side-by-side` measures whole programs beside their peers.

use rihla_align::index::{SourceFingerprint, build};
use rihla_align::{AlignOptions, AlignedBatch, Aligner, Index, InsertSamples, InsertSize};
use rihla_core::{ReadBatch, Reference};
use rihla_kernels::Simd;
use rihla_shard::{Origin, ShardOptions, ShardWriter};
use rihla_testkit::{Genome, GenomeOptions, SimulateOptions, Simulation};

/// Templates of a batch, about as many as the FASTQ reader puts into one.
const BATCH_TEMPLATES: usize = 5_000;

/// A small genome, a diploid sample on it, and its sequencing run.
pub struct Sample {
    /// The genome: one contig.
    pub reference: Reference,
    /// The sample, from which reads are drawn.
    pub simulation: Simulation,
}

/// Sizes of a [`Sample`].
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Bases of the genome.
    pub bases: u64,
    /// Mean depth of the reads.
    pub depth: f64,
}

impl Sample {
    /// Draws a sample; the same one every time.
    ///
    /// # Panics
    /// If the sizes are out of range.
    #[must_use]
    pub fn new(size: Size) -> Self {
        let options = GenomeOptions { bases: size.bases, contigs: 1, seed: 11 };
        let reference = Genome::random(&options).expect("the size is in range").reference();
        let options = SimulateOptions { depth: size.depth, ..SimulateOptions::default() };
        let simulation = Simulation::new(&reference, &options).expect("the options are in range");
        Self { reference, simulation }
    }

    /// The aligner's index, in memory.
    #[must_use]
    pub fn index(&self) -> Index {
        build(&self.reference, SourceFingerprint::default()).into_index()
    }

    /// All reads, in numbered batches.
    #[must_use]
    pub fn batches(&self) -> Vec<ReadBatch> {
        let mut batches = vec![ReadBatch::new(0, 0, true)];
        let mut templates = 0;
        let given: Result<u64, ()> = self.simulation.pairs(|pair| {
            if batches[batches.len() - 1].templates() == BATCH_TEMPLATES {
                batches.push(ReadBatch::new(batches.len() as u64, templates, true));
            }
            let last = batches.len() - 1;
            for read in pair.reads {
                batches[last].push(pair.name, read.sequence, read.qualities);
            }
            templates += 1;
            Ok(())
        });
        given.expect("the sink has no error");
        batches
    }

    /// All reads as the text of two FASTQ files.
    #[must_use]
    pub fn fastq(&self) -> [Vec<u8>; 2] {
        let mut texts = [Vec::new(), Vec::new()];
        let given: Result<u64, ()> = self.simulation.pairs(|pair| {
            (0..2).for_each(|mate| pair.write_fastq(mate, &mut texts[mate]));
            Ok(())
        });
        given.expect("the sink has no error");
        texts
    }
}

/// The reads of all batches, aligned on one thread.
///
/// # Panics
/// If the CPU's best level is not one of its levels.
#[must_use]
pub fn align(index: &Index, batches: &[ReadBatch]) -> Vec<AlignedBatch> {
    let aligner = Aligner::new(index, AlignOptions::default(), Simd::best());
    let insert = insert_size(&aligner, &batches[0]);
    let mut scratch = aligner.scratch();
    let align = |batch| {
        let mut out = AlignedBatch::default();
        aligner.align_batch(batch, &insert, &mut scratch, &mut out);
        out
    };
    batches.iter().map(align).collect()
}

/// The model of fragment lengths that a batch teaches.
#[must_use]
pub fn insert_size(aligner: &Aligner<'_>, batch: &ReadBatch) -> InsertSize {
    let mut samples = InsertSamples::default();
    samples.merge(&aligner.learn_insert_size(batch));
    InsertSize::from_samples(&samples)
}

/// A writer that holds every record of the batches.
///
/// # Panics
/// If the records do not fit the reference.
#[must_use]
pub fn shard(reference: &Reference, aligned: &[AlignedBatch]) -> ShardWriter {
    let writer = ShardWriter::new(reference.contigs(), ShardOptions::default());
    for batch in aligned {
        let pushed =
            writer.push(Origin::default(), batch.first_template, &batch.records, &batch.template_ends);
        pushed.expect("records of the aligner fit the reference");
    }
    writer
}
